"""The cast of a referral in each county, on a working morning."""

from tests.integration.referrals.conftest import cast, morning

__all__ = ["cast", "morning"]
