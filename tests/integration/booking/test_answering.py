"""The time to answer an offer does not run at night, and nobody is woken for one."""

from datetime import datetime

import pytest
from flask import Flask

from backend.alliance.queries import pack
from backend.booking.answering import answer_by, awake
from backend.kernel.clock import SHANGHAI
from backend.store.db import transaction


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-12-{text}").replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize("county_id", ["xinmi", "mangshi"])
def test_the_answer_time_is_waking_time(app: Flask, county_id: str) -> None:
    with app.app_context(), transaction():
        rest = pack(county_id).county.night_rest
        evening = at("01T00:00").replace(hour=rest.start.hour, minute=rest.start.minute)
        morning = at("02T00:00").replace(hour=rest.end.hour, minute=rest.end.minute)
        assert rest.start > rest.end
        # By day nothing changes.
        assert answer_by(county_id, at("01T10:00"), 120) == at("01T12:00")
        assert awake(county_id, at("01T10:00")) == at("01T10:00")
        # Freed at night: it begins in the morning.
        assert awake(county_id, evening.replace(hour=23, minute=30)) == morning
        assert answer_by(county_id, at("02T01:00"), 60) == morning.replace(hour=morning.hour + 1)
        # Begun in the evening: what is left of it goes on in the morning.
        half_past = evening.replace(hour=evening.hour - 1, minute=30 if evening.minute == 0 else evening.minute)
        left = (evening - half_past).seconds // 60
        expected = morning.replace(hour=morning.hour + 1, minute=morning.minute)
        assert answer_by(county_id, half_past, left + 60) == expected
