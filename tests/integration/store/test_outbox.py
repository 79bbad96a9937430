"""The outbox: claimed once, leased, retried, set aside; never dropped."""

import threading
from uuid import uuid4

import pytest
from sqlalchemy import select, text, update

from backend.kernel.clock import machine_now
from backend.store import outbox
from backend.store.db import transaction
from backend.store.outbox import OutboxMessage, OutboxStatus


def put(kind: str, count: int = 1) -> None:
    with transaction() as current:
        for number in range(count):
            outbox.enqueue(current, "xinmi", kind, f"{kind}:{number}", {"n": number})


def only(kind: str, batch: int = 1000) -> list[outbox.Claimed]:
    with transaction() as current:
        current.execute(
            update(OutboxMessage).where(OutboxMessage.kind != kind).values(run_at=text("now() + interval '1 hour'"))
        )
        return [message for message in outbox.claim(current, batch) if message.kind == kind]


def test_the_same_key_twice_is_one_message(context) -> None:
    kind = uuid4().hex
    put(kind, 3)
    put(kind, 3)
    assert len(only(kind)) == 3


def test_workers_at_once_claim_each_message_once(app, context) -> None:
    kind = uuid4().hex
    put(kind, 200)
    only("none")  # park everything else
    with transaction() as current:
        current.execute(update(OutboxMessage).where(OutboxMessage.kind == kind).values(run_at=machine_now()))
    seen: list[int] = []

    def work() -> None:
        with app.app_context():
            while True:
                with transaction() as current:
                    batch = outbox.claim(current, 7)
                if not batch:
                    return
                seen.extend(message.payload["n"] for message in batch if message.kind == kind)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == list(range(200))


def test_an_expired_lease_is_claimed_again_and_the_first_worker_changes_nothing(context) -> None:
    kind = uuid4().hex
    put(kind)
    first = only(kind)[0]
    with transaction() as current:
        current.execute(
            update(OutboxMessage)
            .where(OutboxMessage.kind == kind)
            .values(lease_until=text("now() - interval '1 second'"))
        )
    second = only(kind)[0]
    assert second.id == first.id
    with pytest.raises(outbox.LeaseLost), transaction() as current:
        outbox.enqueue(current, "xinmi", kind, f"{kind}:done twice", {"n": 1})  # what its handler did
        outbox.done(current, first)
    with transaction() as current:
        status = current.scalar(select(OutboxMessage.status).where(OutboxMessage.kind == kind))
    assert status == OutboxStatus.LEASED
    with transaction() as current:
        outbox.done(current, second)
        assert current.scalar(select(OutboxMessage.status).where(OutboxMessage.kind == kind)) == OutboxStatus.DONE


def test_failures_back_off_and_end_with_a_person(context) -> None:
    kind = uuid4().hex
    put(kind)
    status = None
    for _ in range(outbox.MAX_ATTEMPTS):
        with transaction() as current:
            current.execute(update(OutboxMessage).where(OutboxMessage.kind == kind).values(run_at=machine_now()))
        message = only(kind)[0]
        with transaction() as current:
            status = outbox.failed(current, message, "boom")
    assert status is OutboxStatus.DEAD
    assert only(kind) == []
