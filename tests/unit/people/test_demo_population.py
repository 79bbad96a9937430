"""The invented people: well-formed, as varied as a county's, and the same for the same seed."""

import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from backend.alliance.packs import Pack, load_pack
from backend.kernel.clock import age_on
from backend.kernel.roles import Role
from backend.people.demo.population import AS_OF, generate, has_cast
from backend.people.demo.shape import Population

COUNTIES = Path(__file__).parents[3] / "counties"
WEIGHTS = [2 ** (17 - place) % 11 for place in range(17)]  # GB 11643 defines them by this, not by a table


@pytest.fixture(scope="module", params=["xinmi", "mangshi"])
def pack(request: pytest.FixtureRequest) -> Pack:
    return load_pack(COUNTIES / request.param)


@pytest.fixture(scope="module")
def people(pack: Pack) -> Population:
    return generate(pack)


@pytest.fixture(scope="module")
def mangshi() -> Population:
    return generate(load_pack(COUNTIES / "mangshi"))


def remainder(number: str) -> int:
    """The sum modulo 11 that a valid identity number brings to 1 with its last character (ISO 7064)."""
    last = 10 if number[17] == "X" else int(number[17])
    return (sum(int(digit) * weight for digit, weight in zip(number[:17], WEIGHTS, strict=True)) + last) % 11


def test_the_oracle_itself_knows_the_standards_examples() -> None:
    assert remainder("11010519491231002X") == 1
    assert remainder("440524188001010014") == 1
    assert remainder("110105194912310021") != 1


def test_identity_numbers_are_valid_unique_and_say_birth_and_sex(people: Population) -> None:
    numbers = [resident.id_number for resident in people.residents if resident.id_number]
    assert len(numbers) == len(set(numbers))
    for resident in people.residents:
        if resident.id_number is None:
            continue
        assert remainder(resident.id_number) == 1, resident
        assert resident.id_number[6:14] == f"{resident.birth_on:%Y%m%d}"
        assert (int(resident.id_number[16]) % 2 == 1) == (resident.sex == "male")


def test_record_numbers_have_17_digits_and_their_place(people: Population, pack: Pack) -> None:
    numbers = [resident.record_number for resident in people.residents]
    assert len(numbers) == len(set(numbers)) == 400
    village_of = {v.code: (t.record_code, v.record_code) for t in pack.places.towns for v in t.villages}
    for resident in people.residents:
        town, village = village_of[resident.village]
        assert re.fullmatch(rf"{pack.county.code}{town}{village}\d{{5}}", resident.record_number)


def test_the_same_seed_makes_the_same_people_and_another_does_not(pack: Pack, people: Population) -> None:
    assert generate(pack) == people
    other = generate(pack, seed=2)
    assert [r.name for r in other.residents[60:]] != [r.name for r in people.residents[60:]]


def test_phones_are_of_the_invented_range_some_share_one_and_some_have_none(people: Population) -> None:
    phones = Counter(resident.phone for resident in people.residents)
    assert phones[None] >= 20
    assert max(count for phone, count in phones.items() if phone) >= 2
    assert all(re.fullmatch(r"1990000\d{4}", phone) for phone in phones if phone)
    own = {clinician.phone for clinician in people.clinicians}
    assert len(own) == len(people.clinicians)
    assert own.isdisjoint(phones)


def test_every_age_is_there(people: Population) -> None:
    decades = Counter(age_on(resident.birth_on, AS_OF) // 10 for resident in people.residents)
    assert set(range(9)) <= set(decades)
    assert all(resident.birth_on <= AS_OF for resident in people.residents)


def test_chronic_disease_is_as_common_as_it_is(people: Population) -> None:
    old = [resident for resident in people.residents if age_on(resident.birth_on, AS_OF) >= 65]
    share = sum("hypertension" in resident.conditions for resident in old) / len(old)
    assert 0.3 < share < 0.65
    sick = [r for r in people.residents if {"hypertension", "diabetes"} & set(r.conditions)]
    generated = [r for r in sick if not r.story]
    assert all(len(resident.readings) >= 3 for resident in generated)
    assert not any("hypertension" in r.conditions for r in people.residents if age_on(r.birth_on, AS_OF) < 18)


def test_children_have_guardians_and_some_old_people_a_proxy(people: Population) -> None:
    born = {resident.key: resident.birth_on for resident in people.residents}
    kinds = Counter(relation.kind for relation in people.relations)
    assert kinds["guardian"] >= 10
    assert kinds["proxy"] >= 20
    for relation in people.relations:
        assert age_on(born[relation.acting], AS_OF) >= 18
        if relation.kind == "guardian":
            assert age_on(born[relation.resident], AS_OF) < 18


def test_people_away_without_papers_under_care_and_on_own_wages(people: Population) -> None:
    away = {resident.away_at for resident in people.residents if resident.away_at}
    assert "浙江" in away
    assert len(away) >= 3
    assert any(resident.id_number is None for resident in people.residents)
    assert any(resident.own_wages for resident in people.residents)
    assert any(resident.lacks_capacity for resident in people.residents)
    assert {"disabled", "pregnant", "poor-household"} <= {g for r in people.residents for g in r.key_groups}


def test_rare_characters_and_dots_are_among_the_names(people: Population, mangshi: Population) -> None:
    names = "".join(resident.name for resident in people.residents)
    assert set("㛃堃淼䶮𠮷") <= set(names)
    assert "·" in names
    assert not set("•‧・") & set(names)
    assert "爨" in "".join(resident.name for resident in mangshi.residents)


def test_namesakes_live_in_one_village_and_a_name_may_be_one_or_four_characters(mangshi: Population) -> None:
    namesakes = [resident for resident in mangshi.residents if (resident.name, resident.village) == ("岩相", "namu")]
    assert len(namesakes) >= 3
    assert len({resident.household for resident in namesakes}) >= 3
    assert len({resident.birth_on.year for resident in namesakes}) < len(namesakes)
    lengths = {len(resident.name) for resident in mangshi.residents}
    assert {1, 2, 3, 4} <= lengths
    peoples = {resident.ethnicity for resident in mangshi.residents}
    assert {"傣族", "景颇族", "德昂族", "阿昌族", "傈僳族", "汉族"} <= peoples
    assert {"傣语", "德昂语", "景颇语（载瓦）"} <= {resident.language for resident in mangshi.residents}


def test_border_residents_without_a_card_pay_themselves(mangshi: Population) -> None:
    guests = [r for r in mangshi.residents if r.id_number is None and r.birth_on < date(2025, 1, 1)]
    assert len(guests) >= 3
    assert {guest.insurance for guest in guests} == {"none"}


def test_the_story_has_its_people(people: Population, pack: Pack) -> None:
    if pack.county_id == "xinmi":
        patient, child = people.resident("wang-guilan"), people.resident("li-xiaomei")
        assert (patient.name, patient.birth_on.year, patient.village) == ("王桂兰", 1958, "yuanzhuang-cun")
        assert people.clinician("family-doctor-yuanzhuang").name == "张建国"
        assert people.clinician("village-doctor-yuanzhuang-cun").name == "樊大川"
        assert people.clinician("department-head-yuanzhuang").name == "李秀英"
    else:
        patient, child = people.resident("xian-yanbao"), people.resident("xian-yuetuan")
        assert (patient.name, patient.birth_on.year, patient.village) == ("线岩保", 1959, "namu")
    assert patient.phone != child.phone
    acts = {(r.resident, r.acting, r.kind) for r in people.relations}
    assert (patient.key, child.key, "proxy") in acts
    phones = Counter(resident.phone for resident in people.residents)
    assert phones[patient.phone] == phones[child.phone] == 1


def test_every_role_is_filled_where_the_pack_has_it(people: Population, pack: Pack) -> None:
    assert len(people.clinicians) >= 40
    roles = {place.role for clinician in people.clinicians for place in clinician.places}
    assert roles >= set(Role) - {Role.ANONYMOUS, Role.RESIDENT, Role.SYSTEM}
    for clinician in people.clinicians:
        for place in clinician.places:
            entry = pack.institutions.institution(place.institution)
            assert place.department is None or place.department in entry.departments
    for chain in pack.referral.chains:
        for step in chain.steps:
            assert any(set(step.roles) & {p.role for p in c.places} for c in people.clinicians), step.code
    for session in pack.booking.outreach:
        sites = {place.institution for place in people.clinician(session.practitioner).places}
        assert {session.site, session.from_institution} <= sites


def test_every_populated_village_has_a_team_and_a_village_doctor(people: Population) -> None:
    homes = {resident.village for resident in people.residents}
    served = {village for team in people.teams for village in team.villages}
    assert homes <= served
    members = {key for team in people.teams for key in team.members}
    doctors = {c.key for c in people.clinicians if c.has(Role.VILLAGE_DOCTOR)}
    assert doctors <= members
    for team in people.teams:
        assert people.clinician(team.leader).has(Role.FAMILY_DOCTOR)
        assert {f"village-doctor-{village}" for village in team.villages} <= set(team.members)


def test_a_township_offers_a_choice_and_the_patient_of_the_story_is_still_free(people: Population) -> None:
    choices = Counter(team.institution for team in people.teams)
    assert set(choices.values()) == {2}
    assert {"wang-guilan", "xian-yanbao"} & people.unsigned
    assert people.unsigned <= {resident.key for resident in people.residents}


def test_a_county_without_a_cast_has_no_demonstration() -> None:
    assert has_cast("xinmi")
    assert not has_cast("qinghe")
