"""The audit chain: rows cannot be changed, and if they were all the same, it shows."""

import threading
from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from backend.kernel.roles import Actor, Role
from backend.store import audit, chain
from backend.store.db import transaction


@pytest.fixture
def county(context) -> Iterator[str]:
    return f"c{uuid4().hex[:10]}"


def write(county: str, count: int) -> None:
    actor = Actor(county_id=county, account_id=None, roles=frozenset({Role.SYSTEM}))
    with transaction() as current:
        for number in range(count):
            audit.record(current, actor, "test.write", "thing", uuid4(), detail={"n": number})


def test_a_tick_chains_what_is_final_and_only_once(county: str) -> None:
    write(county, 5)
    with transaction() as current:
        assert chain.seal_batch(current, county) == 5
    with transaction() as current:
        assert chain.seal_batch(current, county) == 0
    write(county, 3)
    with transaction() as current:
        assert chain.seal_batch(current, county) == 3
        assert chain.verify(current, county) == []
        assert chain.head(current, county)[0] == 2


@pytest.mark.parametrize("statement", ["UPDATE audit_event SET action = 'x'", "DELETE FROM audit_event"])
def test_rows_refuse_to_be_changed(county: str, statement: str) -> None:
    write(county, 1)
    with pytest.raises(DatabaseError, match="never changed"), transaction() as current:
        current.execute(text(statement))


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit_event SET to_status = 'issued' WHERE county_id = :c AND detail->>'n' = '1'",
        "UPDATE audit_event SET detail = '{\"n\": 9}' WHERE county_id = :c AND detail->>'n' = '2'",
        "DELETE FROM audit_event WHERE county_id = :c AND detail->>'n' = '0'",
        "UPDATE audit_batch SET digest = decode('00', 'hex') WHERE county_id = :c",
        "DELETE FROM audit_batch WHERE county_id = :c AND number = 1",
        (
            "INSERT INTO audit_event (county_id, id, action, entity, transaction_id)"
            " SELECT county_id, gen_random_uuid(), 'forged', 'thing', transaction_id FROM audit_event"
            " WHERE county_id = :c LIMIT 1"
        ),
    ],
)
def test_tampering_behind_our_back_is_found(county: str, tampering: str) -> None:
    write(county, 4)
    with transaction() as current:
        chain.seal_batch(current, county)
    write(county, 2)
    with transaction() as current:
        chain.seal_batch(current, county)
        assert chain.verify(current, county) == []
    with transaction() as current:
        for table in ("audit_event", "audit_batch"):
            current.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER {table}_fixed"))
        current.execute(text(tampering), {"c": county})
        for table in ("audit_event", "audit_batch"):
            current.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER {table}_fixed"))
    with transaction() as current:
        assert chain.verify(current, county)


def test_a_transaction_that_commits_late_is_not_left_out(app, county: str) -> None:
    started, finish = threading.Event(), threading.Event()

    def slow() -> None:
        actor = Actor(county_id=county, account_id=None, roles=frozenset({Role.SYSTEM}))
        with app.app_context(), transaction() as current:
            audit.record(current, actor, "slow", "thing", None)
            current.flush()
            started.set()
            finish.wait(10)

    thread = threading.Thread(target=slow)
    thread.start()
    assert started.wait(10)
    write(county, 2)
    with transaction() as current:
        chain.seal_batch(current, county)
    finish.set()
    thread.join()
    with transaction() as current:
        chain.seal_batch(current, county)
        assert chain.verify(current, county) == []
        assert chain.unchained(current, county) == 0
