"""The people of a referral, for tests of what every route does."""

from tests.integration.referrals.conftest import cast, morning

__all__ = ["cast", "morning"]
