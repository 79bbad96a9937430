"""Who was sent down comes back to the desk within the days that were promised: it knows them, and nobody queues."""

import pytest

from backend.kernel.roles import Role
from backend.people.models import Resident
from backend.referrals.certificate_state import latest
from backend.referrals.models import Referral
from backend.store.db import session, transaction
from tests import factories
from tests.integration.desk.browser import Browser, browser_of
from tests.integration.referrals.down_rig import Down
from tests.integration.referrals.test_come_back import down, taken_over

__all__ = ["down"]
KNOWN = "前回来不用重新排队"


def clerk_at(down: Down, house: str) -> Browser:
    return browser_of(down.app, factories.staff_person(down.app, house, Role.DESK_CLERK, county_id=down.county)[0])


def certificate_of(down: Down, referral: str) -> str:
    with down.app.app_context(), transaction():
        found = latest(session().get_one(Referral, (down.county, referral)))
        assert found is not None
        return found.number


@pytest.mark.clause("MS-4.2.3c")
@pytest.mark.clause("XM-5.4c")
def test_the_desk_knows_who_was_promised_a_way_back_by_either_number(down: Down, turned) -> None:
    desk, other = clerk_at(down, down.places.hospital), clerk_at(down, down.places.other_hospital)
    referral = down.ready()
    with down.app.app_context(), transaction():
        record = session().get_one(Resident, (down.county, down.patient_id)).record_number
    assert KNOWN not in desk.post("/desk/arrivals/look", q=record).text, "nobody has taken them over yet"
    assert down.take_over(referral).status_code == 200
    for said in (record, certificate_of(down, referral)):
        page = desk.post("/desk/arrivals/look", q=said).text
        assert KNOWN in page
        assert "先接" in page
        assert "没有转诊证明</span>" not in page
    assert KNOWN not in other.post("/desk/arrivals/look", q=record).text, "another house promised nothing"
    turned(days=40)
    assert KNOWN not in desk.post("/desk/arrivals/look", q=record).text


def test_who_comes_back_is_registered_like_anybody(down: Down) -> None:
    taken_over(down)
    desk = clerk_at(down, down.places.hospital)
    done = desk.post(
        "/desk/arrivals/register", category="outpatient", department="cardiology", resident_id=str(down.patient_id)
    )
    assert done.status_code == 200, done.text
