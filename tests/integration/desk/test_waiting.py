"""The wait list at the desk: in the order in which places go, and the calls about what is offered."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from backend.booking import sweeping
from backend.booking.models import Appointment, WaitlistEntry
from backend.jobs import relay
from backend.store.db import transaction
from backend.worklist.models import Task
from tests import factories
from tests.integration.booking.test_open_places import BOTH, row_of, run_out
from tests.integration.booking.test_wait_list import full, give_up, wait
from tests.integration.desk.test_week import desk


def offered(app: Flask, department: str, county_id: str = "xinmi") -> tuple[str, str, UUID]:
    """Somebody who waits and was offered a place: the wait, the offer, the person."""
    _, (holder,) = full(app, department, county_id=county_id)
    who, resident_id = factories.resident_person(app, county_id)
    made = wait(app, who, department, county_id=county_id)
    assert made.status_code == 201, made.json
    give_up(holder)
    with app.app_context(), transaction() as current:
        offer = current.scalars(select(Appointment.id).where(Appointment.wait_id == UUID(made.json["id"]))).one()
    return made.json["id"], str(offer), resident_id


@BOTH
def test_the_urgent_stand_above_and_offers_that_run_with_their_time(app: Flask, county_id: str) -> None:
    department = "stomatology"
    full(app, department, county_id=county_id)
    waits = [
        wait(app, factories.resident_person(app, county_id)[0], department, county_id=county_id).json["id"]
        for _ in range(3)
    ]
    with app.app_context(), transaction() as current:
        urgent = update(WaitlistEntry).where(WaitlistEntry.id == UUID(waits[2]))
        current.execute(urgent.values(priority="urgent"))
    page = desk(app, county_id).text(f"/desk/waiting?department={department}")
    assert page.index(waits[2]) < page.index(waits[0]) < page.index(waits[1])
    assert "样例" in page
    case = desk(app, county_id).text(f"/desk/waiting/{waits[1]}", part=True)
    assert "2 位" in case


@BOTH
def test_whom_wechat_does_not_reach_is_phoned_and_takes_it(app: Flask, county_id: str) -> None:
    entry, offer, _ = offered(app, "ophthalmology", county_id)
    relay.drain(app)
    clerk = desk(app, county_id)
    with app.app_context(), transaction() as current:
        # As when the notice did not arrive: somebody has the call on their list.
        row = current.get_one(Appointment, (county_id, UUID(offer)))
        current.add(
            Task(
                county_id=county_id, kind="tell_by_phone", dedupe_key=f"test:{offer}", focus_kind="appointment",
                focus_id=row.id, role="desk_clerk", institution=row.institution, due_at=row.held_until,
            )
        )  # fmt: skip
    page = clerk.text("/desk/waiting")
    assert entry in page
    assert "要打电话" in page
    case = clerk.text(f"/desk/waiting/{entry}", part=True)
    assert "过了给下一位" in case
    missed = clerk.post(f"/desk/waiting/offers/{offer}/call", outcome="not_reached", version="1")
    assert missed.status_code == 200, missed.text
    assert "没打通" in missed.text
    with app.app_context(), transaction() as current:
        assert row_of(offer).status == "offered"
        assert current.scalars(select(Task.status).where(Task.dedupe_key == f"test:{offer}")).one() == "open"
    took = clerk.post(f"/desk/waiting/offers/{offer}/call", outcome="took", version="1")
    assert took.status_code == 200, took.text
    assert "候补到了" in took.text
    with app.app_context(), transaction() as current:
        assert row_of(offer).status == "booked"
        assert current.scalars(select(Task.status).where(Task.dedupe_key == f"test:{offer}")).one() == "done"
    assert entry not in clerk.text("/desk/waiting")


def test_who_declines_by_phone_waits_on_and_the_next_is_offered_it(app: Flask) -> None:
    entry, offer, _ = offered(app, "dermatology")
    second = wait(app, factories.resident_person(app)[0], "dermatology")
    done = desk(app).post(f"/desk/waiting/offers/{offer}/call", outcome="declined", version="1")
    assert done.status_code == 200, done.text
    with app.app_context(), transaction() as current:
        assert (row_of(offer).status, row_of(offer).ended_because) == ("cancelled", "declined")
        status = select(WaitlistEntry.status)
        assert current.scalars(status.where(WaitlistEntry.id == UUID(entry))).one() == "waiting"
        assert current.scalars(status.where(WaitlistEntry.id == UUID(second.json["id"]))).one() == "offered"


def test_an_answer_after_its_time_is_told_so(app: Flask) -> None:
    _, offer, _ = offered(app, "rehabilitation")
    with app.app_context(), transaction():
        run_out(offer)
    clerk = desk(app)
    late = clerk.post(f"/desk/waiting/offers/{offer}/call", outcome="took", version="1")
    assert (late.status_code, "给下一位" in late.text) == (409, True)
    with app.app_context(), transaction() as current:
        sweeping.expire_holds(current, "xinmi")
    again = clerk.post(f"/desk/waiting/offers/{offer}/call", outcome="not_reached", version="2")
    assert again.status_code == 409


@pytest.mark.parametrize("outcome", ["", "maybe"])
def test_a_call_has_one_of_three_ends(app: Flask, outcome: str) -> None:
    _, offer, _ = offered(app, "tcm")
    assert desk(app).post(f"/desk/waiting/offers/{offer}/call", outcome=outcome, version="1").status_code == 422


def test_who_waits_no_more_is_taken_off(app: Flask) -> None:
    full(app, "pediatrics")
    entry = wait(app, factories.resident_person(app)[0], "pediatrics").json["id"]
    clerk = desk(app)
    done = clerk.post(f"/desk/waiting/{entry}/leave")
    assert done.status_code == 200, done.text
    assert entry not in clerk.text("/desk/waiting")
    assert clerk.post(f"/desk/waiting/{entry}/leave").status_code == 409
