"""Who followed somebody from above and is away reads their record no more; whoever goes on does, as long."""

from typing import Any
from uuid import UUID

import pytest

from backend.kernel.roles import Role
from backend.records.models import AccessGrant
from backend.store.db import transaction
from tests import factories
from tests.integration.referrals.down_rig import Down, make_down
from tests.integration.referrals.rig import signer


@pytest.fixture(params=["xinmi", "mangshi"])
def down(app, morning, request) -> Down:
    return make_down(app, request.param)


def test_sight_of_who_was_sent_down_goes_on_with_the_next_doctor(down: Down) -> None:
    referral = down.ready()
    assert down.take_over(referral).status_code == 200
    other = signer(down.app, down.places.hospital, Role.WARD_DOCTOR, county=down.county, department="cardiology")
    office, _ = factories.staff_person(down.app, down.places.hospital, Role.MEDICAL_OFFICE, county_id=down.county)
    with down.app.app_context(), transaction():
        old, new = (str(who.actor().practitioner_id) for who in (down.ward, other))
    timeline = f"/api/v1/residents/{down.patient_id}/timeline"

    def held(who: str) -> list[Any]:
        wanted = AccessGrant.basis_id == UUID(referral), AccessGrant.grantee == f"practitioner:{who}"
        return [(row.until_at, row.ended_at is None) for row in down.rows(AccessGrant, *wanted)]

    [(until, _)] = held(old)
    moved = office.post(f"/api/v1/referrals/{referral}/reassign", {"practitioner_id": new, "reason": "moved"})
    assert moved.status_code == 200, moved.json
    assert held(new) == [(until, True)]
    assert held(old) == [(until, False)]
    assert other.get(timeline).status_code == 200
