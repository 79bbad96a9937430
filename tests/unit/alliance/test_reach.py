"""Who can treat what, and what is nearer."""

from datetime import date
from pathlib import Path

import pytest

from backend.alliance.packs import Pack, load_pack
from backend.alliance.reach import able_above, beyond, condition_of, may_treat, nearer_than, scope

COUNTIES = Path(__file__).parents[3] / "counties"


@pytest.fixture(scope="module")
def mangshi() -> Pack:
    return load_pack(COUNTIES / "mangshi")


@pytest.fixture(scope="module")
def xinmi() -> Pack:
    return load_pack(COUNTIES / "xinmi")


@pytest.mark.clause("MS-4.2.2u1")
def test_the_county_hospital_is_nearer_than_the_province(mangshi: Pack) -> None:
    nearer = [entry.code for entry in nearer_than(mangshi, "th-fengping", "yn-first", "stroke")]
    assert nearer[0] == "people-hospital"
    assert "yn-first" not in nearer
    assert nearer_than(mangshi, "th-fengping", "people-hospital", "stroke") == ()


@pytest.mark.clause("MS-4.2.2u1")
def test_own_alliance_comes_before_the_other_and_partners_before_strangers(mangshi: Pack, xinmi: Pack) -> None:
    assert [e.code for e in able_above(mangshi, "th-zhefang", "hypertension")][:2] == [
        "tcm-hospital",
        "people-hospital",
    ]
    assert next(e.code for e in able_above(mangshi, "vc-namu", "hypertension")) == "th-fengping"
    partners = xinmi.alliances.partners_on(date(2026, 11, 1))
    outside = [e.code for e in able_above(xinmi, "first-hospital", "transplant", partners=partners)]
    assert outside == ["zz-central", "ha-people"]


@pytest.mark.clause("XM-5.4e")
def test_grade_and_technique_limit_what_a_hospital_takes(xinmi: Pack) -> None:
    assert may_treat(xinmi, "first-hospital", "acute-coronary", technique="pci", surgery_grade=3)
    assert not may_treat(xinmi, "first-hospital", "acute-coronary", surgery_grade=4)
    assert not may_treat(xinmi, "tcm-hospital", "fracture", technique="joint-replacement")
    assert may_treat(xinmi, "zz-central", "fracture", technique="joint-replacement", surgery_grade=4)


def test_a_technique_that_the_pack_no_longer_has_is_nobodys(xinmi: Pack) -> None:
    assert beyond(xinmi, "first-hospital", None, technique="long-gone") == ("没有准入long-gone",)
    assert beyond(xinmi, "first-hospital", None, surgery_grade=4) == ("最高做到三级手术，做不了四级手术",)
    assert beyond(xinmi, "vc-yuanzhuang-cun", None, surgery_grade=1) == ("不做手术，做不了一级手术",)


def test_a_centre_township_can_more_than_a_plain_one(xinmi: Pack) -> None:
    plain, centre = scope(xinmi, "th-yuanzhuang"), scope(xinmi, "th-chaohua")
    assert plain.conditions < centre.conditions
    assert (plain.surgery_grade, centre.surgery_grade) == (1, 2)


@pytest.mark.parametrize(
    ("code", "condition"),
    [
        ("I10.x01", "hypertension"),
        ("i63.900", "stroke"),
        ("Z96.641", "hip-replacement"),
        ("Z94.0", "transplant"),
        ("Q00", None),
    ],
)
def test_a_diagnosis_finds_its_disease(xinmi: Pack, code: str, condition: str | None) -> None:
    assert condition_of(xinmi, code) == condition
