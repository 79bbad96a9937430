"""Which departments are offered for booking, and what whoever has a place is told to bring."""

import pytest
from flask import Flask

from tests import factories
from tests.integration.booking.test_api import tell
from tests.integration.booking.test_open_places import BOTH, HOSPITALS, make, take
from tests.integration.booking.test_stops import REASON, clinic, office


@BOTH
@pytest.mark.clause("MS-4.2.1")
def test_only_departments_with_a_clinic_are_offered(app: Flask, county_id: str) -> None:
    who, _ = factories.resident_person(app, county_id)
    department = f"clinic-{county_id}"

    def offered() -> list[str]:
        found: list[str] = who.get(f"/api/v1/place-departments?institution={HOSPITALS[county_id]}").json["items"]
        return found

    assert department not in offered()
    assert "icu" not in offered()
    session, _ = clinic(app, department, county_id=county_id)
    assert department in offered()
    office(app, county_id).post(f"/api/v1/schedule-sessions/{session}/stop", REASON)
    assert department not in offered()


def test_only_who_is_referred_is_told_to_bring_the_certificate(app: Flask) -> None:
    (slot,) = make(app)
    who, _ = factories.resident_person(app)
    assert not any("转诊证明" in one for one in take(who, slot, confirm=True).json["bring"])
    assert any("转诊证明" in one for one in tell(app).book()["bring"])
