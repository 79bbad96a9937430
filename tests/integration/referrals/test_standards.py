"""The disease list and standards of an alliance, both directions; a referral keeps the version it was judged by."""

from pathlib import Path
from uuid import UUID

import pytest

from backend.alliance import queries
from backend.alliance.packs import load_pack
from backend.referrals.facts import standards_for
from backend.referrals.models import Referral
from backend.store.db import transaction
from tests.integration.referrals.rig import Cast

COUNTIES = Path(__file__).parents[3] / "counties"


def down_sketch(hospital: str, township: str, diagnosis: str) -> Referral:
    return Referral(direction="down", from_institution=hospital, to_institution=township, diagnosis_code=diagnosis)


@pytest.mark.clause("MS-4.3")
def test_each_alliance_has_its_own_list_in_both_directions(mangshi: Cast) -> None:
    pack = load_pack(COUNTIES / "mangshi")
    day = pack.referral.standards[0].effective_from

    def codes(hospital: str, diagnosis: str) -> set[str]:
        sketch = down_sketch(hospital, "th-fengping", diagnosis)
        return {one.code for one in standards_for(pack, sketch, day)}

    assert codes("people-hospital", "S52") == {"fracture-down"}
    assert codes("tcm-hospital", "S52") == set(), "of the other alliance"
    stroke = next(one for one in pack.capability.conditions if one.code == "stroke-recovery").icd10[0]
    assert codes("people-hospital", stroke) == {"stroke-down"}
    assert codes("tcm-hospital", stroke) == {"stroke-down", "rehabilitation-tcm-down"}
    mangshi.open_visit()
    found = mangshi.doctor.get(f"/api/v1/residents/{mangshi.patient_id}/referral-options?diagnosis_code=I10").json
    [standard] = found["standards"]
    assert (standard["code"], standard["version"], standard["source"]["id"]) == ("hypertension-up", "2026 版", "MS-4.3")


@pytest.mark.clause("MS-4.3")
@pytest.mark.clause("XM-5.4f")
def test_a_referral_keeps_the_version_it_was_judged_by(cast: Cast, newer_edition: None) -> None:
    referral = cast.submitted()
    cast.values["load"]()
    path = f"/api/v1/residents/{cast.patient_id}/referral-options?diagnosis_code=I10"
    assert [one["version"] for one in cast.doctor.get(path).json["standards"]] == ["2027 版"], "from today on"
    assert cast.sign(cast.head, referral).status_code == 200
    assert cast.read(referral)["standard"]["version"] == "2026 版"
    with cast.app.app_context(), transaction() as current:
        row = current.get(Referral, (cast.county, UUID(referral)))
        kept = queries.pack_version(cast.county, row.pack_version)
        assert (row.pack_version, row.standard_version) == ("2026.1", "2026 版")
    assert any((one.code, one.version) == ("hypertension-up", "2026 版") for one in kept.referral.standards)


@pytest.mark.clause("XM-5.4f")
def test_a_reason_without_an_article_in_the_standard_asks_for_none(xinmi: Cast) -> None:
    coronary = {"diagnosis_code": "I25", "diagnosis_text": "冠心病？待查", "cleared": ["standard", "article"]}
    made = xinmi.draft(standard=None, article=None, indication="undiagnosed", **coronary)
    assert "referral.standard_required" not in {one["rule"] for one in made["problems"]}
    other = {"standard": None, "article": None, "indication": "limited", "cleared": ["standard", "article"]}
    asked = xinmi.doctor.request("PUT", f"/api/v1/referrals/{made['id']}", other).json
    assert "referral.standard_required" in {one["rule"] for one in asked["problems"]}, "here there is one to choose"
