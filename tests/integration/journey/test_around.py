"""Around a referral: the estimate with whose rule each line is, and nothing of a stranger's."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from backend.records.models import Stay
from backend.referrals.models import Referral
from backend.store import clock
from backend.store.db import transaction
from tests.factories import resident_person
from tests.integration.referrals.conftest import cast, morning
from tests.integration.referrals.rig import Cast, rules

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


def in_bed_below(cast: Cast, *, ended: timedelta | None = None, institution: str = "") -> str:
    """The patient lies in the township, or left it so long ago."""
    with cast.app.app_context(), transaction() as current:
        now = clock.now(current)
        row = Stay(
            county_id=cast.county,
            resident_id=cast.patient_id,
            institution=institution or cast.places.township,
            department="general_practice",
            came_as="not_referred",
            admitted_at=now - timedelta(days=9),
            status="admitted" if ended is None else "discharged",
            discharged_at=None if ended is None else now - ended,
            disposition=None if ended is None else "other_hospital",
        )
        current.add(row)
        current.flush()
        return str(row.id)


def deductible(cast: Cast, **changes: Any) -> tuple[int, list[str]]:
    referral = cast.submitted(category="stay", **changes)
    estimate = cast.patient.get(f"/api/v1/referrals/{referral}/around").json["estimate"]
    assert cast.patient.post(f"/api/v1/referrals/{referral}/withdraw", {"reason": "再看看"}).status_code == 200
    return estimate["deductible_fen"], [line["code"] for line in estimate["lines"]]


@pytest.mark.clause("XM-5.6c")
@pytest.mark.parametrize("ended", [None, timedelta(hours=20)], ids=["running", "just ended"])
def test_out_of_a_stay_below_only_the_difference_is_due(cast: Cast, ended: timedelta | None) -> None:
    whole, _ = deductible(cast)
    stay = in_bed_below(cast, ended=ended)
    offered = cast.doctor.get(f"/api/v1/residents/{cast.patient_id}/referral-options?diagnosis_code=I10").json
    less, codes = deductible(cast)
    if cast.county == "xinmi":
        assert offered["lower_stay"]["id"] == stay
        assert (offered["lower_stay"]["source"]["id"], offered["lower_stay"]["to_levels"]) == ("XM-5.6c", ["county"])
        assert less < whole
        assert "difference" in codes
        assert deductible(cast, stay_id=stay) == (less, codes), "named or found, it is the same stay"
    else:
        assert less == whole, "the county's paper has no such rule"
        assert offered["lower_stay"] is None or offered["lower_stay"]["source"] is None


@pytest.mark.clause("XM-5.6c")
def test_a_stay_long_over_or_not_theirs_is_not_taken_and_says_why(app: Flask, cast: Cast) -> None:
    whole, _ = deductible(cast)
    old = in_bed_below(cast, ended=timedelta(hours=80))
    less, codes = deductible(cast)
    assert (less, "difference" in codes) == (whole, False)
    named = cast.doctor.post("/api/v1/referrals", cast.draft_body(category="stay", stay_id=old))
    if cast.county == "xinmi":
        assert rules(named) == {"referral.lower_stay": "XM-5.6c"}
        assert "照样可以转" in named.json["violations"][0]["instead"]
    elsewhere = in_bed_below(cast, institution=cast.places.other_hospital)
    for wrong in (elsewhere, str(uuid4())):
        refused = cast.doctor.post("/api/v1/referrals", cast.draft_body(category="stay", stay_id=wrong))
        assert (refused.status_code, refused.json["code"]) == (404, "stay_not_found")
