"""One county's people and things, and for each operation the best way in: who asks, for what, with which body."""

import itertools
import json
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Flask
from pydantic import BaseModel
from sqlalchemy import Table, select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from backend.kernel.roles import Role
from backend.people import credentials
from backend.store import access
from backend.store.base import Base
from backend.store.db import transaction
from backend.web import live
from backend.web.operations import UNSAFE, Operation
from tests.factories import Person
from tests.integration.badinput import bodies
from tests.integration.badinput.still import Still

COUNTY = "xinmi"
TABLES = {
    "prescription_id": "long_prescription",
    "renewal_id": "prescription_renewal",
    "signature_id": "referral_signature",
    "session_id": "sign_in_session",
    "related_id": "related_person",
    "authority_id": "written_authority",
    "attachment_id": "referral_attachment",
    "membership_id": "alliance_membership",
    "plan_id": "follow_up_plan",
    "handoff_id": "village_handoff",
    "bed_id": "bed_request",
    "incoming_id": "incoming_transfer",
    "audit_id": "referral_audit",
    "advice_id": "plan_advice",
    "spoken_answer_id": "referral_answer",
}
"""Which table a part of an address names, where it is not the word itself."""
WORDS = {"code": "first-hospital", "kind": "health", "number": "4101-0000-0000", "county": COUNTY}

NOBODY = "01900000-0000-7000-8000-000000000000"


@dataclass(frozen=True)
class Story:
    """People who belong together, and the first and last id that was made for them."""

    people: list[tuple[Person, frozenset[Role]]]
    first: UUID
    last: UUID


@dataclass
class World:
    """Who is there, and what was made for this test."""

    app: Flask
    still: Still
    stories: list["Story"]
    known: dict[str, Any]
    whole: dict[str, dict[str, Any]]
    ids: dict[str, list[UUID]] = field(default_factory=dict)

    def send(self, who: Person | None, method: str, path: str, **given: Any) -> TestResponse:
        """One request, undone; the counters of tries are emptied before."""
        forget_tries()
        headers = {"Idempotency-Key": secrets.token_hex(8)} if method in UNSAFE else {}
        if who is not None:
            headers["Authorization"] = f"Bearer {who.token}"
        headers |= given.pop("headers", {})
        if "body" in given:
            given["data"] = as_bytes(given.pop("body"))
            given.setdefault("content_type", "application/json")
        with self.still.once():
            # A client with a jar would throw the given cookie away.
            client = self.app.test_client(use_cookies="Cookie" not in headers)
            answer = client.open(path, method=method, headers=headers, **given)
        if who is not None and answer.status_code in {403, 429}:
            with self.app.app_context():
                credentials.forget_tries(credentials.PIN_TRIES, COUNTY, who.account_id)
        return answer

    def body(self, model: type[BaseModel]) -> dict[str, Any]:
        """A body of the right shape: written out for this model, or made from it."""
        room = model.__module__.split(".")[1]
        return self.whole.get(f"{room}.{model.__name__}") or bodies.shaped(model, self.known)

    def named(self, name: str, rule: Rule, story: Story) -> list[str]:
        """Every thing of a story that a part of an address may name."""
        if name in WORDS:
            return [WORDS[name]]
        table = TABLES.get(name, name.removesuffix("_id"))
        if name == "visit_id" and "follow-up" in rule.rule:
            table = "follow_up_visit"
        if table not in self.ids:
            self.ids[table] = self._rows(Base.metadata.tables[table])
        anybodys = table == "alliance_membership"
        return [str(one) for one in self.ids[table] if anybodys or story.first < one < story.last]

    def _rows(self, table: Table) -> list[UUID]:
        key = table.c.id
        with self.app.app_context(), transaction() as current:
            return list(current.scalars(select(key).where(table.c.county_id == COUNTY).order_by(key.desc()).limit(200)))


@dataclass(frozen=True)
class Entrance:
    """The best way found into one operation."""

    rule: Rule
    method: str
    declared: Operation
    who: Person | None
    parts: dict[str, str]
    body: dict[str, Any] | None
    query: dict[str, Any] | None
    status: int
    told: str

    @property
    def path(self) -> str:
        """The address, with a thing of ours in each place."""
        return filled(self.rule, self.parts)

    @property
    def template(self) -> str:
        """The address as the OpenAPI document writes it."""
        return _PART.sub(r"{\1}", self.rule.rule)

    def __str__(self) -> str:
        return f"{self.method} {self.rule.rule}"


def as_bytes(body: Any) -> bytes:
    """A body as it goes over the wire; half characters as escapes, so that they get there."""
    return json.dumps(body, default=str).encode()


def forget_tries() -> None:
    """Empty the brakes in Valkey: what is tested is what comes behind them."""
    if keys := list(live.valkey().scan_iter("liandong:rate:*", count=1000)):
        live.valkey().delete(*keys)


def operations(app: Flask) -> Iterator[tuple[Rule, str, Operation]]:
    """Every API operation of the app, by method."""
    for rule in app.url_map.iter_rules():
        declared = getattr(app.view_functions[rule.endpoint], "operation", None)
        if declared is not None and not rule.rule.startswith("/desk"):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method, declared


def entrance(world: World, rule: Rule, method: str, declared: Operation) -> Entrance:
    """Let whoever may try whatever there is, and keep the try that came furthest."""
    body = world.body(declared.body) if declared.body else None
    query = bodies.shaped(declared.query, world.known) if declared.query else None
    found: list[Entrance] = []
    for who, parts in _ways(world, rule, declared):
        given = {"query_string": query} if body is None else {"query_string": query, "body": body}
        told = world.send(who, method, filled(rule, parts), **given)
        text = told.get_data().decode(errors="replace")
        found.append(Entrance(rule, method, declared, who, parts, body, query, told.status_code, text))
        if told.status_code < 300:
            return found[-1]
    return min(found, key=lambda one: (one.status in {401, 403, 404}, one.status != 409, one.status))


def _ways(world: World, rule: Rule, declared: Operation) -> Iterator[tuple[Person | None, dict[str, str]]]:
    may = frozenset() if declared.public else frozenset(access.catalogue.get(declared.action).grants)
    tried = False
    for story in world.stories:
        for parts in things(world, rule, story):
            people = [(None, frozenset())] if declared.public else [one for one in story.people if one[1] & may]
            for who, _ in people:
                tried = True
                yield who, parts
    if not tried:
        somebody = next(who for story in world.stories for who, roles in story.people if roles & may)
        yield somebody, dict.fromkeys(rule.arguments, NOBODY)


def things(world: World, rule: Rule, story: Story) -> list[dict[str, str]]:
    """What may stand in the places of an address, out of one story."""
    names = sorted(rule.arguments)
    choices = itertools.product(*(world.named(name, rule, story) for name in names))
    return [dict(zip(names, one, strict=True)) for one in choices]


_PART = re.compile(r"<(?:\w+:)?(\w+)>")


def filled(rule: Rule, parts: dict[str, str]) -> str:
    """The address with these parts in it."""
    return _PART.sub(lambda found: parts[found.group(1)], rule.rule)
