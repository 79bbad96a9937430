"""Out of the county: hospitals with an agreement first, another with a reason, stays through the county hospital."""

from datetime import date
from pathlib import Path

import pytest

from backend.alliance.packs import Pack, load_pack
from backend.kernel.rules import decide
from backend.referrals.choices import choices
from backend.referrals.facts import facts_of
from backend.referrals.models import Referral
from backend.referrals.rules import GATEKEEPER, PARTNER

COUNTIES = Path(__file__).parents[3] / "counties"
TODAY = date(2026, 11, 2)
STRANGER = {"xinmi": "zz-infectious", "mangshi": "yn-first"}
HOSPITAL = {"xinmi": "first-hospital", "mangshi": "people-hospital"}
PARTNERS = {"xinmi": ("zz-central", "ha-people"), "mangshi": ("dh-people", "dh-tcm")}
PAPER = {"xinmi": "XM-5.5", "mangshi": "MS-4.2.3d"}


@pytest.fixture(params=["xinmi", "mangshi"])
def county(request) -> str:
    return request.param


@pytest.fixture
def pack(county: str) -> Pack:
    return load_pack(COUNTIES / county)


def sketch(issuer: str, target: str, **values: object) -> Referral:
    given = {
        "direction": "up",
        "category": "outpatient",
        "indication": "limited",
        "diagnosis_code": "S52",
        "diagnosis_text": "前臂骨折",
        "emergency": False,
        "own_wish": False,
        "choice_by_patient": True,
        "no_records": True,
        "offered": [target],
        "records": [],
    }
    return Referral(from_institution=issuer, to_institution=target, **(given | values))


def broken(pack: Pack, referral: Referral, day: date = TODAY) -> dict[str, str]:
    found = decide([PARTNER, GATEKEEPER], facts_of(pack, referral, day), pack.source)
    return {one.rule: one.source.id for one in found}


@pytest.mark.clause("XM-5.5")
@pytest.mark.clause("MS-4.2.3d")
def test_another_hospital_needs_a_reason_and_a_partner_none(county: str, pack: Pack) -> None:
    stranger = STRANGER[county]
    assert broken(pack, sketch(HOSPITAL[county], stranger)) == {"referral.partner_first": PAPER[county]}
    told = decide([PARTNER], facts_of(pack, sketch(HOSPITAL[county], stranger), TODAY), pack.source)[0]
    assert pack.institutions.institution(PARTNERS[county][0]).name in told.text, "the partners are named"
    assert broken(pack, sketch(HOSPITAL[county], stranger, skip_reason="not-able-nearby")) == {}
    assert broken(pack, sketch(HOSPITAL[county], PARTNERS[county][0])) == {}


@pytest.mark.clause("XM-5.5")
@pytest.mark.clause("MS-4.2.3d")
def test_an_agreement_that_ran_out_makes_nobody_a_partner(county: str, pack: Pack) -> None:
    assert pack.alliances.partners_on(TODAY) == PARTNERS[county]
    first = next(one for one in pack.alliances.partners if one.upper_institution == PARTNERS[county][0])
    last = max(one.until for one in pack.alliances.partners)
    after = date(last.year + 1, 1, 1)
    assert pack.alliances.partners_on(first.until) != ()
    assert pack.alliances.partners_on(after) == ()
    assert not any(one.partner for one in choices(pack, HOSPITAL[county], "C16", on=after))
    assert broken(pack, sketch(HOSPITAL[county], first.upper_institution), after) == {}, "no partner, no preference"


@pytest.mark.clause("XM-5.5")
def test_partners_are_offered_before_the_other_hospitals_of_their_level(county: str, pack: Pack) -> None:
    offered = [one for one in choices(pack, HOSPITAL[county], "C16", on=TODAY) if one.outside]
    for level in {one.level for one in offered}:
        flags = [one.partner for one in offered if one.level == level]
        assert flags == sorted(flags, reverse=True)
    assert offered[0].partner


@pytest.mark.clause("XM-5.5b")
def test_a_stay_outside_goes_through_the_county_hospital_except_in_need() -> None:
    pack = load_pack(COUNTIES / "xinmi")
    stay = {"category": "stay", "skip_reason": "no-place-nearby"}
    assert broken(pack, sketch("th-yuanzhuang", "zz-central", **stay)) == {"referral.inpatient_gatekeeper": "XM-5.5b"}
    assert broken(pack, sketch("first-hospital", "zz-central", **stay)) == {}
    critical = stay | {"indication": "critical", "emergency": True}
    assert broken(pack, sketch("th-yuanzhuang", "zz-central", **critical)) == {}
    by_law = stay | {"indication": "institute", "skip_reason": "institute-by-law", "diagnosis_code": "A15"}
    assert broken(pack, sketch("th-yuanzhuang", "zz-infectious", **by_law)) == {}
    for none in (
        sketch("th-yuanzhuang", "zz-central", **by_law),
        sketch("th-yuanzhuang", "zz-infectious", **(by_law | {"diagnosis_code": "S52"})),
    ):
        assert set(broken(pack, none)) == {"referral.inpatient_gatekeeper"}, "no such disease, or not that house"
