"""The clock's leader looks at everything when it begins, and again when domain time is turned."""

import threading

import pytest
from flask import Flask

from backend.jobs import clock
from backend.jobs.ticks import Tick


def test_a_new_leader_and_a_turn_of_time_do_not_wait_for_the_interval(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = threading.Semaphore(0)

    def look(_current: object, county_id: str) -> int:
        if county_id == "xinmi":
            looked.release()
        return 0

    monkeypatch.setattr(clock, "TICKS", (Tick("rare", 3600, look),))
    scheduler = clock.start_scheduler(app)
    try:
        assert looked.acquire(timeout=60), "a new leader waits for the interval"
        clock.look_at_once(scheduler)
        assert looked.acquire(timeout=60), "a turn of time waits for the interval"
    finally:
        scheduler.shutdown(wait=True)
