"""Somebody who measures every day has a long record: what goes along stays along, also when it is old by then."""

from datetime import timedelta
from typing import Any

from backend.kernel.ids import new_id
from backend.records.models import Reading
from backend.store import clock
from backend.store.db import transaction
from tests.integration.referrals.rig import PIN, Cast
from tests.integration.referrals.test_along import along


def measure(cast: Cast, days: int = 110) -> None:
    with cast.app.app_context(), transaction() as current:
        now = clock.now(current) + timedelta(minutes=1)
        for number in range(days):
            given: dict[str, Any] = {"code": "systolic", "value": 140, "unit": "mmHg", "source": "self"}
            current.add(
                Reading(
                    county_id=cast.county, resident_id=cast.patient_id, set_id=new_id(),
                    taken_at=now + timedelta(seconds=number), **given,
                )
            )  # fmt: skip


def test_what_goes_along_is_read_after_a_hundred_measurements(xinmi: Cast) -> None:
    referral = xinmi.issued()
    before = along(xinmi, referral, xinmi.clerk)["records"]
    assert [one["kind"] for one in before] == ["visit"]
    measure(xinmi)
    assert along(xinmi, referral, xinmi.clerk)["records"] == before


def test_an_old_visit_may_go_along_and_be_sent_again(xinmi: Cast) -> None:
    xinmi.open_visit()
    measure(xinmi)
    made = xinmi.draft()
    kept = [{"kind": "visit", "id": xinmi.visit_id}]
    changed = xinmi.doctor.request("PUT", f"/api/v1/referrals/{made['id']}", {"records": kept, "pin": PIN})
    assert changed.status_code == 200, changed.json
    stranger = {"records": [{"kind": "visit", "id": str(new_id())}]}
    refused = xinmi.doctor.request("PUT", f"/api/v1/referrals/{made['id']}", stranger)
    assert (refused.status_code, refused.json["code"]) == (422, "record_not_found")
    crossed = {"records": [{"kind": "stay", "id": xinmi.visit_id}]}
    assert xinmi.doctor.request("PUT", f"/api/v1/referrals/{made['id']}", crossed).json["code"] == "record_not_found"
