"""Many at once against the guards of the database: each proof is played sound, and then with a guard taken away."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, text

from backend.booking import service
from backend.contracts.models import Contract
from backend.jobs import relay
from backend.kernel.errors import LiandongError
from backend.kernel.roles import system_actor
from backend.referrals.models import Referral
from backend.store import outbox
from backend.store.db import transaction
from backend.web.problems import as_liandong_error
from tests import factories
from tests.integration.booking import scene
from tests.integration.chat.conftest import make_talk
from tests.integration.contracts.conftest import ask, make_team
from tests.proof.score import Tally
from tests.proof.stage import Stage

pytestmark = pytest.mark.proof
XINMI = system_actor("xinmi")
SLOTS = 40


def at_once(stage: Stage, acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Every act in its own thread, connection and transaction, all set off together; answers or errors."""
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        with stage.app.app_context():
            gate.wait(timeout=60)
            try:
                with transaction():
                    return act()
            except Exception as error:  # noqa: BLE001  each thread's answer is looked at by the proof
                return as_liandong_error(error) or error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def surprises(answers: Sequence[Any]) -> list[str]:
    """Answers that nobody should ever get."""
    return [repr(one)[:80] for one in answers if isinstance(one, Exception) and not isinstance(one, LiandongError)]


def people(stage: Stage, count: int) -> list[Referral]:
    with stage.app.app_context(), transaction() as current:
        return [scene.make_referral(current) for _ in range(count)]


def places(stage: Stage, count: int, capacity: int) -> list[UUID]:
    with stage.app.app_context(), transaction() as current:
        return [slot.id for slot in scene.make_slots(current, count, capacity)]


def booking(referral: Referral, slot: UUID) -> Callable[[], UUID]:
    return lambda: service.book(XINMI, referral, slot)


def test_a_rush_takes_exactly_the_places_there_are(prove) -> None:
    def play(stage: Stage) -> Tally:
        tally = Tally()
        for capacity, clients in ((5, 10), (1, 8)):
            for slot in places(stage, SLOTS, capacity):
                answers = at_once(stage, [booking(one, slot) for one in people(stage, clients)])
                tally.attempts += len(answers)
                won = sum(isinstance(one, UUID) for one in answers)
                tally.violations += [f"{won} won of {capacity}"] * (won != capacity) + surprises(answers)
        tally.violations += stage.broken_invariants("I-01", "I-05")
        return tally

    says = f"{SLOTS} slots of 5 places hit by 10 clients each, and of 1 place by 8 each: just the places there are"
    prove("I-01", says, play, "place-without-guard")


def test_one_person_pressing_everywhere_has_one_place(prove) -> None:
    def play(stage: Stage) -> Tally:
        tally = Tally()
        for _ in range(25):
            (mine,), slots = people(stage, 1), places(stage, 4, 5)
            answers = at_once(stage, [booking(mine, slot) for slot in slots for _ in range(2)])
            tally.attempts += len(answers)
            won = sum(isinstance(one, UUID) for one in answers)
            tally.violations += [f"one person won {won}"] * (won != 1) + surprises(answers)
        tally.violations += stage.broken_invariants("I-04a", "I-04b", "I-05")
        return tally

    prove("I-04", "one person, one referral, one place (8 at once)", play, "two-places-for-one")


def test_what_is_given_back_is_counted_once(prove) -> None:
    def play(stage: Stage) -> Tally:
        tally = Tally()
        for slot in places(stage, SLOTS, 5):
            made = at_once(stage, [booking(who, slot) for who in people(stage, 5)])
            ends = [lambda one=one: service.cancel(XINMI, scene.appointment(one), 1, "self") for one in made]
            # Three who give up together; then three presses of one of those who are left.
            for acts, wanted in ((ends[:3], 3), (ends[3:4] * 3, 1)):
                answers = at_once(stage, acts)
                tally.attempts += len(answers)
                done = sum(one is None for one in answers)
                tally.violations += [f"{done} cancelled of {wanted}"] * (done != wanted) + surprises(answers)
            with stage.app.app_context():
                tally.violations += ["the counter is wrong"] * (scene.counted(slot) != (1, 1))
        tally.violations += stage.broken_invariants("I-05")
        return tally

    says = f"three cancels at once on each of {SLOTS} slots, and three of one place: booked + free = capacity"
    prove("I-05", says, play, "counter-not-given-back")


def test_the_same_key_is_done_once_and_answers_the_same(prove) -> None:
    def play(stage: Stage) -> Tally:
        tally = Tally()
        for _ in range(40):
            person, resident = factories.resident_person(stage.app, "xinmi")
            doctor, practitioner = factories.staff_person(stage.app, "vc-yuanzhuang-cun", factories.Role.VILLAGE_DOCTOR)
            del person
            body = {"resident_id": str(resident), "complaint": "头胀", "why": "降不下来", "travel": "car"}
            with stage.app.app_context(), transaction():
                from backend.records.service import grant

                grant("xinmi", resident, "contract", uuid4(), [f"practitioner:{practitioner}"])
            key = uuid4().hex
            with ThreadPoolExecutor(8) as pool:
                answers = list(
                    pool.map(lambda _, d=doctor, b=body, k=key: d.post("/api/v1/handoffs", b, key=k), range(8))
                )
            tally.attempts += len(answers)
            good = {one.get_data() for one in answers if one.status_code == 201}
            odd = [one.status_code for one in answers if one.status_code not in (201, 409)]
            with stage.app.app_context(), transaction() as current:
                rows = current.scalar(
                    text("SELECT count(*) FROM village_handoff WHERE resident_id = :r"), {"r": resident}
                )
            tally.violations += [f"{rows} rows"] * (rows != 1) + [f"{len(good)} answers"] * (len(good) != 1)
            tally.violations += [f"status {one}" for one in odd]
        tally.violations += stage.broken_invariants("I-03")
        return tally

    prove("I-03", "the same key has one effect and one answer (8 at once)", play, "keys-forgotten")


def test_a_person_has_one_contract(prove) -> None:
    def play(stage: Stage) -> Tally:
        tally, teams = Tally(), [make_team(stage.app) for _ in range(8)]
        for _ in range(20):
            person, resident = factories.resident_person(stage.app)
            with ThreadPoolExecutor(8) as pool:
                answers = list(pool.map(lambda team, p=person: ask(p, team), teams))
            tally.attempts += len(answers)
            with stage.app.app_context(), transaction() as current:
                rows = current.scalar(
                    select(func.count()).select_from(Contract).where(Contract.resident_id == resident)
                )
            tally.violations += [f"{rows} contracts"] * (rows != 1)
            tally.violations += [f"status {one.status_code}" for one in answers if one.status_code >= 500]
        tally.violations += stage.broken_invariants("I-07a", "I-07b")
        return tally

    prove("I-07", "one contract a person, whoever is asked at once (8 teams)", play, "contract-turnstile-gone")


def test_a_conversation_has_no_gap_and_nothing_twice(prove) -> None:
    def play(stage: Stage) -> Tally:
        tally, team = Tally(), make_team(stage.app)
        for turn in range(40):
            if turn % 5 == 0:  # nobody may write too fast, and that is another guarantee
                talk = make_talk(stage.app, team)
            client = uuid4()
            with ThreadPoolExecutor(8) as pool:
                answers = list(pool.map(lambda _, c=client, t=talk: t.say(t.person, "同一句", c), range(8)))
            tally.attempts += len(answers)
            seqs = {one.json.get("seq") for one in answers}
            odd = [f"{one.status_code} {one.json.get('code')}" for one in answers if one.status_code != 201]
            tally.violations += [f"one message, {len(seqs)} numbers: {odd}"] * (len(seqs) != 1)
        tally.violations += stage.broken_invariants("I-16")
        return tally

    prove(
        "I-16", "messages are numbered without a gap, and none is said twice (8 at once)", play, "message-index-dropped"
    )


def test_work_of_the_relay_is_done_once_although_leases_run_out(prove) -> None:
    def play(stage: Stage) -> Tally:
        tally = Tally()
        with stage.app.app_context():
            for slot in places(stage, 25, 1):
                (who,) = people(stage, 1)
                with transaction():
                    service.book(XINMI, who, slot)
            frozen = _claim_all(stage)
            with transaction() as current:
                current.execute(text("UPDATE outbox SET lease_until = now() - interval '1 second'"))
            again = _claim_all(stage)
            for message in again:
                relay.handle(stage.app, message)
            _count_effects(stage)
            before = _effects(stage)
            for message in frozen:  # thaws now
                relay.handle(stage.app, message)
            tally.attempts = len(frozen) + len(again)
            tally.faults["frozen worker"] = 1
            tally.violations += [f"{_effects(stage) - before} effects twice"] * (_effects(stage) != before)
        tally.violations += stage.broken_invariants("I-15a", "I-15b")
        return tally

    prove("I-15", "what the relay does for a message it does once", play, "relay-without-memory")


def _claim_all(stage: Stage) -> Sequence[outbox.Claimed]:
    with transaction() as current:
        return outbox.claim(current, 1000)


def _count_effects(stage: Stage) -> None:
    """Make every row that a handler writes again visible, also where its own dedupe key would hide it."""
    with transaction() as current:
        current.execute(text("UPDATE notice SET dedupe_key = dedupe_key || '-seen'"))


def _effects(stage: Stage) -> int:
    with transaction() as current:
        return int(current.scalar(text("SELECT count(*) FROM notice")) or 0)
