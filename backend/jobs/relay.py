"""The relay process: claims outbox messages in batches, acts, records. Any number may run."""

import signal
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import FrameType

import structlog
from flask import Flask

from backend.app import create_app
from backend.config import BadSettings
from backend.notices.delivery import deliver_batch
from backend.store import events, outbox
from backend.store.db import transaction

log = structlog.get_logger()
BATCH = 100

OutboxHandler = Callable[[outbox.Claimed], None]


def handle(app: Flask, message: outbox.Claimed) -> None:
    """Handle one message and record how it went; a failure backs off, never vanishes."""
    handlers: Mapping[str, OutboxHandler] = app.extensions["outbox_handlers"]
    with app.app_context():
        try:
            handler = handlers.get(message.kind)
            if handler is not None:
                handler(message)
                with transaction() as current:
                    outbox.done(current, message)
            else:
                _event(message)
        except outbox.LeaseLost:
            log.warning("outbox_lease_lost", kind=message.kind, id=str(message.id))
        except Exception as error:  # noqa: BLE001  recorded, retried, then set aside
            log.warning("outbox_failed", kind=message.kind, error=type(error).__name__)
            with transaction() as current:
                status = outbox.failed(current, message, f"{type(error).__name__}: {error}")
            if status is outbox.OutboxStatus.DEAD:
                log.error("outbox_dead", kind=message.kind, id=str(message.id))


def _event(message: outbox.Claimed) -> None:
    # An event's handler and its mark share one transaction.
    with transaction() as current:
        events.handle_after(message.kind, message.payload)
        outbox.done(current, message)


def run_once(app: Flask, pool: ThreadPoolExecutor | None = None) -> int:
    """Claim and handle one batch. Returns how many were claimed."""
    with app.app_context(), transaction() as current:
        claimed = outbox.claim(current, BATCH)
    if pool is None:
        for message in claimed:
            handle(app, message)
    else:
        list(pool.map(lambda message: handle(app, message), claimed))
    return len(claimed)


def drain(app: Flask, limit: int = 50) -> int:
    """Handle until nothing is due, for tests and the demo. Returns how many."""
    total = 0
    for _ in range(limit):
        count = run_once(app) + deliver_batch(app)
        total += count
        if count == 0:
            break
    return total


def main() -> None:
    """Poll until told to stop; each round is at most one batch."""
    app = create_app()
    stop = threading.Event()

    def quit_(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, quit_)
    signal.signal(signal.SIGINT, quit_)
    with ThreadPoolExecutor(app.config["SETTINGS"].relay_threads) as pool:
        while not stop.is_set():
            try:
                count = run_once(app, pool) + deliver_batch(app)
            except Exception as error:  # noqa: BLE001  the database may be restarting
                log.warning("relay_waits", kind=type(error).__name__)
                count = 0
            if count == 0:
                stop.wait(0.3)


if __name__ == "__main__":
    try:
        main()
    except BadSettings as error:
        log.error("bad_settings", reason=str(error))
        sys.exit(78)
