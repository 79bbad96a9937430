"""The walk: each way, each role, each standing; what came back, beside what an object nobody ever made gives."""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from backend.kernel.roles import Role
from backend.web import auth
from tests.integration.desk.browser import ORIGIN
from tests.integration.permissions.bodies import body_for
from tests.integration.permissions.oracle import FOREIGN, Matrix, expects, relations
from tests.integration.permissions.ways import HOLES, IN_BODY, QUERY, Way
from tests.integration.permissions.world import FAMILY, STANDINGS, Somebody, World

_REQUEST = re.compile(r"[0-9a-f]{32}")


@dataclass
class Found:
    """What a walk met."""

    cases: int = 0
    wrong: list[str] = field(default_factory=list)
    allowed: int = 0


class Commits(list[str]):
    """What would have been kept, a line a transaction that wrote something."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[str] = []

    def clear(self) -> None:
        super().clear()
        self.written.clear()


@contextmanager
def kept_as_it_was(patch: pytest.MonkeyPatch) -> Iterator[Commits]:
    """Let every request run to its end and leave nothing behind; gives the list of what would have been written."""
    commits = Commits()

    def notice(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.lstrip()[:6].upper() in {"INSERT", "UPDATE", "DELETE"}:
            commits.written.append(statement)

    def commit(current: Session) -> None:
        current.flush()
        if commits.written:
            commits.append(commits.written[-1])
            commits.written.clear()
        current.rollback()

    event.listen(Engine, "before_cursor_execute", notice)
    try:
        with patch.context() as during:
            during.setattr(Session, "commit", commit)
            during.setattr(auth, "_loader", _remembered(auth._loader))
            yield commits
    finally:
        event.remove(Engine, "before_cursor_execute", notice)


def _remembered(load: Any) -> Any:
    """Load each actor once a role, as nothing that a walk does is kept: half of a walk's time is this one question."""
    known: dict[tuple[Any, object], Any] = {}

    def loader(credentials: auth.Credentials) -> Any:
        key = (credentials, _worn[-1])
        if key not in known:
            known[key] = load(credentials)
        return known[key]

    return loader


_worn: list[object] = [None]
"""The roles that were put on, the last of them now."""


@dataclass
class Walker:
    """One walk through one world."""

    world: World
    other: World
    matrix: Matrix
    commits: Commits
    every_standing: bool = True
    doors: bool = True
    found: Found = field(default_factory=Found)

    def walk(self, ways: Iterable[Way], roles: Iterable[Role]) -> Found:
        """Try every way in every role and standing. The roles are put on in the worlds as it goes."""
        ways = list(ways)
        for role in roles:
            self.wear(role)
            for way in ways:
                for kind in HOLES[str(way.hole)]:
                    self.try_one(way, role, kind)
        return self.found

    def wear(self, role: Role) -> None:
        """Put a role on everybody of both worlds."""
        if role is not Role.RESIDENT:
            self.world.wear(role)
            self.other.wear(role)
        _worn[:] = [role]

    def try_one(self, way: Way, role: Role, kind: str) -> None:
        """Try one way on one kind of object in a role that has been put on."""
        table, action = way.asks(kind)
        row = self.world.things[f"{way.hole}:{kind.split(':')[1]}" if ":" in kind else str(way.hole)]
        standings = FAMILY if role is Role.RESIDENT else STANDINGS
        nearest = max(standings, key=lambda standing: len(relations(table, standing, role)))
        if any(role not in self.matrix[door] for door in way.doors):
            tried: Iterable[str] = [nearest] if self.doors else []  # nobody gets as far as the object
        elif self.every_standing:
            tried = standings
        else:
            tied = [standing for standing in standings if len(relations(table, standing, role)) > 1]
            tried = [*tied, "neighbour", "abroad"] if role is Role.RESIDENT else [*tied, "stranger", "elsewhere"]
        if not tried:
            return
        ghost = self.ask(way, self.world.people[nearest], uuid4())
        for standing in tried:
            who = self.world.people[standing]
            real = self.ask(way, who, row)
            if (
                real.said != ghost.said and standing in FOREIGN
            ):  # theirs may be another refusal; it is the same for both
                self._judge(way, role, standing, table, action, real, self.ask(way, who, uuid4()))
            else:
                self._judge(way, role, standing, table, action, real, ghost)

    def _judge(
        self, way: Way, role: Role, standing: str, table: str, action: str, real: "Answer", ghost: "Answer"
    ) -> None:
        self.found.cases += 1
        where = f"{way.name} | {role} as {standing} on {table}"
        wanted = expects(self.matrix, way.doors, action, table, standing, role)
        seen = real.said != ghost.said
        self.found.allowed += wanted
        if real.status >= 500:
            self.found.wrong.append(f"{where}: {real.status} {real.said[:300]}")
        elif wanted and not seen:
            self.found.wrong.append(f"{where}: refused with {real.status}, the record allows it")
        elif not wanted and seen:
            self.found.wrong.append(f"{where}: {real.status} where the record has nothing: {real.said[:300]}")
        elif not wanted and (real.status not in (403, 404) or real.wrote):
            self.found.wrong.append(f"{where}: refused with {real.status}, wrote {real.wrote}")

    def ask(self, way: Way, who: Somebody, thing: UUID, query: str = "") -> "Answer":
        """Send one request as a person; leaves nothing behind."""
        self.commits.clear()
        path = re.sub(r"<[^>]+>", str(thing), way.rule) + QUERY.get(way.rule, query)
        if way.page:
            answer = who.browser.get(path) if way.method == "GET" else self._press(who, path)
        else:
            answer = who.person.request(way.method, path, self._body(way, thing))
        said = _REQUEST.sub("", answer.get_data().decode(errors="replace")).replace(str(thing), "THING")
        return Answer(answer.status_code, said, len(self.commits))

    def _press(self, who: Somebody, path: str) -> TestResponse:
        form = {
            "bed": "7 床",
            "reason": "no-bed",
            "instead": "neurology",
            "verdict": "justified",
            "role": "medical_office",
            "version": "1",
            "slot_id": str(uuid4()),
            "said_by": str(uuid4()),
        }
        headers = {"Origin": ORIGIN, "X-Guard-Word": who.guard, "Idempotency-Key": token_hex(8)}
        return who.browser.client.post(path, data=form, headers=headers)

    def _body(self, way: Way, thing: UUID) -> Any:
        model = way.operation.body
        if model is None:
            return None if way.method == "GET" else {}
        body = json.loads(json.dumps(body_for(model)))
        if "team_id" in body:
            body["team_id"] = str(self.world.team_id)
        if way.in_body:
            *before, last = (IN_BODY.get((way.method, way.rule)) or str(way.hole)).split(".")
            inner = body
            for step in before:
                inner = inner[int(step)] if step.isdigit() else inner[step]
            inner[last] = str(thing)
        return body


@dataclass(frozen=True)
class Answer:
    """What one request gave, without what names the request itself."""

    status: int
    said: str
    wrote: int
