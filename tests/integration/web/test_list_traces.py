"""Whoever of the staff reads a list of people leaves a trace; families reading their own leave none. I-19."""

from typing import Any

from flask import Flask
from sqlalchemy import select

from backend.kernel.roles import Role
from backend.store.audit import AuditEvent
from backend.store.db import transaction
from tests import factories
from tests.integration.booking.test_open_places import make
from tests.integration.desk.browser import browser_of
from tests.integration.desk.test_pending import asked
from tests.integration.referrals.rig import Cast

PENDING = "/api/v1/appointments/pending"


def traces(app: Flask, person: factories.Person) -> list[dict[str, Any]]:
    """Return what the lists read by somebody left behind."""
    left = select(AuditEvent.detail).where(AuditEvent.account_id == person.account_id, AuditEvent.entity == "list")
    with app.app_context(), transaction() as current:
        return list(current.scalars(left.order_by(AuditEvent.sequence)))


def test_a_list_of_the_api_is_one_look_an_hour_for_each_of_its_pages(app: Flask) -> None:
    clerk, _ = factories.staff_person(app, "first-hospital", Role.DESK_CLERK)
    for slot in make(app, 2, in_days=5):
        asked(app, slot)
    first = clerk.get(f"{PENDING}?limit=1").get_json()
    assert len(first["items"]) == 1
    [left] = traces(app, clerk)
    assert len(left.pop("asked")) == 16
    assert left == {"list": PENDING, "page": "", "of": "", "people": 1}
    clerk.get(f"{PENDING}?limit=1")
    assert len(traces(app, clerk)) == 1, "pulled down to refresh"
    clerk.get(f"{PENDING}?limit=1&cursor={first['next_cursor']}")
    assert [one["page"] for one in traces(app, clerk)] == ["", first["next_cursor"]]
    assert str(first["items"][0]["person"]["name"]) not in str(traces(app, clerk))


def test_an_empty_list_and_ones_own_leave_nothing(app: Flask, cast: Cast) -> None:
    nobody, _ = factories.staff_person(app, cast.places.hospital, Role.SPECIALIST, county_id=cast.county)
    assert nobody.get("/api/v1/signatures").get_json()["items"] == []
    cast.submitted()
    assert cast.patient.get("/api/v1/referrals").get_json()["items"]
    assert traces(app, nobody) + traces(app, cast.patient) == []


def test_a_list_asked_for_one_person_shows_among_who_looked(app: Flask, cast: Cast) -> None:
    cast.submitted()
    assert cast.doctor.get(f"/api/v1/referrals?resident_id={cast.patient_id}").get_json()["items"]
    [left] = traces(app, cast.doctor)
    assert left["of"] == str(cast.patient_id)
    looked = cast.patient.get("/api/v1/access-log").get_json()["items"]
    assert [one["what"] for one in looked if not one["own_family"]].count("看了转诊") == 1, looked


def test_the_pages_of_questions_and_of_people_going_home_leave_a_trace(app: Flask, cast: Cast) -> None:
    cast.submitted()
    browser = browser_of(app, cast.clerk)
    browser.get("/desk/answers")
    assert [set(one) for one in traces(app, cast.clerk)] == [{"people"}]
    browser.text("/desk/answers", part=True)
    assert len(traces(app, cast.clerk)) == 1
