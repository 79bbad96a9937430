"""Every answer of the API says what time it is for the county, so that pages need no clock of their own."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask

from backend.kernel.clock import machine_now
from backend.store import clock


def test_an_answer_carries_domain_time(app: Flask, turned: Callable[..., None]) -> None:
    turned(days=3)
    clock._seen.clear()
    said = app.test_client().get("/api/v1/counties").headers["X-Liandong-Now"]
    ahead = datetime.fromisoformat(said) - machine_now()
    assert timedelta(days=2, hours=23) < ahead < timedelta(days=3, hours=1)
    clock._seen[:] = [(time.monotonic() - 5, timedelta(days=99))]
    again = datetime.fromisoformat(app.test_client().get("/api/v1/counties").headers["X-Liandong-Now"])
    assert again - machine_now() < timedelta(days=4)
