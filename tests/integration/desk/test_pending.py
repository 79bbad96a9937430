"""What waits for a hand of the desk: confirmed, moved and confirmed, or refused with a reason and another way."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from backend.booking.models import Appointment
from backend.jobs import relay
from backend.kernel.roles import Role
from backend.notices.models import Notice
from backend.store import clock
from backend.store.db import transaction
from backend.worklist.models import Task
from tests import factories
from tests.integration.booking.scene import TOWNSHIPS
from tests.integration.booking.test_open_places import BOTH, HOSPITALS, make, row_of
from tests.integration.contracts.conftest import make_team, signed
from tests.integration.desk.browser import browser_of
from tests.integration.desk.test_week import booked, desk


def asked(app: Flask, slot: UUID, county_id: str = "xinmi") -> tuple[str, UUID]:
    """A doctor from below asks for a place in a full time: it waits for the desk."""
    team = make_team(app, county_id, TOWNSHIPS[county_id])
    _, resident_id, _ = signed(app, team, county_id)
    booked(app, slot, county_id)
    given = {"slot_id": slot, "resident_id": resident_id, "reason": "sick"}
    made = team.leader.post("/api/v1/appointments/overbook", given)
    assert made.status_code == 201, made.json
    return made.json["id"], resident_id


@BOTH
def test_what_waits_shows_its_deadline_and_is_confirmed(app: Flask, county_id: str) -> None:
    (slot,) = make(app, county_id=county_id)
    mine, _ = asked(app, slot, county_id)
    clerk = desk(app, county_id)
    listed = clerk.text("/desk/pending")
    assert mine in listed
    assert "医生帮约" in listed
    case = clerk.text(f"/desk/bookings/{mine}", part=True)
    assert "号一直给病人留着" in case
    done = clerk.post(f"/desk/bookings/{mine}/grant", version="1")
    assert done.status_code == 200, done.text
    assert '"refresh"' in done.headers["HX-Trigger"]
    assert mine not in clerk.text("/desk/pending")
    again = clerk.post(f"/desk/bookings/{mine}/grant", version="1")
    assert again.status_code == 409
    assert re.search(r"医生\d+ \d\d:\d\d 已经确认过了", again.text), again.text
    with app.app_context(), transaction() as current:
        assert row_of(mine).status == "booked"
        assert current.scalars(select(Task.status).where(Task.focus_id == UUID(mine))).one() == "done"


def test_what_is_late_stands_on_top_and_is_marked(app: Flask) -> None:
    slots = make(app, 2)
    mine = [asked(app, slot)[0] for slot in slots]
    with app.app_context(), transaction() as current:
        long_ago = clock.now(current) - timedelta(days=2)
        current.execute(update(Appointment).where(Appointment.id == UUID(mine[1])).values(confirm_by=long_ago))
    page = desk(app).text("/desk/pending")
    assert page.index(mine[1]) < page.index(mine[0])
    assert 'class="t late"' in page
    # Two days are no few hours of work: the day is said on which it was due.
    late = page.split('class="t late">')[1].split("</td>")[0]
    assert "就到了" in late
    assert "超" not in late


def test_what_is_past_is_not_confirmed_but_agreed_on_anew(app: Flask) -> None:
    slot, free = make(app, 2, department="gastroenterology")
    mine, _ = asked(app, slot)
    with app.app_context(), transaction() as current:
        gone = clock.now(current) - timedelta(hours=20)
        current.execute(update(Appointment).where(Appointment.id == UUID(mine)).values(starts_at=gone))
    clerk = desk(app)
    assert "时间已过" in clerk.text("/desk/pending")
    case = clerk.text(f"/desk/bookings/{mine}", part=True)
    assert "时间已过" in case
    assert f'/desk/bookings/{mine}/grant"' not in case
    refused = clerk.post(f"/desk/bookings/{mine}/grant", version="1")
    assert refused.status_code == 409
    assert "另约" in refused.text
    with app.app_context(), transaction():
        assert row_of(mine).status == "pending"
    done = clerk.post(f"/desk/bookings/{mine}/grant-at", version="1", slot_id=str(free))
    assert done.status_code == 200, done.text
    with app.app_context(), transaction():
        assert (row_of(mine).status, row_of(mine).slot_id) == ("booked", free)


def test_several_are_confirmed_at_once_or_none(app: Flask) -> None:
    slots = make(app, 3)
    mine = [asked(app, slot)[0] for slot in slots]
    clerk = desk(app)
    done = clerk.post(f"/desk/bookings/{mine[0]}/grant", version="1", many=",".join(mine[:2]))
    assert done.status_code == 200, done.text
    refused = clerk.post(f"/desk/bookings/{mine[2]}/grant", version="1", many=f"{mine[2]},{mine[0]}")
    assert refused.status_code == 409
    with app.app_context(), transaction():
        assert [row_of(one).status for one in mine] == ["booked", "booked", "pending"]


@BOTH
def test_a_refusal_needs_a_reason_and_another_way_and_the_patient_reads_both(app: Flask, county_id: str) -> None:
    (slot,) = make(app, county_id=county_id)
    mine, resident_id = asked(app, slot, county_id)
    clerk = desk(app, county_id)
    path = f"/desk/bookings/{mine}/refuse"
    half = (({}, "写明原因"), ({"reason": "enough-added"}, "可以去哪里"), ({"instead": "neurology"}, "写明原因"))
    for given, said in half:
        refused = clerk.post(path, version="1", **given)
        assert (refused.status_code, said in refused.text, "样例" in refused.text) == (422, True, True), given
    done = clerk.post(path, version="1", reason="enough-added", instead="neurology")
    assert done.status_code == 200, done.text
    with app.app_context(), transaction():
        row = row_of(mine)
        assert (row.status, row.ended_because, row.end_reason) == ("cancelled", "refused", "enough-added")
        assert row.end_instead == "neurology"
    shown = clerk.text(f"/desk/bookings/{mine}", part=True)
    assert "加的人够多了" in shown
    assert "神经内科" in shown
    relay.drain(app)
    with app.app_context(), transaction() as current:
        told = current.scalars(select(Notice).where(Notice.focus_id == UUID(mine))).all()
        assert [one.resident_id for one in told] == [resident_id]
    late = clerk.post(path, version="2", reason="enough-added", instead="neurology")
    assert (late.status_code, "已经处理过这个号" in late.text) == (409, True)


def test_another_time_is_given_and_confirmed_in_one(app: Flask) -> None:
    full, free, other = make(app, 3, department="urology")
    mine, _ = asked(app, full)
    booked(app, other)
    clerk = desk(app)
    refused = clerk.post(f"/desk/bookings/{mine}/grant-at", version="1", slot_id=str(other))
    assert refused.status_code == 409
    with app.app_context(), transaction():
        assert (row_of(mine).status, row_of(mine).slot_id) == ("pending", full)
    done = clerk.post(f"/desk/bookings/{mine}/grant-at", version="1", slot_id=str(free))
    assert done.status_code == 200, done.text
    with app.app_context(), transaction():
        assert (row_of(mine).status, row_of(mine).slot_id) == ("booked", free)


@pytest.mark.parametrize("role", [Role.SPECIALIST, Role.WARD_DOCTOR])
def test_only_a_desk_confirms(app: Flask, role: Role) -> None:
    who = browser_of(app, factories.staff_person(app, HOSPITALS["xinmi"], role)[0])
    assert who.get("/desk/pending").status_code == 403
    assert "/desk/pending" not in who.text("/desk/places")
