"""A township is asked in its own hours and has its own time: the bureau counts it by these, and only what was said."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from backend.alliance.queries import pack as pack_of
from backend.oversight.promises import promises
from backend.referrals.models import ReferralAnswer
from backend.referrals.waiting import office_of
from backend.store.db import transaction
from tests.integration.booking.scene import make_referral
from tests.integration.referrals.rig import PLACES

SUNDAY = datetime(2012, 3, 4, 2, tzinfo=UTC)


@pytest.mark.parametrize("county", ["xinmi", "mangshi"])
def test_a_township_that_answers_when_it_was_asked_to_has_kept_its_promise(app, county) -> None:
    with app.app_context(), transaction() as current:
        townships = [one.code for one in pack_of(county).institutions.institutions if one.level == "township"]
        house = next(code for code in townships if code != PLACES[county].township)
        minutes = pack_of(county).referral.limits.township_answer_working_minutes
        due = office_of(county, house, SUNDAY).after_minutes(SUNDAY, minutes).at
        for answered, by, status in (
            (due, uuid4(), "accepted"),
            (due + timedelta(minutes=30), uuid4(), "accepted"),
            (SUNDAY, None, "accepted"),
            (SUNDAY, uuid4(), "disowned"),
        ):
            referral = make_referral(current, county_id=county, to=house, answer=None)
            said = {"written_by": uuid4(), "disowned_at": due} if status == "disowned" else {}
            current.add(
                ReferralAnswer(
                    county_id=county, referral_id=referral.id, institution=house, status=status, due_at=due,
                    created_at=SUNDAY, answered_at=answered, answered_by=by, **said,
                )
            )  # fmt: skip
    with app.app_context(), transaction():
        [found] = [one for one in promises(county, date(2012, 3, 1)) if one.institution == house]
    assert (found.kept, found.whole, found.limits) == (1, 2, (minutes,))
