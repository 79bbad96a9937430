"""The clock process: APScheduler in memory, started only by the holder of an advisory lock."""

import signal
import sys
import threading
from datetime import datetime
from types import FrameType

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy import create_engine, select, text

from backend.alliance.queries import county_ids
from backend.app import create_app
from backend.config import BadSettings
from backend.jobs.ticks import TICKS, Tick
from backend.kernel.clock import SHANGHAI
from backend.store.clock import DomainClock
from backend.store.db import transaction

log = structlog.get_logger()
LOCK = 0x11A0D0
_AHEAD = select(DomainClock.ahead)


def run_tick(app: Flask, tick: Tick) -> int:
    """Run one tick for every county, each in its own transaction. Returns rows made."""
    made = 0
    with app.app_context():
        with transaction() as current:
            counties = county_ids(current)
        for county_id in counties:
            try:
                with transaction() as current:
                    made += tick.run(current, county_id)
            except Exception as error:  # one county's trouble is not the other's
                log.exception("tick_failed", tick=tick.name, county=county_id, kind=type(error))
    return made


def main() -> None:
    """Wait for leadership, tick until told to stop, stand down when the lock is lost."""
    app = create_app()
    stop = threading.Event()

    def quit_(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, quit_)
    signal.signal(signal.SIGINT, quit_)
    url = app.config["SETTINGS"].database_url
    while not stop.is_set():
        try:
            _lead(app, url, stop)
        except Exception as error:  # noqa: BLE001  the database may be restarting
            log.warning("clock_waits", kind=type(error).__name__)
        stop.wait(0.5)


def _lead(app: Flask, url: str, stop: threading.Event) -> None:
    # A direct connection: the lock lives as long as this session, and dies with it.
    engine = create_engine(url, isolation_level="AUTOCOMMIT", pool_size=1)
    scheduler: BackgroundScheduler | None = None
    try:
        with engine.connect() as connection:
            while not stop.is_set():
                held = connection.scalar(text("SELECT pg_try_advisory_lock(:k)"), {"k": LOCK})
                if held:
                    break
                stop.wait(0.5)
            if stop.is_set():
                return
            scheduler = start_scheduler(app)
            log.info("clock_leads", ticks=len(TICKS))
            ahead = connection.scalar(_AHEAD)
            while not stop.wait(1.0):
                seen = connection.scalar(_AHEAD)  # raises when the lock is gone
                if seen != ahead:
                    ahead = seen
                    look_at_once(scheduler)
    finally:
        if scheduler is not None:
            scheduler.shutdown(wait=False)
        engine.dispose()


def start_scheduler(app: Flask) -> BackgroundScheduler:
    """Start APScheduler with every line of the tick table."""
    scheduler = BackgroundScheduler(timezone=SHANGHAI)
    for tick in TICKS:
        scheduler.add_job(
            run_tick,
            "interval",
            args=(app, tick),
            seconds=tick.seconds,
            next_run_time=datetime.now(SHANGHAI),  # a leader that never lives five minutes looks at everything too
            id=tick.name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
    scheduler.start()
    return scheduler


def look_at_once(scheduler: BackgroundScheduler) -> None:
    """Run every tick now: domain time was turned, and what is due by it must not wait for its interval."""
    for job in scheduler.get_jobs():
        job.modify(next_run_time=datetime.now(SHANGHAI))


if __name__ == "__main__":
    try:
        main()
    except BadSettings as error:
        log.error("bad_settings", reason=str(error))
        sys.exit(78)
