"""What is measured so far: the house's own costs above a bare insert. Booking's figures come with its own issue."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

import psycopg
from flask import Flask
from sqlalchemy import text

from backend.kernel.ids import new_id
from backend.kernel.roles import Actor, Role
from backend.store import audit, outbox
from backend.store.db import transaction

BATCH = 100


class Bench:
    """A connection for the limits and an actor for the house."""

    def __init__(self, app: Flask) -> None:
        url = app.config["SETTINGS"].database_url.replace("postgresql+psycopg://", "postgresql://")
        self.bare = psycopg.connect(url, autocommit=True)
        self.bare.execute("CREATE TABLE bare (id uuid PRIMARY KEY, body text NOT NULL)")
        self.actor = Actor(county_id="bench", account_id=None, roles=frozenset({Role.SYSTEM}))

    def close(self) -> None:
        """Close the limit's connection."""
        self.bare.close()


@dataclass(frozen=True)
class Subject:
    """One thing that is measured: how it is prepared, done once, and what it is held against."""

    name: str
    run: Callable[[Bench], int]
    limit: Callable[[Bench], int]
    limit_name: str
    prepare: Callable[[Bench], None] = lambda _: None


def _bare_insert(bench: Bench) -> int:
    bench.bare.execute("INSERT INTO bare VALUES (%s, %s)", (new_id(), "x"))
    return 1


def _bare_batch(bench: Bench) -> int:
    bench.bare.execute("INSERT INTO bare SELECT gen_random_uuid(), 'x' FROM generate_series(1, %s)", (BATCH,))
    return BATCH


def _audited_write(bench: Bench) -> int:
    with transaction() as current:
        audit.record(current, bench.actor, "bench.write", "bench", new_id())
        outbox.enqueue(current, "bench", "bench", uuid4().hex, {"n": 1})
    return 1


def _relay_batch(_: Bench) -> int:
    with transaction() as current:
        claimed = outbox.claim(current, BATCH)
    with transaction() as current:
        for message in claimed:
            outbox.done(current, message)
    return len(claimed)


def _fill_outbox(_: Bench) -> None:
    with transaction() as current:
        current.execute(text("DELETE FROM outbox WHERE county_id = 'bench'"))
        current.execute(
            text(
                "INSERT INTO outbox (county_id, id, kind, dedupe_key, payload)"
                " SELECT 'bench', gen_random_uuid(), 'bench', 'b' || n, '{}' FROM generate_series(1, 60000) n"
            )
        )


SUBJECTS = (
    Subject("one durable write with audit and outbox", _audited_write, _bare_insert, "bare insert, one connection"),
    Subject(
        "outbox claimed and marked, batches of 100", _relay_batch, _bare_batch, "bare inserts of 100", _fill_outbox
    ),
)
