"""A value is as old as it is: one of tomorrow would be the newest for ever, and would open a renewal unseen."""

from datetime import datetime, timedelta

import pytest
from flask import Flask

from backend.store import clock
from backend.store.db import transaction
from tests import factories

PRESSURE = [
    {"code": "systolic", "value": 130, "unit": "mmHg"},
    {"code": "diastolic", "value": 80, "unit": "mmHg"},
]


def at(app: Flask, ahead: timedelta) -> str:
    with app.app_context(), transaction() as current:
        return (clock.now(current) + ahead).isoformat()


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(days=365), timedelta(days=365 * 70)])
def test_nobody_measures_tomorrow(app: Flask, ahead: timedelta) -> None:
    patient, resident_id = factories.resident_person(app)
    path = f"/api/v1/residents/{resident_id}/readings"
    refused = patient.post(path, {"values": PRESSURE, "taken_at": at(app, ahead)})
    assert (refused.status_code, refused.json["code"]) == (422, "taken_at_future"), refused.json
    assert patient.get(f"{path}?codes=systolic").json["items"] == []


def test_a_phone_whose_clock_is_a_little_fast_is_heard(app: Flask) -> None:
    patient, resident_id = factories.resident_person(app)
    path = f"/api/v1/residents/{resident_id}/readings"
    for when in (timedelta(minutes=5), timedelta(days=-400)):
        assert patient.post(path, {"values": PRESSURE, "taken_at": at(app, when)}).status_code == 201
    soon = at(app, timedelta(minutes=1))
    shown = patient.get(f"{path}?codes=systolic&days=1000").json["items"]
    assert len(shown) == 2
    assert all(datetime.fromisoformat(one["at"]) <= datetime.fromisoformat(soon) for one in shown), "none lies ahead"
