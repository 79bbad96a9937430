"""The same over real processes: WeChat's answer is cut, and the relay is killed while WeChat is just accepting."""

import time
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from tests.journeys.caller import ask
from tests.journeys.stubborn import Record, Stubborn
from tests.proof.rig import Rig
from tests.proof.score import Tally

pytestmark = pytest.mark.proof
SEND = "/cgi-bin/message/subscribe/send"
KIND, CREDITS, PEOPLE = "follow_up_due", 3, 5
SLOW_SECONDS = 4.0
PLAN = """
INSERT INTO notice (county_id, id, kind, dedupe_key, resident_id, due_at, urgent, page, focus_kind, focus_id, fallback)
SELECT 'xinmi', told.notice, 'follow_up_due', told.notice::text, told.resident, liandong_now(), true,
       'features/followup/pages/form', 'resident', told.resident,
       jsonb_build_object('practitioner_id', p.id, 'role', NULL, 'institution', NULL, 'minutes', 30)
FROM practitioner p, (VALUES (CAST(%(notice)s AS uuid), CAST(%(resident)s AS uuid))) AS told (notice, resident)
WHERE p.county_id = 'xinmi' LIMIT 1
"""


@dataclass
class Told:
    """Somebody who is to be told once."""

    openid: str
    resident: str
    notice: str = ""


def gather(place: Rig) -> list[Told]:
    """People of the demonstration who have claimed their record, each with more credits than one notice needs."""
    found: list[Told] = []
    for one in place.house.get("/mock/people?county=xinmi", place.house.mock):
        if not one["who"].startswith("居民") or "还没" in one["who"] or "替" in one["who"]:
            continue
        phone = Stubborn(place.house, one["openid"], "xinmi", Record())
        mine = phone.get("/me")["residents"]
        if not mine:
            continue
        for _ in range(CREDITS):
            phone.give_credit(one["openid"], KIND)
        found.append(Told(one["openid"], mine[0]["id"]))
        if len(found) == PEOPLE:
            return found
    raise AssertionError("the demonstration has too few people with a phone")


def plan(place: Rig, people: list[Told]) -> None:
    """A reminder is due for each of them, now and in one batch."""
    with psycopg.connect(place.house.database_url) as connection:
        for one in people:
            one.notice = str(uuid4())
            connection.execute(PLAN, {"notice": one.notice, "resident": one.resident})


def misbehave(place: Rig, mode: str, times: int, **more: Any) -> None:
    assert ask(place.house.mock + "/mock/misbehave", {"path": SEND, "mode": mode, "times": times, **more}).status == 200


def sends(place: Rig) -> list[str]:
    """To whom the platform itself has accepted a notice."""
    return [one["openid"] for one in place.house.get("/mock/ledger", place.house.mock)["sends"]]


def play(place: Rig) -> Tally:
    """Twice: the answers of two calls are cut; then the relay is killed while the first call is under way."""
    tally, harm, people = Tally(), place.harm(), gather(place)
    for cut in (True, False):
        before = sends(place)
        if cut:
            misbehave(place, "drop_after_accept", 2)
            tally.faults["answer cut"] += 2
        else:
            misbehave(place, "slow", 1, seconds=SLOW_SECONDS)
        plan(place, people)
        if not cut:
            place.house.wait_for(lambda: _calling(place, people), "a call under way", 60)
            time.sleep(SLOW_SECONDS / 8)
            harm.now("relay")
        place.house.wait_for(lambda: _ended(place, people), "an end for every reminder", 300)
        time.sleep(SLOW_SECONDS)  # what the platform was still thinking about
        now = sends(place)
        for one in people:
            tally.attempts += 1
            accepted = now.count(one.openid) - before.count(one.openid)
            tally.violations += [f"accepted {accepted} times"] * (accepted > 1)
            tally.violations += _nobody_told(place, one, accepted)
    tally.faults += harm.done
    tally.violations += place.broken_invariants("I-13", "I-14a")
    return tally


def _calling(place: Rig, people: list[Told]) -> bool:
    query = "SELECT 1 FROM notice_attempt WHERE notice_id::text = ANY(%(n)s) AND outcome IS NULL"
    return bool(place.rows(query, n=[one.notice for one in people]))


def _ended(place: Rig, people: list[Told]) -> bool:
    query = "SELECT count(*) FROM notice WHERE id::text = ANY(%(n)s) AND status IN ('sent', 'tasked')"
    return bool(place.rows(query, n=[one.notice for one in people])[0][0] == len(people))


def _nobody_told(place: Rig, one: Told, accepted: int) -> list[str]:
    status = place.rows("SELECT status FROM notice WHERE id::text = %(n)s", n=one.notice)[0][0]
    named = place.rows(
        "SELECT practitioner_id FROM task WHERE dedupe_key = 'notice:' || %(n)s AND practitioner_id IS NOT NULL",
        n=one.notice,
    )
    good = (status == "sent" and accepted == 1) or (status == "tasked" and len(named) == 1)
    return [] if good else [f"ended as {status} with {len(named)} tasks, accepted {accepted} times"]


def test_a_killed_relay_repeats_nothing(board, sound_house: Rig, broken_house: Rig) -> None:
    says = "answers cut and the relay killed in a call, over real processes: accepted once, else a named person's task"
    with board.line("I-13", says) as line:
        line.tally = play(sound_house)
        broken = play(broken_house).violations
        line.seeded["lost-call-repeated"] = any(one.startswith(("accepted", "I-13")) for one in broken)
    assert line.tally.violations == []
    assert line.tally.faults["relay"] == 1
    assert all(line.seeded.values()), line.seeded
