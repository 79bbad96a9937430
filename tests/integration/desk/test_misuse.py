"""What a desk could read without anybody's consent, or without leaving a trace: nothing."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from backend.booking.models import Slot
from backend.kernel.clock import local_day
from backend.kernel.roles import Role
from backend.people.models import Resident
from backend.referrals.models import Referral, ReferralConsent
from backend.store.audit import AuditEvent
from backend.store.db import transaction
from tests import factories
from tests.integration.booking.test_api import tell
from tests.integration.booking.test_open_places import make, take
from tests.integration.booking.test_wait_list import DEPARTMENT, full, wait
from tests.integration.desk.browser import browser_of
from tests.integration.desk.test_pending import asked
from tests.integration.referrals.rig import Cast, drawn


def test_papers_typed_at_the_door_join_no_name_to_a_question_before_consent(app: Flask, cast: Cast) -> None:
    referral = cast.submitted()
    with app.app_context(), transaction() as current:
        row = current.get_one(Referral, (cast.county, referral))
        person = current.get_one(Resident, (cast.county, row.resident_id))
        number, name, diagnosis = person.record_number, person.name, row.diagnosis_text
    browser = browser_of(app, cast.clerk)
    before = browser.post("/desk/arrivals/look", q=number).text
    assert name in before, "whoever stands there is received"
    assert diagnosis not in before
    assert cast.consent(referral).status_code == 200
    assert diagnosis in browser.post("/desk/arrivals/look", q=number).text


def test_a_booked_place_names_nobody_whose_consent_no_longer_stands(app: Flask) -> None:
    story = tell(app)
    booked = story.book()
    with app.app_context(), transaction() as current:
        name = current.get_one(Resident, ("xinmi", story.referral.resident_id)).name
    clerk, _ = factories.staff_person(app, "first-hospital", Role.DESK_CLERK)
    browser = browser_of(app, clerk)
    assert name in browser.get("/desk/arrivals?show=made").text
    assert "高血压" in browser.get(f"/desk/arrivals/{booked['id']}").text
    with app.app_context(), transaction() as current:
        ended = update(ReferralConsent).where(ReferralConsent.referral_id == story.referral.id)
        current.execute(ended.values(status="overtaken"))
    assert name not in browser.get("/desk/arrivals?show=made").text
    gone = browser.get(f"/desk/arrivals/{booked['id']}")
    assert gone.status_code == 404
    assert "高血压" not in gone.text
    by_code = browser.post("/desk/arrivals/look", q=booked["code"]).text
    assert name in by_code, "with their own code in the hand they are received"
    assert "高血压" not in by_code


LISTS = {
    "appointment.day_list": "/desk/day?on={on}",
    "appointment.session_list": "/desk/places/{session}",
    "appointment.pending_list": "/desk/pending",
    "arrival.list": "/desk/arrivals?show=made",
    "waitlist.list": "/desk/waiting",
    "desk.search": "/desk/search?q=欧阳桂兰",
}


@pytest.mark.parametrize("action", LISTS)
def test_a_list_of_names_is_never_read_without_a_trace(app: Flask, action: str) -> None:
    clerk, _ = factories.staff_person(app, "first-hospital", Role.DESK_CLERK)
    (slot,) = make(app, in_days=4)
    if action == "waitlist.list":
        full(app, DEPARTMENT["xinmi"])
        who, resident_id = factories.resident_person(app)
        wait(app, who, DEPARTMENT["xinmi"])
    elif action == "appointment.pending_list":
        _, resident_id = asked(app, slot)
    else:
        who, resident_id = factories.resident_person(app, name="欧阳桂兰", name_folded="欧阳桂兰")
        take(who, slot, confirm=True)
    with app.app_context(), transaction() as current:
        name, place = current.get_one(Resident, ("xinmi", resident_id)).name, current.get_one(Slot, ("xinmi", slot))
        path = LISTS[action].format(on=local_day(place.starts_at).isoformat(), session=place.session_id)

    def traces() -> list[dict[str, Any]]:
        query = select(AuditEvent.detail).where(AuditEvent.action == action, AuditEvent.account_id == clerk.account_id)
        with app.app_context(), transaction() as current:
            return list(current.scalars(query))

    browser = browser_of(app, clerk)
    assert name in browser.text(path, part=True)
    [left] = traces()
    assert left["people"] >= 1
    assert name not in str(left)
    browser.text(path, part=True)
    # A page that refreshes itself is read once; a search never refreshes itself.
    assert len(traces()) == (2 if action == "desk.search" else 1)


@pytest.mark.parametrize("change", ["{name}", "{first} {rest}", "{first}·{rest}", "\u200b{name}"])
def test_who_explains_is_no_witness_however_the_name_is_written(app: Flask, cast: Cast, change: str) -> None:
    referral = cast.submitted()
    with app.app_context(), transaction() as current:
        name = cast.doctor.actor().name
        content = current.get_one(Referral, (cast.county, referral)).content_hash
    body = {
        "content_hash": content,
        "drawn": drawn(),
        "by": "self",
        "witness": change.format(name=name, first=name[0], rest=name[1:]),
        "language": "汉语",
    }
    refused = cast.doctor.post(f"/api/v1/referrals/{referral}/helped-consent", body)
    assert refused.status_code == 422, refused.json
