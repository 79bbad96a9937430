"""Nothing new is booked for who died; an old slip binds nobody; who is found at the desk leaves a trace."""

from datetime import date
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from backend.kernel.roles import Role
from backend.people import staff
from backend.store.audit import AuditEvent
from backend.store.db import transaction
from tests import factories
from tests.factories import Person
from tests.integration.booking import scene
from tests.integration.booking.test_open_places import make, take
from tests.integration.desk.browser import browser_of


def fill(app: Flask, slot_id: UUID) -> None:
    """Take the last place of a time."""
    other, resident_id = factories.resident_person(app)
    with app.app_context(), transaction() as current:
        referral = scene.make_referral(current, resident_id).id
    assert other.post(f"/api/v1/referrals/{referral}/appointment", {"slot_id": str(slot_id)}).status_code == 201


def test_the_referral_of_who_died_books_nothing(app: Flask) -> None:
    with app.app_context(), transaction() as current:
        dead = factories.make_resident(current, died_on=date(2026, 1, 1))
        daughter = factories.make_account(current)
        factories.make_family(current, dead, daughter)
        referral = scene.make_referral(current, dead.id).id
        free, full = (scene.make_slots(current)[0] for _ in range(2))
        free_id, full_id, dead_id = free.id, full.id, dead.id
    fill(app, full_id)
    for slot_id in (free_id, full_id):
        asks = factories.sign_in(app, daughter, acting_for=dead_id)
        refused = asks.post(f"/api/v1/referrals/{referral}/appointment", {"slot_id": str(slot_id)})
        assert refused.status_code == 422, refused.json
        assert refused.json["violations"][0]["rule"] == "booking.alive"
    with app.app_context():
        assert scene.counted(free_id) == (0, 0)


def test_the_short_way_books_nothing_for_the_dead_either(app: Flask) -> None:
    asks, resident_id = factories.resident_person(app, died_on=date(2026, 1, 1))
    with app.app_context(), transaction() as current:
        referral = scene.make_referral(current, resident_id).id
        free, full = (scene.make_slots(current)[0] for _ in range(2))
        wanted = (free.id, full.id)
    fill(app, wanted[1])
    for slot_id in wanted:
        refused = asks.post(f"/api/v1/referrals/{referral}/appointment", {"slot_id": str(slot_id)})
        assert (refused.status_code, refused.json["violations"][0]["rule"]) == (422, "booking.alive")


def test_a_bind_code_is_gone_with_a_reset_and_with_the_work(app: Flask) -> None:
    for deed in ("reset", "disable"):
        login = f"slip-{factories.secrets.token_hex(4)}"
        place = staff.Place(Role.FAMILY_DOCTOR, "th-yuanzhuang")
        with app.app_context(), transaction() as current:
            staff.create(current, "xinmi", login, "试验员", [place], title="attending", licence="1", phone="")
            code = staff.bind_code(current, "xinmi", login)
        with app.app_context(), transaction() as current:
            if deed == "reset":
                staff.reset(current, "xinmi", login)
            else:
                staff.set_active(current, "xinmi", login, active=False)
        finder, _ = factories.resident_person(app)
        answer = finder.post("/api/v1/staff-binding", {"bind_code": code, "pin": "249751"})
        assert (answer.status_code, answer.json["code"]) == (422, "code_wrong"), deed


def traces(app: Flask, who: Person) -> list[tuple[str, UUID | None]]:
    with app.app_context(), transaction() as current:
        query = select(AuditEvent.action, AuditEvent.resident_id).where(AuditEvent.account_id == who.account_id)
        return [(row.action, row.resident_id) for row in current.execute(query)]


def test_who_is_found_at_the_desk_leaves_a_trace(app: Flask) -> None:
    name = f"寻{factories.secrets.token_hex(3)}"
    patient, resident_id = factories.resident_person(app, name=name, name_folded=name)
    (slot,) = make(app)
    made = take(patient, slot, confirm=True).json
    clerk, _ = factories.staff_person(app, scene.HOSPITAL, Role.DESK_CLERK)
    desk = browser_of(app, clerk)
    assert "没有" in desk.text("/desk/search?q=zzzzzz")
    assert traces(app, clerk) == [], "nobody was found, nobody was seen"
    assert name in desk.text(f"/desk/search?q={name}")
    assert traces(app, clerk) == [("desk.search", None)]
    assert desk.post("/desk/arrivals/look", q=made["code"]).status_code == 200
    assert ("appointment.read", resident_id) in traces(app, clerk)
