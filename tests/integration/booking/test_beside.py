"""Beside the times: an ordinary place that is sooner, and the place somebody has in this department already."""

from datetime import datetime
from uuid import UUID

import pytest

from backend.booking.models import Slot
from backend.store.db import transaction
from tests import factories
from tests.integration.booking import scene
from tests.integration.booking.test_open_places import take
from tests.integration.referrals.conftest import cast, morning
from tests.integration.referrals.rig import Cast
from tests.integration.referrals.test_further_visit import book, slots

__all__ = ["cast", "morning"]
DEPARTMENT = "obstetrics"  # no other test's: what is sooner is then ours


def ordinary(cast: Cast, in_days: float) -> tuple[str, datetime]:
    with cast.app.app_context(), transaction() as current:
        [slot] = scene.make_slots(
            current,
            county_id=cast.county,
            institution=cast.places.hospital,
            department=DEPARTMENT,
            in_days=in_days,
            pool="general",
        )
        return str(slot.id), slot.starts_at


def awaited(cast: Cast) -> str:
    referral = cast.submitted(to_department=DEPARTMENT)
    assert cast.consent(referral).status_code == 200
    assert cast.accept(referral, department=DEPARTMENT).status_code == 200
    return referral


def times(cast: Cast, referral: str) -> dict:
    return cast.patient.get(f"/api/v1/referrals/{referral}/places").json


@pytest.mark.clause("MS-4.2.1")
@pytest.mark.clause("XM-5.4b")
def test_whoever_is_in_a_hurry_is_told_of_an_ordinary_place_before_the_first_priority_one(cast: Cast) -> None:
    referral = awaited(cast)
    [first] = slots(cast, 1, in_days=4, department=DEPARTMENT)
    [soonest] = slots(cast, 1, in_days=0.2, department=DEPARTMENT)
    _, at = ordinary(cast, 2)
    assert times(cast, referral)["sooner_at"] is None, "the priority place is sooner"
    with cast.app.app_context(), transaction() as current:
        row = current.get(Slot, (cast.county, UUID(soonest)))
        assert row is not None
        row.taken = row.capacity
    told = times(cast, referral)
    assert told["sooner_at"] is not None and datetime.fromisoformat(told["sooner_at"]) <= at
    assert first in {place["slot_id"] for day in told["days"] for place in day["places"]}


@pytest.mark.clause("XM-5.4b")
def test_a_second_place_in_one_department_is_said_before_it_is_taken_and_never_refused(cast: Cast) -> None:
    referral = awaited(cast)
    slot, at = ordinary(cast, 2)
    assert cast.patient.get("/api/v1/home").json["next"]["kind"] == "choose_time"
    assert times(cast, referral)["other_at"] is None
    mine = take(cast.patient, slot, confirm=True)
    assert mine.status_code == 201, mine.json
    for told in (
        times(cast, referral),
        cast.patient.get(f"/api/v1/places?institution={cast.places.hospital}&department={DEPARTMENT}").json,
    ):
        assert told["other_id"] == mine.json["id"]
        assert datetime.fromisoformat(told["other_at"]) == at
    assert times(cast, referral)["sooner_at"] is None, "whoever has an ordinary place has found it"
    home = cast.patient.get("/api/v1/home").json
    assert (home["next"] or {}).get("kind") != "choose_time", "an ordinary place is a time as well"
    [priority] = slots(cast, 1, in_days=4, department=DEPARTMENT)
    assert book(cast, referral, priority).status_code == 201
    assert times(cast, referral)["other_id"] is None, "it was said before; now the page says that it is booked"


def test_of_another_persons_place_nothing_is_said(cast: Cast) -> None:
    referral = awaited(cast)
    slot, _ = ordinary(cast, 2)
    stranger, _ = factories.resident_person(cast.app, cast.county)
    assert take(stranger, slot, confirm=True).status_code == 201
    assert times(cast, referral)["other_id"] is None
