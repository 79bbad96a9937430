"""The pure ideas everything else leans on."""

import time
from datetime import date
from enum import StrEnum
from uuid import UUID

import pytest

from backend.kernel.clock import age_on
from backend.kernel.errors import Conflict, Forbidden, RuleBroken
from backend.kernel.ids import new_id
from backend.kernel.permissions import Permissions, Relation, permission
from backend.kernel.roles import Actor, Role
from backend.kernel.rules import Rule, decide, require
from backend.kernel.sources import HOUSE, Source, SourceKind
from backend.kernel.states import Transitions, move


def test_ids_are_version_7_and_increase() -> None:
    ids = [new_id() for _ in range(5000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 5000
    assert {id_.version for id_ in ids} == {7}
    assert all(id_.variant == UUID(int=ids[0].int).variant for id_ in ids)


def test_an_id_carries_the_time_it_was_made() -> None:
    before = time.time_ns() // 1_000_000
    made = new_id().int >> 80
    assert before <= made + 1
    assert made <= time.time_ns() // 1_000_000 + 5


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2008, 11, 22), date(2026, 11, 22), 18),
        (date(2008, 11, 23), date(2026, 11, 22), 17),
        (date(1900, 1, 1), date(2026, 1, 1), 126),
    ],
)
def test_age_turns_on_the_birthday(birth: date, day: date, age: int) -> None:
    assert age_on(birth, day) == age


class Light(StrEnum):
    RED = "red"
    GREEN = "green"


class Press(StrEnum):
    GO = "go"


TABLE = Transitions("light", (Light.RED,), {(Light.RED, Press.GO): move(Light.GREEN, Role.DESK_CLERK)})


def actor(*roles: Role) -> Actor:
    return Actor(county_id="xinmi", account_id=new_id(), roles=frozenset(roles))


def test_a_status_follows_the_table_only() -> None:
    clerk = actor(Role.DESK_CLERK)
    assert TABLE.next(Light.RED, Press.GO, clerk) is Light.GREEN
    with pytest.raises(Conflict) as wrong:
        TABLE.next(Light.GREEN, Press.GO, clerk)
    assert wrong.value.code == "illegal_move"
    with pytest.raises(Forbidden):
        TABLE.next(Light.RED, Press.GO, actor(Role.RESIDENT))
    assert TABLE.actions_from(Light.RED, clerk) == (Press.GO,)
    assert TABLE.actions_from(Light.RED, actor(Role.RESIDENT)) == ()
    assert TABLE.statuses() == {Light.RED, Light.GREEN}


def test_all_broken_rules_come_back_at_once_with_their_source() -> None:
    rules = (
        Rule[int]("R-1", "太小", "填大一点", lambda n: n > 10),
        Rule[int]("R-2", lambda n: f"{n} 是单数", "填双数", lambda n: n % 2 == 0),
        Rule[int]("R-3", "不会错", "无", lambda _: True),
    )
    clause = Source("MS-1", SourceKind.CLAUSE, "目标")
    broken = decide(rules, 3, lambda code: clause if code == "R-1" else HOUSE)
    assert [(v.rule, v.text, v.source.id) for v in broken] == [("R-1", "太小", "MS-1"), ("R-2", "3 是单数", "house")]
    with pytest.raises(RuleBroken) as error:
        require(rules, 3, lambda _: HOUSE)
    assert len(error.value.violations) == 2
    require(rules, 12, lambda _: HOUSE)


def test_an_unknown_action_is_never_allowed() -> None:
    catalogue = Permissions()
    catalogue.add([permission("thing.read", {Role.RESIDENT: {Relation.SELF}})])
    assert catalogue.get("thing.read").resource == "thing"
    with pytest.raises(KeyError):
        catalogue.get("thing.write")
    with pytest.raises(ValueError, match="declared twice"):
        catalogue.add([permission("thing.read", {Role.RESIDENT: {Relation.ANY}})])
