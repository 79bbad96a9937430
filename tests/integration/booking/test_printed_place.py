"""Line 15 of the certificate says what is booked, and nothing that does not stand any more."""

from flask import Flask

from backend.booking.instants import say
from backend.booking.models import Slot
from backend.store.db import transaction
from tests.integration.booking import scene
from tests.integration.booking.beds_rig import fresh_bed
from tests.integration.desk.browser import browser_of
from tests.integration.referrals.conftest import cast, mangshi, morning, xinmi
from tests.integration.referrals.rig import Cast

__all__ = ["cast", "mangshi", "morning", "xinmi"]
NONE = "由转诊服务台安排"


def line(cast: Cast, referral: str) -> str:
    answer = cast.patient.get(f"/api/v1/referrals/{referral}/certificate")
    assert answer.status_code == 200, answer.json
    [row] = [row for row in answer.json["rows"] if row["number"] == 15]
    return row["text"]


def test_the_time_that_is_booked_stands_on_the_certificate(app: Flask, cast: Cast) -> None:
    referral = cast.issued()
    assert NONE in line(cast, referral)
    with app.app_context(), transaction() as current:
        (slot,) = scene.make_slots(current, county_id=cast.county, institution=cast.places.hospital)
        when = say(slot.starts_at)
    booked = cast.patient.post(f"/api/v1/referrals/{referral}/appointment", {"slot_id": slot.id}).json
    said = line(cast, referral)
    assert said.startswith(when)
    assert NONE not in said
    with app.app_context(), transaction() as current:
        current.get_one(Slot, (cast.county, slot.id)).stopped = True
    assert "停" in line(cast, referral)
    with app.app_context(), transaction() as current:
        current.get_one(Slot, (cast.county, slot.id)).stopped = False
    assert cast.patient.post(f"/api/v1/appointments/{booked['id']}/cancel").status_code == 200
    assert NONE in line(cast, referral)


def test_the_bed_that_is_kept_stands_on_the_certificate(app: Flask, cast: Cast) -> None:
    referral, bed = cast.submitted(category="stay"), fresh_bed()
    cast.consent(referral)
    assert browser_of(app, cast.clerk).post(f"/desk/answers/{referral}/bed", bed=bed).status_code == 200
    cast.sign_all(referral)
    assert bed in line(cast, referral)
