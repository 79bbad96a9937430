"""The two counties' packs: each loads, quotes only its own paper, and marks what is a sample."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.alliance.packs import Pack, load_pack, pack_from_document
from backend.kernel.sources import HOUSE, SourceKind

COUNTIES = Path(__file__).parents[3] / "counties"
NAMES = ["xinmi", "mangshi"]
PREFIX = {"xinmi": "XM", "mangshi": "MS"}


@pytest.fixture(scope="module", params=NAMES)
def pack(request: pytest.FixtureRequest) -> Pack:
    return load_pack(COUNTIES / request.param)


def blocks(value: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every table of a document, with its place."""
    if isinstance(value, dict):
        yield path, value
        for key, inner in value.items():
            yield from blocks(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from blocks(inner, f"{path}[{place}]")


@pytest.mark.clause("ALL-packs")
def test_no_text_of_a_pack_quotes_another_counties_clause(pack: Pack) -> None:
    others = "|".join(prefix for name, prefix in PREFIX.items() if name != pack.county_id)
    for path in sorted((COUNTIES / pack.county_id).glob("*.toml")):
        text = path.read_text(encoding="utf-8")
        assert not re.findall(rf"\b(?:{others})-\d[\w.]*", text), path.name


@pytest.mark.clause("ALL-packs")
def test_every_rule_names_a_source_the_county_has(pack: Pack) -> None:
    kinds = set()
    for code in pack.sources.rules:
        source = pack.source(code)
        assert source is not HOUSE
        assert source.title
        kinds.add(source.kind)
        if source.kind is SourceKind.CLAUSE:
            assert source.id.startswith(PREFIX[pack.county_id] + "-")
    assert kinds == {SourceKind.CLAUSE, SourceKind.NATIONAL, SourceKind.SETTING}


def test_both_counties_name_a_source_for_the_same_rules() -> None:
    rules = [set(load_pack(COUNTIES / name).sources.rules) for name in NAMES]
    assert rules[0] == rules[1]


def test_what_rests_on_a_setting_is_marked_as_a_sample(pack: Pack) -> None:
    unmarked = [
        path
        for path, block in blocks(pack.document())
        if str(block.get("source", "")).startswith("S-") and not block.get("sample")
    ]
    assert unmarked == []


@pytest.mark.clause("MS-4.2.2u2")
def test_xinmi_settles_its_signatures_itself_and_mangshi_quotes_its_paper() -> None:
    xinmi, mangshi = (load_pack(COUNTIES / name) for name in NAMES)
    day = xinmi.effective_from
    ours, theirs = (p.referral.chain("up", "township", day) for p in (xinmi, mangshi))
    assert ours is not None
    assert theirs is not None
    assert xinmi.source(ours.source).kind is SourceKind.SETTING
    assert xinmi.source(ours.source).sample
    assert mangshi.source(theirs.source).kind is SourceKind.CLAUSE
    assert [step.code for step in theirs.steps] == ["treating", "department-head", "insurance-agency"]
    assert theirs.steps[-1].of == "insurance_agency"
    assert "insurance-agency" not in [step.code for step in ours.steps]
    assert xinmi.referral.chain("up", "village", day) is None


@pytest.mark.clause("MS-4.2.3e")
def test_an_own_wish_is_refused_by_a_clause_in_mangshi_and_a_setting_in_xinmi() -> None:
    kinds = {name: load_pack(COUNTIES / name).source("referral.own_wish").kind for name in NAMES}
    assert kinds == {"xinmi": SourceKind.SETTING, "mangshi": SourceKind.CLAUSE}


@pytest.mark.clause("XM-5.6c")
def test_only_xinmi_has_the_up_difference_and_the_down_waiver() -> None:
    xinmi, mangshi = (load_pack(COUNTIES / name).insurance for name in NAMES)
    assert xinmi.up_difference is not None
    assert xinmi.down_waiver is not None
    assert (mangshi.up_difference, mangshi.down_waiver) == (None, None)


@pytest.mark.clause("MS-4.3c")
def test_mangshi_has_two_alliances_and_branches_and_xinmi_one_with_several_leads() -> None:
    xinmi, mangshi = (load_pack(COUNTIES / name) for name in NAMES)
    assert [len(alliance.leads) for alliance in xinmi.alliances.alliances] == [2]
    assert [alliance.leads for alliance in mangshi.alliances.alliances] == [("people-hospital",), ("tcm-hospital",)]
    branch = mangshi.institutions.institution("th-fengping")
    assert branch.second_name == "芒市人民医院风平分院"


def test_a_county_has_its_hospitals_townships_villages_and_departments(pack: Pack) -> None:
    section = pack.institutions
    assert len(section.of_kind("county_hospital", "county_tcm_hospital")) == 2
    townships = ("township_hospital", "centre_township_hospital", "farm_hospital", "community_centre")
    assert len(section.of_kind(*townships)) >= 6
    assert len(section.of_kind("village_clinic")) >= 20
    for hospital in section.of_kind("county_hospital", "county_tcm_hospital"):
        assert len(hospital.departments) >= 12
    tiers = {pack.county.level(entry.level).tier for entry in section.institutions}
    assert tiers == {"grassroots", "county", "prefecture", "province"}


def test_a_pack_comes_back_unchanged_from_its_document(pack: Pack) -> None:
    assert pack_from_document(pack.document()) == pack


def test_desk_phones_are_obviously_invented(pack: Pack) -> None:
    for entry in pack.institutions.institutions:
        for phone in (*entry.phones, *(entry.desk.phones if entry.desk else ())):
            assert re.fullmatch(rf"{pack.county.area_code}-0000\d{{4}}|1990000\d{{4}}", phone), phone
