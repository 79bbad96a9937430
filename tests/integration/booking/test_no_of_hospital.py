"""A hospital that is asked again about other words may say no: what was booked there goes back. Decision 0013."""

from uuid import UUID

import pytest

from backend.store.db import transaction
from tests.integration.booking import scene
from tests.integration.booking.test_open_places import row_of
from tests.integration.referrals.conftest import cast
from tests.integration.referrals.rig import PIN, Cast

__all__ = ["cast"]


@pytest.mark.clause("XM-5.4b", "MS-4.2.1")
def test_a_no_to_other_words_gives_the_place_back(cast: Cast) -> None:
    referral = cast.submitted()
    assert cast.consent(referral).status_code == 200
    assert cast.accept(referral).status_code == 200
    with cast.app.app_context(), transaction() as current:
        (slot,) = scene.make_slots(current, county_id=cast.county, institution=cast.places.hospital)
    made = cast.patient.post(f"/api/v1/referrals/{referral}/appointment", {"slot_id": slot.id})
    assert made.status_code == 201, made.json
    change = {"diagnosis_text": "高血压 3 级，心衰待查", "pin": PIN}
    assert cast.doctor.request("PUT", f"/api/v1/referrals/{referral}", change).status_code == 200
    # While it is asked the place is kept: nobody loses it by a mended typing error.
    with cast.app.app_context(), transaction():
        assert row_of(made.json["id"]).status == "booked"
    no = {"accept": False, "reason": "other-department", "alternative_department": "endocrinology"}
    answer = cast.hospital_head.post(f"/api/v1/referrals/{referral}/answer", no)
    assert answer.status_code == 200, answer.json
    with cast.app.app_context(), transaction():
        row = row_of(made.json["id"])
        assert row.status == "cancelled"
        assert scene.counted(UUID(made.json["slot_id"]), cast.county) == (0, 0)
