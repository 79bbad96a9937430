"""What people with two hats, or in a hurry, could get out of booking: nothing that others would not get."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from backend.alliance.queries import pack
from backend.booking.models import Slot
from backend.jobs import relay
from backend.kernel.roles import Role
from backend.store.db import transaction
from tests import factories
from tests.factories import Person
from tests.integration.booking.test_api import notices_about, tell
from tests.integration.booking.test_open_places import make, take
from tests.integration.booking.test_wait_list import entry, full, give_up, wait


def office_and_family(app: Flask, role: Role = Role.MEDICAL_OFFICE) -> tuple[Person, UUID, UUID]:
    """Somebody of the hospital with a health record of their own, and their mother's."""
    with app.app_context(), transaction() as current:
        me, mother = factories.make_resident(current), factories.make_resident(current)
        staff = factories.make_practitioner(current, "first-hospital", role)
        account = factories.make_account(current, resident=me, practitioner=staff)
        factories.make_family(current, mother, account)
    return factories.sign_in(app, account), me.id, mother.id


def test_nobody_judges_how_urgent_they_or_their_family_are(app: Flask) -> None:
    me, own, mother = office_and_family(app)
    full(app, "dermatology")
    assert wait(app, me, "dermatology", resident_id=own, priority="stat").status_code == 422
    assert wait(app, me, "dermatology", resident_id=mother, priority="stat").status_code == 422
    me.acting_for = mother  # whom a request is said to be for is the phone's own word
    assert wait(app, me, "dermatology", resident_id=own, priority="stat").status_code == 422


def test_a_clerk_is_as_late_as_anybody_with_their_own_place(app: Flask) -> None:
    me, _, mother = office_and_family(app, Role.DESK_CLERK)
    (slot,) = make(app, in_days=0.05)
    path = f"/api/v1/appointments/{take(me, slot, confirm=True).json['id']}/cancel"
    assert me.post(path).status_code == 422
    me.acting_for = mother
    assert me.post(path).status_code in (404, 422)


def test_an_offer_counts_among_a_proxys_places(app: Flask) -> None:
    with app.app_context(), transaction() as current:
        most = pack("xinmi").booking.limits.open_by_proxy
        people = [factories.make_resident(current) for _ in range(most + 1)]
        account = factories.make_account(current)
        for one in people:
            factories.make_family(current, one, account)
    who = factories.sign_in(app, account)
    for one in people[:-1]:
        who.acting_for = one.id
        assert take(who, make(app, department="neurology")[0], confirm=True).status_code == 201
    who.acting_for = people[-1].id
    _, (holder,) = full(app, "ent")
    made = wait(app, who, "ent").json
    give_up(holder)
    offer = f"/api/v1/appointments/{entry(who, made['id'])['offer_id']}"
    refused = who.post(f"{offer}/accept")
    assert refused.status_code == 422, refused.json
    assert [one["rule"] for one in refused.json["violations"]] == ["booking.most_by_proxy"]


def test_an_offer_beside_a_place_of_the_same_day_is_refused_in_words(app: Flask) -> None:
    (slot,), (holder,) = full(app, "ent")
    who, _ = factories.resident_person(app)
    made = wait(app, who, "ent").json
    give_up(holder)
    with app.app_context(), transaction() as current:
        row = current.execute(select(Slot.session_id, Slot.starts_at).where(Slot.id == slot)).one()
        other = Slot(
            county_id="xinmi",
            session_id=row.session_id,
            starts_at=row.starts_at + timedelta(minutes=15),
            pool="general",
            capacity=1,
            taken=0,
        )
        current.add(other)
    assert take(who, other.id, confirm=True).status_code == 201
    assert who.post(f"/api/v1/appointments/{entry(who, made['id'])['offer_id']}/accept").status_code == 409


@pytest.mark.parametrize("moves", [1, 2, 3])
def test_a_reminder_stands_however_quickly_a_place_is_moved(app: Flask, moves: int) -> None:
    story = tell(app)
    made = story.book()
    for turn in range(moves):
        to = story.slots[(turn + 1) % 2]
        moved = story.patient.post(f"/api/v1/appointments/{made['id']}/move", {"slot_id": to.id})
        assert moved.status_code == 200, moved.json
    relay.drain(app)  # all that happened is told only now
    with app.app_context(), transaction() as current:
        due = [
            one for one in notices_about(current, made["id"]) if ":remind:" in one.dedupe_key and one.status == "due"
        ]
        assert len(due) == 1
        assert due[0].due_at < story.slots[moves % 2].starts_at
        assert due[0].about_at == story.slots[moves % 2].starts_at, "it names the appointment's hour"
