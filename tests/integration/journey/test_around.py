"""Around a referral: the estimate with whose rule each line is, and nothing of a stranger's."""

from uuid import UUID

import pytest
from flask import Flask

from backend.records.models import Stay
from backend.referrals.models import Referral
from backend.store import clock
from backend.store.db import transaction
from tests.factories import resident_person
from tests.integration.referrals.conftest import cast, morning
from tests.integration.referrals.rig import Cast

__all__ = ["cast", "morning"]


@pytest.mark.clause("XM-5.6c")
def test_an_outpatient_is_told_that_no_deductible_applies_and_what_a_stay_would_cost(cast: Cast) -> None:
    referral = cast.submitted(category="outpatient")
    around = cast.patient.get(f"/api/v1/referrals/{referral}/around")
    assert around.status_code == 200, around.json
    estimate = around.json["estimate"]
    assert estimate["applies"] is False
    assert "看门诊" in estimate["lines"][0]["text"]
    stay = estimate["if_stay"]
    assert stay["applies"] is True
    assert stay["sample"] is True
    assert all(one["fund_fen"] + one["own_fen"] == one["eligible_fen"] for one in stay["examples"])
    prefix = {"xinmi": "MS-", "mangshi": "XM-"}[cast.county]
    assert not any(line["source"]["id"].startswith(prefix) for line in stay["lines"])


def test_a_stranger_sees_nothing_around_it(app: Flask, cast: Cast) -> None:
    referral = cast.submitted()
    stranger, _ = resident_person(app, cast.county)
    assert stranger.get(f"/api/v1/referrals/{referral}/around").status_code == 404


def test_the_stay_that_is_estimated_is_no_earlier_one(cast: Cast) -> None:
    referral = cast.issued(category="stay")
    before = cast.patient.get(f"/api/v1/referrals/{referral}/around").json["estimate"]["deductible_fen"]
    with cast.app.app_context(), transaction() as current:
        row = current.get_one(Referral, (cast.county, UUID(referral)))
        current.add(
            Stay(
                county_id=cast.county,
                resident_id=row.resident_id,
                institution=row.to_institution,
                department="cardiology",
                came_as="not_referred",
                referral_id=row.id,
                admitted_at=clock.now(current),
            )
        )
    after = cast.patient.get(f"/api/v1/referrals/{referral}/around").json["estimate"]["deductible_fen"]
    assert after == before
