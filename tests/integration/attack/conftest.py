"""The cast of a referral in each county, on a working morning."""

from tests.integration.referrals.conftest import cast, mangshi, morning, xinmi

__all__ = ["cast", "mangshi", "morning", "xinmi"]
