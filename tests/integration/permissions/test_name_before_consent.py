"""Before consent a house that is asked knows nobody's name, by whatever door it asks; after a withdrawal neither."""

from typing import Any

import pytest
from flask import Flask

from backend.kernel.roles import Role
from backend.people.models import Account, Resident
from backend.store.db import transaction
from tests import factories
from tests.factories import Person
from tests.integration.desk.browser import browser_of
from tests.integration.referrals.down_rig import make_down
from tests.integration.referrals.rig import Cast, signer


def name_of(app: Flask, cast: Cast) -> str:
    with app.app_context(), transaction() as current:
        return current.get_one(Resident, (cast.county, cast.patient_id)).name


def known_on_wechat(app: Flask, who: Person) -> None:
    """The clerk has an own health record on the same WeChat, as every villager may."""
    with app.app_context(), transaction() as current:
        own = factories.make_resident(current, who.county_id)
        current.get_one(Account, (who.county_id, who.account_id)).resident_id = own.id


def silent(answer: Any, name: str, *also: str) -> None:
    assert answer.status_code in (200, 404), answer.get_data(as_text=True)
    said = answer.get_data(as_text=True)
    for word in (name, *also):
        assert word not in said


DOORS = ("", "/hand-over", "/family-page", "/certificate", "/bed", "/around", "/consent-text")


def test_a_clerk_with_an_own_record_sees_no_name_either(app: Flask, cast: Cast) -> None:
    referral, name = cast.submitted(), name_of(app, cast)
    known_on_wechat(app, cast.clerk)
    seen = cast.read(referral, cast.clerk)
    assert (seen["person"], seen["summary"], seen["records"]) == (None, None, [])
    mine = next(
        one for one in cast.clerk.get("/api/v1/referral-answers").json["items"] if one["referral_id"] == referral
    )
    assert mine["person"] is None
    silent(cast.clerk.get("/api/v1/referrals?limit=100"), name)
    assert cast.read(referral, cast.patient)["person"]["name"] == name
    assert cast.consent(referral).status_code == 200
    assert cast.read(referral, cast.clerk)["person"]["name"] == name


def test_no_door_of_the_asked_house_names_the_patient(app: Flask, cast: Cast) -> None:
    referral, name = cast.submitted(category="stay"), name_of(app, cast)
    for door in DOORS:
        silent(cast.clerk.get(f"/api/v1/referrals/{referral}{door}"), name)
    assert cast.clerk.get(f"/api/v1/referrals/{referral}/bed").status_code == 200
    silent(browser_of(app, cast.clerk).get(f"/desk/answers/{referral}"), name)
    assert cast.consent(referral).status_code == 200
    assert cast.clerk.get(f"/api/v1/referrals/{referral}/bed").json["person"]["name"] == name
    assert cast.doctor.get(f"/api/v1/referrals/{referral}/bed").json["person"]["name"] == name


def test_a_question_passed_on_names_nobody_before_consent(app: Flask, cast: Cast) -> None:
    referral, name = cast.submitted(), name_of(app, cast)
    passed = cast.clerk.post(f"/api/v1/referrals/{referral}/pass-on", {"role": "department_head"})
    assert passed.status_code == 200, passed.json
    tasks = cast.hospital_head.get("/api/v1/tasks")
    mine = next(one for one in tasks.json["items"] if one["focus_id"] == referral)
    silent(cast.hospital_head.get(f"/api/v1/tasks/{mine['id']}"), name)
    silent(tasks, name)
    assert (mine["resident_id"], mine["resident_name"]) == (None, None)


def test_the_desks_search_tells_nobody_who_is_behind_a_question(app: Flask, cast: Cast) -> None:
    referral, name = cast.submitted(), name_of(app, cast)
    desk = browser_of(app, cast.clerk)
    assert "没有找到" in desk.text(f"/desk/search?q={name}"), "a name that finds the row gives the row its name"
    assert cast.consent(referral).status_code == 200
    assert f"<b>{name}</b>" in desk.text(f"/desk/search?q={name}")


@pytest.mark.clause("MS-4.2.2u2")
def test_a_withdrawal_ends_the_sight_of_the_certificate_too(app: Flask, cast: Cast) -> None:
    referral, name = cast.issued(), name_of(app, cast)
    assert name in cast.clerk.get(f"/api/v1/referrals/{referral}/certificate").get_data(as_text=True)
    assert cast.patient.post(f"/api/v1/referrals/{referral}/withdraw", {"reason": "不去了"}).status_code == 200
    for door in (*DOORS, "/certificate.pdf"):
        silent(cast.clerk.get(f"/api/v1/referrals/{referral}{door}"), name, "无胸闷")
    assert cast.patient.get(f"/api/v1/referrals/{referral}/certificate").status_code == 200
    assert cast.doctor.get(f"/api/v1/referrals/{referral}/certificate").status_code == 200


@pytest.mark.parametrize("county", ["xinmi", "mangshi"])
def test_the_family_page_is_no_back_door_for_the_house_below(app: Flask, morning: None, county: str) -> None:
    down = make_down(app, county)
    referral = down.submitted()
    with app.app_context(), transaction() as current:
        name = current.get_one(Resident, (county, down.patient_id)).name
    nurse = signer(app, down.places.township, Role.TEAM_NURSE, county=county)
    for door in DOORS:
        silent(nurse.get(f"/api/v1/referrals/{referral}{door}"), name, "肾功能")
    assert down.patient.get(f"/api/v1/referrals/{referral}/family-page").json["person"]["name"] == name
    assert down.consent(referral).status_code == 200
    assert nurse.get(f"/api/v1/referrals/{referral}/family-page").json["person"]["name"] == name


def test_a_doctor_who_is_somebodys_patient_withdraws_as_a_doctor(app: Flask, cast: Cast) -> None:
    """The record says who gave up: a doctor with an own record on WeChat was written down as the patient."""
    referral = cast.submitted()
    known_on_wechat(app, cast.doctor)
    ended = cast.doctor.post(f"/api/v1/referrals/{referral}/withdraw", {"reason": "写错了医院"})
    assert (ended.status_code, ended.json["end_reason"]) == (200, "doctor")
