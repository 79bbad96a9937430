"""Who is nearer is a matter of kilometres, also within one level, and of nobody's alliance. MS-4.2.2u1, XM-5.5."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.referrals.rig import Cast, nothing_foreign, rules


@pytest.fixture
def moved(cast: Cast, other_edition: Callable[..., None]) -> None:
    """A county whose other hospital of the same level stands thirty kilometres from the seat."""
    code = cast.places.other_hospital
    other_edition(("institutions.toml", f'code = "{code}"\n', f'code = "{code}"\nkm_to_county_seat = 30\n'))


def options(cast: Cast) -> list[dict[str, Any]]:
    found = cast.doctor.get(f"/api/v1/residents/{cast.patient_id}/referral-options?diagnosis_code=I10")
    assert found.status_code == 200, found.json
    return found.json["choices"]


@pytest.mark.clause("MS-4.2.2u1")
def test_farther_within_one_level_wants_a_reason(cast: Cast, moved: None) -> None:
    cast.open_visit()
    listed = {one["institution"]: one for one in options(cast)}
    near, far = listed[cast.places.hospital], listed[cast.places.other_hospital]
    assert (near["nearest"], far["nearest"]) == (True, False)
    assert far["kilometres"] - near["kilometres"] == 30
    assert far["passes"] == [near["name"]]
    assert list(listed).index(cast.places.hospital) < list(listed).index(cast.places.other_hospital)
    refused = cast.submit(cast.draft(to_institution=cast.places.other_hospital, to_department=None)["id"])
    broken = rules(refused)
    assert set(broken) == {"referral.skip_reason_required"}
    assert broken["referral.skip_reason_required"] == ("MS-4.2.2u1" if cast.county == "mangshi" else "S-skip-reasons")
    assert near["name"] in refused.json["violations"][0]["text"]
    nothing_foreign(cast, refused)
    stated = cast.draft(
        to_institution=cast.places.other_hospital, to_department=None, skip_reason="review-same-hospital"
    )
    assert stated["problems"] == []


@pytest.mark.clause("MS-4.2.2u1")
def test_as_near_as_the_other_is_no_longer_way(cast: Cast) -> None:
    cast.open_visit()
    both = [one for one in options(cast) if one["institution"] in (cast.places.hospital, cast.places.other_hospital)]
    assert [one["nearest"] for one in both] == [True, True], "both stand in the county seat, whosever alliance"
    assert [one["passes"] for one in both] == [[], []]
    made = cast.draft(to_institution=cast.places.other_hospital, to_department=None)
    assert made["problems"] == []


@pytest.mark.clause("XM-5.5")
def test_houses_outside_say_how_far_they_are(cast: Cast) -> None:
    cast.open_visit()
    found = cast.doctor.get(f"/api/v1/residents/{cast.patient_id}/referral-options?diagnosis_code=S52").json["choices"]
    outside = [one for one in found if one["outside"]]
    assert outside
    assert all(one["kilometres"] for one in outside)
    assert all(one["passes"] for one in outside), "county hospitals can treat it and are nearer"
