"""A cast in each county, on a working morning."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import update

from backend.store import clock
from backend.store.db import transaction
from tests.integration.referrals.rig import Cast, make_cast, to_working_hour


@pytest.fixture
def morning(app) -> Iterator[None]:
    """Ten o'clock of an ordinary working day; put back after."""
    to_working_hour(app, 10)
    yield
    with app.app_context(), transaction() as current:
        current.execute(update(clock.DomainClock).values(ahead=timedelta(0)))


@pytest.fixture(params=["xinmi", "mangshi"])
def cast(app, morning, request) -> Cast:
    """Everybody of one referral, in both counties in turn."""
    return make_cast(app, request.param)


@pytest.fixture
def mangshi(app, morning) -> Cast:
    """Everybody of one referral in Mangshi."""
    return make_cast(app, "mangshi")


@pytest.fixture
def xinmi(app, morning) -> Cast:
    """Everybody of one referral in Xinmi."""
    return make_cast(app, "xinmi")
