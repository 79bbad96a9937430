"""A certificate changed after issue, and after the county's rules were: the same promise, judged by the same rules."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.integration.referrals.rig import PIN, Cast


def edit(cast: Cast, referral: str, **changes: Any) -> Any:
    return cast.doctor.request("PUT", f"/api/v1/referrals/{referral}", changes)


def page(cast: Cast, referral: str) -> dict[str, Any]:
    return cast.patient.get(f"/api/v1/referrals/{referral}/certificate").json


def test_another_day_makes_a_certificate_no_longer(cast: Cast, turned) -> None:
    referral = cast.issued()
    first = page(cast, referral)
    turned(days=20)
    changed = edit(cast, referral, wanted_on=(date.fromisoformat(first["issued_on"]) + timedelta(days=24)).isoformat())
    assert changed.status_code == 200, changed.json
    second = page(cast, referral)
    assert second["number"] != first["number"]
    assert second["issued_on"] > first["issued_on"]
    assert (second["valid_until"], second["uses"]) == (first["valid_until"], first["uses"])


@pytest.mark.clause("XM-5.4f")
def test_another_day_under_newer_rules_asks_nobody_again(cast: Cast, newer_edition: None) -> None:
    referral = cast.submitted()
    cast.consent(referral)
    assert cast.sign(cast.head, referral).status_code == 200
    cast.values["load"]()
    changed = edit(cast, referral, wanted_on="2027-03-01", to_department="neurology")
    assert changed.status_code == 200, changed.json
    assert [one["status"] for one in changed.json["steps"]] == ["signed", "signed", "open"]
    assert changed.json["consent"]["status"] == "given"
    assert (changed.json["pack_version"], changed.json["standard"]["version"]) == ("2026.1", "2026 版")
    other = edit(cast, referral, summary="血压 176/108，头晕", pin=PIN)
    assert other.status_code == 200, other.json
    assert [one["status"] for one in other.json["steps"]] == ["signed", "open", "waiting"]
    assert (other.json["pack_version"], other.json["standard"]["version"]) == ("2026.9", "2027 版")


@pytest.mark.clause("XM-5.4f")
def test_an_issued_certificate_keeps_the_words_it_was_judged_by(cast: Cast, newer_edition: None) -> None:
    referral = cast.issued(article=2)
    cast.values["load"]()
    changed = edit(cast, referral, wanted_on="2027-03-01")
    assert changed.status_code == 200, changed.json
    line = next(row["text"] for row in page(cast, referral)["rows"] if row["number"] == 8)
    assert "怀疑是别的病引起的高血压，乡里查不清" in line
    assert "2026 版" in line
