"""How long a visit lets a house read: its end comes by itself, to the minute, and takes no other standing away."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update

from backend.kernel.roles import Role
from backend.records.models import Visit
from backend.records.queries import AFTER_VISIT
from backend.records.service import grant
from backend.store import clock
from backend.store.db import transaction
from tests import factories

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("over", "other_standing", "seen"),
    [(AFTER_VISIT - MINUTE, False, 200), (AFTER_VISIT + MINUTE, False, 404), (AFTER_VISIT + MINUTE, True, 200)],
)
def test_a_visit_that_sent_somebody_up_gives_sight_for_thirty_days(
    app: Flask, over: timedelta, other_standing: bool, seen: int
) -> None:
    _, patient_id = factories.resident_person(app, "xinmi", village="yuanzhuang-cun")
    doctor, _ = factories.staff_person(
        app, "th-yuanzhuang", Role.FAMILY_DOCTOR, county_id="xinmi", department="general_practice"
    )
    opened = doctor.post("/api/v1/visits", {"resident_id": str(patient_id), "department": "general_practice"})
    assert opened.status_code == 201, opened.json
    visit, timeline = opened.json["id"], f"/api/v1/residents/{patient_id}/timeline"
    closed = doctor.post(f"/api/v1/visits/{visit}/finish", {"diagnosis_text": "高血压", "outcome": "referred_up"})
    assert closed.status_code == 200, closed.json
    assert doctor.get(timeline).status_code == 200
    with app.app_context(), transaction() as current:
        ended = clock.now(current) - over
        current.execute(update(Visit).where(Visit.id == UUID(visit)).values(finished_at=ended))
        if other_standing:
            grant("xinmi", patient_id, "referral", UUID(visit), ["institution:th-yuanzhuang"])
    assert doctor.get(timeline).status_code == seen
