"""The cast of a referral in each county, on a working morning; and a browser for hands on the keyboard."""

from tests.integration.desk.keyboard import address, open_page
from tests.integration.referrals.conftest import cast, mangshi, morning, xinmi

__all__ = ["address", "cast", "mangshi", "morning", "open_page", "xinmi"]
