"""The story in both counties while everything is killed, between its acts and during them."""

import random
from collections.abc import Iterator
from itertools import cycle

import pytest

from tests.journeys.cast import CASTS, Cast
from tests.journeys.once import differences, waiting
from tests.journeys.story import Story
from tests.journeys.stubborn import Record, Stubborn, StubbornDesk
from tests.journeys.told import tell
from tests.proof.rig import Rig
from tests.proof.score import Tally

pytestmark = pytest.mark.proof
KINDS = ("web_worker", "postgres", "relay", "web", "clock", "valkey", "web_watcher", "postgres_killed")
REMINDER = "您有一条健康提醒"


class Nemesis:
    """Chooses what to hurt and when, all of it from one seed: every kind in turn, during an act or before it."""

    def __init__(self, place: Rig, seed: int, every: int) -> None:
        self.harm, self.chance, self.every = place.harm(), random.Random(seed), every
        self.kinds: Iterator[str] = cycle(self.chance.sample(KINDS, len(KINDS)))
        self.acts, self.valkey_away = 0, 0

    def before(self, _act: str) -> None:
        self.acts += 1
        if self.valkey_away and self.acts >= self.valkey_away:
            self.harm.valkey_back()
            self.valkey_away = 0
        if self.acts % self.every:
            return
        self.harm.settle()
        kind = next(self.kinds)
        if kind == "valkey":
            self.valkey_away = self.acts + 4
        if self.chance.random() < 0.7:
            self.harm.soon(kind, self.chance.uniform(0.0, 0.15))
        else:
            self.harm.now(kind)

    def rest(self) -> None:
        self.harm.settle()
        self.harm.valkey_back()


def play(place: Rig, cast: Cast, seed: int, every: int) -> Tally:
    """One county's story under harm; then the books are compared with a story in which everything was done once."""
    tally, nemesis, line = Tally(), Nemesis(place, seed, every), random.Random(seed)
    # One answer in three is lost on its way to the phone: it was done, and nobody knows.
    record = Record(loses=lambda: line.random() < 1 / 3)
    house = place.house
    story = Story(house, cast, lambda where, openid, county: Stubborn(where, openid, county, record))
    desk = StubbornDesk(house, cast.county, cast.hospital_desk, record)
    told = []
    try:
        for act in tell(story, desk):
            told.append(act)
            nemesis.before(act)
    except AssertionError as stopped:
        tally.violations.append(f"the story stopped at {told[-1]!r}: {str(stopped)[:200]}")
    nemesis.rest()
    house.wait_ready(240)
    house.wait_for(lambda: waiting(house) == 0, "an empty outbox", 240)

    tally.attempts, tally.faults = record.asked, nemesis.harm.done
    tally.figures = {
        "answers lost": record.unknown + record.dropped,
        "refused as away": record.away,
        "acknowledged": len(record.acknowledged),
    }
    tally.violations += [
        f"{name}: {found} instead of {once}" for name, (once, found) in differences(house, story).items()
    ]
    tally.violations += [f"{count} answers {status}" for status, count in record.surprises.items()]
    tally.violations += lost(place, story, record)
    sent = len(story.phone(cast.resident).inbox(cast.resident, REMINDER))
    tally.violations += [f"{sent} reminders in WeChat"] * (sent > 1)
    tally.violations += place.broken_invariants()
    return tally


def lost(place: Rig, story: Story, record: Record) -> list[str]:
    """Whatever was acknowledged with an id and is not there."""
    known = {
        str(row[0])
        for table in ("contract", "conversation", "message", "village_handoff", "visit", "referral", "appointment",
                      "stay", "referral_signature", "follow_up_visit")
        for row in place.rows(f"SELECT id FROM {table} WHERE county_id = %(c)s", c=story.cast.county)
    }  # fmt: skip
    return [f"acknowledged and lost: {path}" for path, made in record.acknowledged if made not in known]


def test_the_story_goes_on_and_nothing_is_lost_or_doubled(board, sound_house: Rig, broken_house: Rig) -> None:
    with board.line("I-02", "the story in both counties under kills: nothing lost, nothing doubled") as line:
        for cast in CASTS.values():
            _add(line.tally, play(sound_house, cast, board.seed, every=2))
        sound_house.house.flask("audit", "verify")
        sound_house.house.flask("check", "invariants")
        broken = play(broken_house, CASTS["xinmi"], board.seed, every=8).violations
        line.seeded["keys-forgotten"] = any("instead of" in one or "stopped" in one for one in broken)
    assert line.tally.violations == []
    assert set(line.tally.faults) == set(KINDS)
    assert all(line.seeded.values()), line.seeded


def _add(whole: Tally, part: Tally) -> None:
    whole.attempts += part.attempts
    whole.faults += part.faults
    whole.violations += part.violations
    for name, value in part.figures.items():
        whole.figures[name] = int(str(whole.figures.get(name, 0))) + int(str(value))
