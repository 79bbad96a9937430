"""The rush over HTTP: ten thousand attempts on five hundred places while workers, PostgreSQL and Valkey are killed."""

import random
import secrets
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from backend.kernel.clock import machine_now
from backend.kernel.roles import Role
from backend.people.models import SignInSession
from backend.web.auth import new_token
from tests import factories
from tests.integration.booking import scene
from tests.journeys.caller import Answer, ask
from tests.journeys.stubborn import Record, until_answered
from tests.proof.rig import Rig
from tests.proof.score import Tally

pytestmark = pytest.mark.proof
SLOTS, CAPACITY = 100, 5
PLACES = SLOTS * CAPACITY
PEOPLE, TRIES = 1_000, 10
CLIENTS = 200
HARM = ("web_worker", "postgres", "web_worker", "valkey", "postgres_killed", "web_worker", "web_worker", "postgres",
        "web_worker")  # fmt: skip


@dataclass(frozen=True)
class Patient:
    """Somebody with a referral that may be booked, signed in."""

    referral: UUID
    token: str


def gather(place: Rig) -> tuple[list[Patient], list[UUID]]:
    """A thousand people with referrals and sessions, and the places; written straight into the house's database."""
    engine = create_engine(place.house.told()["DATABASE_URL"])
    with Session(engine) as current:
        doctor = factories.make_practitioner(current, "th-yuanzhuang", Role.FAMILY_DOCTOR)
        slots = [slot.id for slot in scene.make_slots(current, SLOTS, CAPACITY, one_session=True)]
        patients = []
        for _ in range(PEOPLE):
            resident = factories.make_resident(current)
            account = factories.make_account(current, resident=resident)
            referral = scene.make_referral(current, resident.id, practitioner_id=doctor.id)
            patients.append(Patient(referral.id, _signed_in(current, account.id)))
        current.commit()
    engine.dispose()
    return patients, slots


def _signed_in(current: Session, account_id: UUID) -> str:
    token, token_hash = new_token()
    current.add(
        SignInSession(
            county_id="xinmi",
            account_id=account_id,
            kind="bearer",
            token_hash=token_hash,
            expires_at=machine_now() + timedelta(days=1),
        )
    )
    return token


class Rush:
    """Everybody presses, with a key for each wish; the harm comes when so many wishes have been made."""

    def __init__(self, place: Rig, seed: int, tries: int, harm: tuple[str, ...]) -> None:
        self.place, self.chance, self.tries, self.harm = place, random.Random(seed), tries, place.harm()
        self.patients, self.slots = gather(place)
        self.record = Record()
        self.booked: list[str] = []
        self._lock, self._wishes = threading.Lock(), 0
        every = PEOPLE * tries // (len(harm) + 1)
        self._harm = {every * (turn + 1): kind for turn, kind in enumerate(harm)}

    def run(self) -> None:
        wishes = [(one, slot) for one in self.patients for slot in self.chance.sample(self.slots, self.tries)]
        self.chance.shuffle(wishes)
        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(lambda wish: self._wish(*wish), wishes))
        self.harm.settle()
        self.harm.valkey_back()

    def _wish(self, patient: Patient, slot: UUID) -> None:
        with self._lock:
            self._wishes += 1
            kind = self._harm.get(self._wishes)
        if kind is not None:
            self.harm.soon(kind, 0.0)
        url = f"{self.place.house.url}/api/v1/referrals/{patient.referral}/appointment"
        headers = {"Authorization": f"Bearer {patient.token}", "Idempotency-Key": secrets.token_hex(12)}
        mine = Record()  # counted without a lock, added up after
        answer: Answer = until_answered(mine, lambda: ask(url, {"slot_id": str(slot)}, method="POST", headers=headers))
        with self._lock:
            self.record.asked += mine.asked
            self.record.unknown += mine.unknown
            self.record.away += mine.away
            self.record.surprises += mine.surprises
            if answer.status == 201:
                self.booked.append(answer.body["id"])
            elif answer.status not in (409, 422):
                self.record.surprises[f"{answer.status} {answer.body}"] += 1


def play(place: Rig, seed: int, tries: int, harm: tuple[str, ...]) -> Tally:
    rush = Rush(place, seed, tries, harm)
    rush.run()
    place.house.wait_ready(240)
    rows = place.rows(
        "SELECT id::text FROM appointment WHERE county_id = 'xinmi' AND status = 'booked' AND slot_id = ANY(%(s)s)",
        s=rush.slots,
    )
    kept = {row[0] for row in rows}
    tally = Tally(attempts=PEOPLE * tries, faults=rush.harm.done)
    tally.figures = {
        "requests": rush.record.asked,
        "answers lost and asked again": rush.record.unknown,
        "refused as away": rush.record.away,
        "acknowledged": len(rush.booked),
        "booked": len(kept),
    }
    tally.violations += [f"{len(kept)} booked of {PLACES}"] * (len(kept) != PLACES)
    tally.violations += [f"acknowledged and lost: {one}" for one in rush.booked if one not in kept]
    tally.violations += [f"booked and never said: {one}" for one in kept - set(rush.booked)]
    tally.violations += [f"{count} × {what}" for what, count in rush.record.surprises.items()]
    tally.violations += place.broken_invariants("I-01", "I-04a", "I-04b", "I-05", "I-15b")
    return tally


def test_ten_thousand_attempts_on_five_hundred_places(board, sound_house: Rig, broken_house: Rig) -> None:
    with board.line("I-01", "10,000 wishes by 200 clients for 500 places over HTTP: exactly 500 booked") as line:
        line.tally = play(sound_house, board.seed, TRIES, HARM)
        broken = play(broken_house, board.seed, 1, ()).violations
        line.seeded["place-without-guard"] = any(one.startswith("I-01") for one in broken)
    assert line.tally.violations == []
    assert (line.tally.faults["web_worker"], line.tally.faults["valkey"]) == (5, 1)
    assert all(line.seeded.values()), line.seeded


def play_without_valkey(place: Rig) -> Tally:
    """Valkey is stopped, and five hundred people book the five hundred places; then five hundred others ask in vain."""
    patients, slots = gather(place)
    harm, record = place.harm(), Record()
    harm.valkey()
    wishes = [(one, slots[number % SLOTS]) for number, one in enumerate(patients)]

    def wish(given: tuple[Patient, UUID]) -> Answer:
        who, slot = given
        headers = {"Authorization": f"Bearer {who.token}", "Idempotency-Key": secrets.token_hex(12)}
        url = f"{place.house.url}/api/v1/referrals/{who.referral}/appointment"
        return until_answered(record, lambda: ask(url, {"slot_id": str(slot)}, method="POST", headers=headers))

    with ThreadPoolExecutor(16) as pool:
        booked, late = list(pool.map(wish, wishes[:PLACES])), list(pool.map(wish, wishes[PLACES:]))
    harm.valkey_back()
    tally = Tally(attempts=len(wishes))
    tally.faults["valkey stopped"] = 1
    tally.figures = {
        "booked": sum(one.status == 201 for one in booked),
        "told that it is full": sum(one.status == 409 for one in late),
    }
    tally.violations += [f"{one.status} {one.body}" for one in booked if one.status != 201]
    tally.violations += [f"{one.status} to who came late" for one in late if one.status != 409]
    tally.violations += [f"{count} × {what}" for what, count in record.surprises.items()]
    tally.violations += [f"{record.unknown + record.away} asked again"] * bool(record.unknown + record.away)
    return tally


def test_booking_goes_on_without_valkey(board, sound_house: Rig, broken_house: Rig) -> None:
    with board.line("–", "booking works while Valkey is stopped: everybody is answered, and rightly") as line:
        line.tally = play_without_valkey(sound_house)
        line.tally.violations += sound_house.broken_invariants("I-01", "I-05", "I-15b")
        line.seeded["answers-wait-for-valkey"] = bool(play_without_valkey(broken_house).violations)
    assert line.tally.violations == []
    assert all(line.seeded.values()), line.seeded
