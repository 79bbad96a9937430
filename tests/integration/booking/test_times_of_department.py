"""Times of a referral are those of the department the hospital named, and a move is offered only what it may take."""

from uuid import UUID

import pytest
from sqlalchemy import update

from backend.referrals.models import Referral
from backend.store.db import transaction
from tests.integration.booking.test_api import tell
from tests.integration.referrals.conftest import cast, morning
from tests.integration.referrals.rig import Cast, nothing_foreign, rules
from tests.integration.referrals.test_further_visit import book, slots

__all__ = ["cast", "morning"]


def offered(cast: Cast, referral: str, moved: str = "") -> set[str]:
    answer = cast.patient.get(f"/api/v1/referrals/{referral}/places{f'?appointment_id={moved}' if moved else ''}")
    assert answer.status_code == 200, answer.json
    return {place["slot_id"] for day in answer.json["days"] for place in day["places"]}


@pytest.mark.clause("MS-4.2.1")
@pytest.mark.clause("XM-5.4b")
def test_while_the_hospital_chooses_the_department_no_time_is_offered_and_it_is_said_by_when(cast: Cast) -> None:
    referral = cast.submitted(to_department=None)
    assert cast.consent(referral).status_code == 200
    asked = cast.patient.get(f"/api/v1/referrals/{referral}/places")
    assert rules(asked) == {"booking.answer_required": "S-receiving"}
    [broken] = asked.json["violations"]
    assert "正在分科" in broken["text"] and "最晚" in broken["instead"]
    nothing_foreign(cast, asked)
    [here] = slots(cast, 1, in_days=1, department="nephrology")
    [other] = slots(cast, 1, in_days=1, department="cardiology")
    assert cast.accept(referral, department="nephrology").status_code == 200
    found = offered(cast, referral)
    assert here in found and other not in found


def test_a_yes_of_before_that_names_no_department_opens_no_times_and_says_whom_to_ring(cast: Cast) -> None:
    referral = cast.submitted()
    assert cast.consent(referral).status_code == 200
    assert cast.accept(referral).status_code == 200
    with cast.app.app_context(), transaction() as current:
        current.execute(update(Referral).where(Referral.id == UUID(referral)).values(to_department=None))
    [slot] = slots(cast, 1, in_days=1, department="cardiology")
    for refused in (cast.patient.get(f"/api/v1/referrals/{referral}/places"), book(cast, referral, slot)):
        assert rules(refused) == {"booking.department_named": "S-receiving"}
        assert "转诊服务台" in refused.json["violations"][0]["instead"]
    assert cast.patient.get("/api/v1/home").json["next"]["kind"] != "choose_time"


def test_a_move_is_offered_what_it_may_take_and_its_refusal_says_which_department(cast: Cast) -> None:
    # A department of few other tests: the list of places ends after so many.
    referral = cast.submitted(to_department="ent")
    assert cast.consent(referral).status_code == 200
    assert cast.accept(referral, department="ent").status_code == 200
    [mine, later] = slots(cast, 2, in_days=1, department="ent")
    [elsewhere] = slots(cast, 1, in_days=1, department="nephrology")
    booked = book(cast, referral, mine)
    assert booked.status_code == 201, booked.json
    with cast.app.app_context(), transaction() as current:
        # The hospital has since given it to another department.
        current.execute(update(Referral).where(Referral.id == UUID(referral)).values(to_department="nephrology"))
    found = offered(cast, referral, booked.json["id"])
    assert later in found and mine not in found and elsewhere not in found
    path = f"/api/v1/appointments/{booked.json['id']}/move"
    refused = cast.patient.post(path, {"slot_id": elsewhere})
    assert refused.status_code == 404
    assert "耳鼻喉科" in refused.json["detail"] and "原来的号还给您留着" in refused.json["detail"]
    assert cast.patient.post(path, {"slot_id": later}).status_code == 200


def test_a_strangers_appointment_opens_no_list(cast: Cast) -> None:
    referral = cast.submitted()
    assert cast.consent(referral).status_code == 200
    assert cast.accept(referral).status_code == 200
    theirs = tell(cast.app, cast.county).book()
    answer = cast.patient.get(f"/api/v1/referrals/{referral}/places?appointment_id={theirs['id']}")
    assert answer.status_code in (403, 404)
