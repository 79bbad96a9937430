"""Every guarantee's query is empty on a sound database, and finds the damage it is there for.

Each case damages rows that were made in the ordinary way, takes away the constraint that forbids it where there is one,
looks, and rolls all of it back.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from backend.kernel.roles import Role
from backend.notices.service import plan_notice
from backend.oversight.invariants import INVARIANTS, violations
from backend.referrals.models_certificate import ReferralCertificate
from backend.store import clock
from backend.store.db import session, transaction
from backend.worklist.service import Owner
from tests import factories
from tests.integration.booking import scene
from tests.integration.chat.conftest import make_talk
from tests.integration.followup.test_followup import care_for
from tests.integration.referrals.rig import make_cast, to_working_hour

COPY = """
INSERT INTO {0}
SELECT (jsonb_populate_record(row, CAST(:changes AS jsonb) || jsonb_build_object('id', CAST(:new AS text)))).*
FROM {0} row WHERE row.county_id = 'xinmi' AND row.id = CAST(:old AS uuid)
"""


class Undone(Exception):
    """Leaves the transaction without a trace."""


@pytest.fixture(scope="module")
def world(app: Flask) -> Iterator[dict[str, str]]:
    """Ids of a sound story in Xinmi: contract, talk, referral with its papers, place, follow-up, notice."""
    to_working_hour(app, 10)
    talk = make_talk(app)
    assert talk.say(talk.person, "在吗").status_code == 201
    cast = make_cast(app, "xinmi")
    referral = cast.issued()
    with app.app_context(), transaction() as current:
        slot = str(scene.make_slots(current)[0].id)
        down = str(scene.make_referral(current, direction="down", to="th-chaohua", status="submitted").id)
        other = str(scene.make_referral(current).id)
    booked = cast.patient.post(f"/api/v1/referrals/{referral}/appointment", {"slot_id": slot})
    assert booked.status_code == 201, booked.text
    cared = care_for(app, "xinmi")
    with app.app_context(), transaction() as current:
        owner = Owner(practitioner_id=factories.make_practitioner(current, "th-yuanzhuang", Role.FAMILY_DOCTOR).id)
        notice = plan_notice(
            "xinmi",
            "follow_up_due",
            dedupe_key=uuid4().hex,
            focus=("resident", cast.patient_id),
            resident_id=cast.patient_id,
            due_at=clock.now(current) + timedelta(days=400),
            fallback=owner.step(30),
        )
        certificate = current.scalar(
            select(ReferralCertificate.id).where(ReferralCertificate.referral_id == UUID(referral))
        )
    yield {
        "contract": talk.contract_id,
        "contracted": str(talk.resident_id),
        "conversation": talk.id,
        "referral": referral,
        "certificate": str(certificate),
        "patient": str(cast.patient_id),
        "slot": slot,
        "place": booked.json["id"],
        "down": down,
        "other": other,
        "look": str(cared.visit_id),
        "notice": str(notice),
        "account": str(uuid4()),
        "late": "2099-01-01",
    }
    with app.app_context(), transaction() as current:
        current.execute(update(clock.DomainClock).values(ahead=timedelta(0)))


def run(current: Session, world: dict[str, str], *statements: str) -> None:
    for statement in statements:  # ids as literals: the column says which type they are
        current.execute(text(re.sub(r":(\w+)", lambda found: f"'{world[found[1]]}'", statement)))


def copy(current: Session, table: str, old: str, changes: str = "{}") -> str:
    new = str(uuid4())
    current.execute(text(COPY.format(table)), {"old": old, "new": new, "changes": changes})
    return new


def second_place(current: Session, world: dict[str, str]) -> None:
    run(
        current,
        world,
        "DROP INDEX uq_appointment_live_slot",
        "DROP INDEX uq_appointment_live_referral",
        "DROP INDEX uq_appointment_live_day",
    )
    copy(current, "appointment", world["place"], '{"code": "00000000"}')


def second_contract(current: Session, world: dict[str, str]) -> None:
    name = current.scalar(
        text("SELECT conname FROM pg_constraint WHERE conrelid = 'contract'::regclass AND contype = 'x'")
    )
    run(current, world, "DROP INDEX uq_contract_active", f"ALTER TABLE contract DROP CONSTRAINT {name}")
    copy(current, "contract", world["contract"])


def again_after_unknown(current: Session, world: dict[str, str]) -> None:
    for number in (1, 2):
        run(
            current,
            world,
            "INSERT INTO notice_attempt (county_id, id, notice_id, account_id, number, outcome)"
            f" VALUES ('xinmi', '{uuid4()}', :notice, :account, {number}, 'unknown')",
        )


def dead_message(current: Session, world: dict[str, str]) -> None:
    columns = "county_id, id, kind, dedupe_key, payload, status"
    run(current, world, f"INSERT INTO outbox ({columns}) VALUES ('xinmi', :account, 'x', :account, '{{}}', 'dead')")


MINE = "WHERE county_id = 'xinmi' AND"
CASES = {
    "I-01": (second_place, "slot"),
    "I-03": (
        "INSERT INTO idempotency (county_id, account_id, key, body_hash) VALUES ('xinmi', :account, 'k', '')",
        "account",
    ),
    "I-04a": (second_place, "referral"),
    "I-04b": (second_place, "patient"),
    "I-05": (f"UPDATE slot SET taken = 0 {MINE} id = :slot", "slot"),
    "I-06": (f"UPDATE appointment SET referral_id = :other {MINE} id = :place", "place"),
    "I-07a": (second_contract, "contracted"),
    "I-07b": (second_contract, "contracted"),
    "I-08a": (f"UPDATE referral_consent SET covers_hash = 'other' {MINE} referral_id = :referral", "certificate"),
    "I-08b": (
        f"UPDATE referral_signature SET content_hash = 'x' {MINE} referral_id = :referral AND step_order = 2",
        "certificate",
    ),
    "I-08c": (
        f"UPDATE referral_signature SET signed_at = :late {MINE} referral_id = :referral AND step_order = 1",
        "",
    ),
    "I-13": (again_after_unknown, "notice"),
    "I-14a": (f"UPDATE notice SET status = 'unknown' {MINE} id = :notice", "notice"),
    "I-14b": (f"UPDATE notice SET due_at = liandong_now() - interval '2 days' {MINE} id = :notice", "notice"),
    "I-14c": (f"UPDATE follow_up_visit SET status = 'asked', asked_at = now() {MINE} id = :look", "look"),
    "I-14d": (
        "UPDATE schedule_session SET stopped_at = now() WHERE id = (SELECT session_id FROM slot WHERE id = :slot)",
        "place",
    ),
    "I-15a": (dead_message, "account"),
    "I-15b": (f"DELETE FROM outbox {MINE} payload ->> 'appointment_id' = :place", "place"),
    "I-15c": (f"UPDATE referral SET status = 'arrived' {MINE} id = :down", "down"),
    "I-16": (f"UPDATE conversation SET last_seq = last_seq + 1 {MINE} id = :conversation", "conversation"),
    "I-24": (f"UPDATE referral SET status = 'withdrawn' {MINE} id = :referral", "referral"),
}


def test_every_guarantee_has_its_damage() -> None:
    assert set(CASES) == {one.id for one in INVARIANTS}
    assert len(INVARIANTS) == len({one.id for one in INVARIANTS})


@pytest.mark.parametrize("id", CASES)
def test_a_sound_story_breaks_nothing_and_each_damage_is_found(app: Flask, world: dict[str, str], id: str) -> None:
    damage, broken = CASES[id]
    with app.app_context(), pytest.raises(Undone), transaction() as current:
        mine = set(world.values())
        assert [row for row in violations(current) if row.what in mine] == []
        before = violations(current, id)
        if isinstance(damage, str):
            run(current, world, damage)
        else:
            damage(current, world)
        found = [row for row in violations(current, id) if row not in before]
        assert found, f"{id} saw nothing"
        assert not broken or world[broken] in {row.what for row in found}
        raise Undone
    with app.app_context():
        session().close()


def test_the_command_names_what_is_wrong_and_fails(app: Flask, world: dict[str, str]) -> None:
    from backend.oversight.commands import check

    runner = app.test_cli_runner()
    with app.app_context(), transaction() as current:
        current.execute(text("UPDATE slot SET taken = 0 WHERE id = :s"), {"s": world["slot"]})
    try:
        told = runner.invoke(check, ["invariants"])
        assert told.exit_code == 1
        assert world["slot"] in told.output
    finally:
        with app.app_context(), transaction() as current:
            current.execute(text("UPDATE slot SET taken = 1 WHERE id = :s"), {"s": world["slot"]})
    assert world["slot"] not in runner.invoke(check, ["invariants"]).output
