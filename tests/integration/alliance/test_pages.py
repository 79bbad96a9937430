"""Public pages of the county's institutions, and a member's exit."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.alliance import queries
from backend.kernel.roles import Role
from backend.store.db import transaction
from tests import factories


def get(client: FlaskClient, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200, answer.json
    return answer.json


def test_both_counties_are_listed_with_their_own_words(client: FlaskClient) -> None:
    items = {item["id"]: item for item in get(client, "/api/v1/counties")["items"]}
    assert items["xinmi"]["policy_title"] == "关于推进全市医疗联合工作的实施意见"
    assert items["mangshi"]["words"]["prefecture_level"] == "州级医院"
    assert [level["code"] for level in items["xinmi"]["levels"]][3] == "city"


@pytest.mark.clause("MS-4.2.1")
def test_the_directory_of_referral_desks_has_two_phones_each(client: FlaskClient) -> None:
    for county in ("xinmi", "mangshi"):
        items = get(client, f"/api/v1/institutions?county={county}&desk=true")["items"]
        assert len(items) >= 8
        assert all(len(item["desk"]["phones"]) == 2 for item in items)
        assert "village_clinic" not in {item["kind"] for item in items}


@pytest.mark.clause("MS-4.2.3a")
@pytest.mark.clause("MS-3")
def test_an_institution_publishes_what_it_treats(client: FlaskClient) -> None:
    page = get(client, "/api/v1/institutions/th-fengping?county=mangshi")
    treats = {item["code"] for item in page["capability"]["treats"]}
    assert "hypertension" in treats
    assert "cancer" not in treats
    assert page["capability"]["source"]["id"] == "MS-3"
    assert page["capability"]["sample"] is True
    assert page["second_name"] == "芒市人民医院风平分院"


@pytest.mark.clause("MS-4.2.3a")
@pytest.mark.parametrize("county", ["xinmi", "mangshi"])
def test_who_can_treat_it_is_asked_by_the_disease(client: FlaskClient, county: str) -> None:
    every = {item["code"] for item in get(client, f"/api/v1/institutions?county={county}")["items"]}
    for condition in ("hypertension", "cancer"):
        able = {
            item["code"] for item in get(client, f"/api/v1/institutions?county={county}&condition={condition}")["items"]
        }
        published = {
            code
            for code in every
            for page in [get(client, f"/api/v1/institutions/{code}?county={county}")]
            if condition in {item["code"] for item in (page["capability"] or {"treats": []})["treats"]}
        }
        assert able == published
        assert able < every
        assert able
    assert get(client, f"/api/v1/institutions?county={county}&condition=no-such-disease")["items"] == []


@pytest.mark.clause("MS-4.4")
def test_a_township_shows_what_is_being_built_up(client: FlaskClient) -> None:
    page = get(client, "/api/v1/institutions/th-fengping?county=mangshi")
    built = {item["name"]: (item["planned"], item["reached"]) for item in page["capability"]["developing"]}
    assert built["全科医生"] == (8, 5)


@pytest.mark.clause("MS-4.7a")
def test_the_page_shows_the_benefit_of_its_level_marked_as_a_sample(client: FlaskClient) -> None:
    near = get(client, "/api/v1/institutions/th-fengping?county=mangshi")["benefit"]
    far = get(client, "/api/v1/institutions/people-hospital?county=mangshi")["benefit"]
    assert near["stay_deductible_fen"] < far["stay_deductible_fen"]
    assert near["stay_bands"][0]["percent"] > far["stay_bands"][0]["percent"]
    assert near["sample"] is True
    assert near["ordering_source"]["id"] == "MS-4.7a"
    xinmi = get(client, "/api/v1/institutions/th-yuanzhuang?county=xinmi")["benefit"]
    assert xinmi["ordering_source"]["kind"] == "setting"


def test_an_unknown_institution_says_where_to_look(client: FlaskClient) -> None:
    answer = client.get("/api/v1/institutions/no-such?county=xinmi")
    assert (answer.status_code, answer.json["code"]) == (404, "no_institution")


@pytest.mark.clause("XM-4")
@pytest.mark.clause("XM-2")
def test_alliances_show_leads_terms_signatories_and_leading_groups(client: FlaskClient) -> None:
    (alliance,) = get(client, "/api/v1/alliances?county=xinmi")["items"]
    assert alliance["leads"] == ["first-hospital", "tcm-hospital"]
    member = next(m for m in alliance["members"] if m["institution"] == "th-yuanzhuang")
    assert member["signatories"] == [{"name": "杨树林", "duty": "院长"}]
    assert (member["until_on"], member["actions"]) == ("2027-12-31", [])
    groups = {group["institution"] for group in alliance["leading_groups"]}
    assert {None, "first-hospital", "th-yuanzhuang"} <= groups


@pytest.mark.clause("MS-4.3c")
def test_mangshi_shows_two_alliances_and_no_institution_in_both(client: FlaskClient) -> None:
    items = get(client, "/api/v1/alliances?county=mangshi")["items"]
    members = [m["institution"] for alliance in items for m in alliance["members"]]
    assert len(items) == 2
    assert len(members) == len(set(members))


def membership(client: FlaskClient, county: str, institution: str) -> dict[str, Any]:
    for alliance in get(client, f"/api/v1/alliances?county={county}")["items"]:
        for member in alliance["members"]:
            if member["institution"] == institution:
                return dict(member)
    raise AssertionError(institution)


@pytest.mark.clause("XM-4")
@pytest.mark.clause("XM-2")
def test_only_the_members_own_office_leaves_and_benefits_end_on_the_day(app: Flask, client: FlaskClient) -> None:
    ours = membership(client, "xinmi", "th-niudian")
    office, _ = factories.staff_person(app, "th-niudian", Role.MEDICAL_OFFICE)
    lead, _ = factories.staff_person(app, "first-hospital", Role.MEDICAL_OFFICE)
    bureau, _ = factories.staff_person(app, "health-bureau", Role.BUREAU)
    path = f"/api/v1/memberships/{ours['id']}/leave"
    body = {"leave_on": "2026-12-31", "reason": "协议期内自愿退出"}

    assert lead.post(path, body).status_code == 404
    assert bureau.post(path, body).status_code == 403
    early = office.post(path, body | {"leave_on": "2016-01-01"})
    assert (early.status_code, early.json["code"]) == (422, "leave_day")
    done = office.post(path, body)
    assert (done.status_code, done.json["status"], done.json["left_on"]) == (200, "left", "2026-12-31")
    again = office.post(path, body)
    assert (again.status_code, again.json["code"]) == (409, "illegal_move")

    with app.app_context(), transaction():
        before, after = (
            queries.share_alliance("xinmi", "vc-baoquan", "first-hospital", date(2026, 12, day)) for day in (30, 31)
        )
    assert (before, after) == (True, False)


def test_the_diseases_a_county_names_carry_the_codes_a_diagnosis_is_written_with(client: FlaskClient) -> None:
    for county in ("xinmi", "mangshi"):
        found = {item["code"]: item for item in get(client, f"/api/v1/conditions?county={county}")["items"]}
        assert found["hypertension"]["name"] == "高血压"
        assert "I10" in found["hypertension"]["icd10"]
