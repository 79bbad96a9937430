"""Who sees a referral when: a draft is its doctor's own, and a hospital that is no longer asked lists nothing."""

import re

import pytest
from flask import Flask

from backend.kernel.roles import Role
from tests import factories
from tests.integration.desk.browser import Browser, browser_of
from tests.integration.referrals.rig import Cast, signer

LIST = "/api/v1/referrals?limit=100"


def ids(answer) -> set[str]:
    assert answer.status_code == 200, answer.json
    return {one["id"] for one in answer.json["items"]}


def opens_every_row(desk: Browser) -> set[str]:
    """Open what the desk lists, as a person would; returns what was listed."""
    listed = set(re.findall(r'data-id="([0-9a-f-]{36})"', desk.text("/desk/answers")))
    for one in listed:
        assert desk.get(f"/desk/answers/{one}").status_code == 200, one
    return listed


def sent_back(cast: Cast) -> str:
    """A referral that the hospital was asked about and a signer gave back."""
    referral = cast.submitted()
    line = cast.waiting_for(cast.head, referral)
    assert line is not None
    answer = cast.head.post(f"/api/v1/signatures/{line['id']}/return", {"reason": "请换一家医院"})
    assert answer.status_code == 200, answer.json
    return referral


def test_a_draft_is_its_doctors_own_paper(app: Flask, cast: Cast) -> None:
    draft = cast.draft()["id"]
    with_family, _ = factories.resident_person(app, cast.county)
    colleague = signer(app, cast.places.township, Role.FAMILY_DOCTOR, county=cast.county)
    for who in (cast.patient, colleague, cast.head, cast.clerk, with_family):
        for page in ("", "/consent-text", "/around", "/certificate"):
            assert who.get(f"/api/v1/referrals/{draft}{page}").status_code == 404, page
        assert draft not in ids(who.get(LIST))
    assert cast.patient.post(f"/api/v1/referrals/{draft}/withdraw", {"reason": "不去了"}).status_code == 404
    assert cast.read(draft)["status"] == "draft"
    assert cast.submit(draft).status_code == 200
    assert cast.read(draft, cast.patient)["status"] == "submitted"
    assert cast.read(draft, colleague)["status"] == "submitted"


def test_a_draft_thrown_away_is_shown_to_nobody_else(cast: Cast) -> None:
    draft = cast.draft()["id"]
    assert cast.doctor.post(f"/api/v1/referrals/{draft}/withdraw", {"reason": "写错了"}).status_code == 200
    for who in (cast.patient, cast.head, cast.clerk):
        assert who.get(f"/api/v1/referrals/{draft}").status_code == 404
    assert cast.read(draft)["status"] == "withdrawn"


def test_a_doctor_who_is_ill_does_not_see_a_colleagues_draft(app: Flask, cast: Cast) -> None:
    from backend.people.models import Account
    from backend.store.db import transaction

    ill, _ = factories.staff_person(app, cast.places.clinic, Role.VILLAGE_DOCTOR, county_id=cast.county)
    with app.app_context(), transaction() as current:
        current.get_one(Account, (cast.county, cast.patient.account_id)).resident_id = None
        current.flush()
        current.get_one(Account, (cast.county, ill.account_id)).resident_id = cast.patient_id
    draft = cast.draft()["id"]
    assert ill.get(f"/api/v1/referrals/{draft}").status_code == 404
    assert draft not in ids(ill.get(LIST))
    assert cast.submit(draft).status_code == 200
    assert draft in ids(ill.get(LIST))


@pytest.mark.clause("MS-4.2.3e")
def test_an_own_wish_names_another_house_and_the_patients_own_visit(app: Flask, cast: Cast) -> None:
    cast.open_visit()
    body = {"resident_id": str(cast.patient_id), "to_institution": cast.places.township}
    refused = cast.doctor.post("/api/v1/referrals/own-wish", body)
    assert (refused.status_code, refused.json["code"]) == (422, "same_institution")
    _, neighbour_id = factories.resident_person(app, cast.county, village=cast.places.village)
    seen = cast.doctor.post("/api/v1/visits", {"resident_id": str(neighbour_id), "department": "general_practice"})
    assert seen.status_code == 201, seen.json
    wrong = body | {"to_institution": cast.places.hospital, "visit_id": seen.json["id"]}
    assert cast.doctor.post("/api/v1/referrals/own-wish", wrong).json["code"] == "visit_not_found"
    kept = {one["person"]["id"] for one in cast.doctor.get(LIST).json["items"]}
    assert not kept & {str(cast.patient_id), str(neighbour_id)}


def test_the_console_does_not_open_for_a_patient_even_on_their_own_case(app: Flask, cast: Cast) -> None:
    referral = cast.submitted()
    assert cast.read(referral, cast.patient)["status"] == "submitted"
    assert browser_of(app, cast.patient).get(f"/desk/answers/{referral}").status_code == 403


def test_a_hospital_that_is_no_longer_asked_lists_nothing(app: Flask, cast: Cast) -> None:
    """Sent back by a signer and turned to another hospital: the first one kept a row whose case answered 404."""
    desk, referral = browser_of(app, cast.clerk), sent_back(cast)
    assert referral in opens_every_row(desk)
    turned = cast.doctor.request(
        "PUT",
        f"/api/v1/referrals/{referral}",
        {"to_institution": cast.places.other_hospital, "cleared": ["to_department"]},
    )
    assert turned.status_code == 200, turned.json
    assert referral not in opens_every_row(desk)
    assert referral not in {one["referral_id"] for one in cast.clerk.get("/api/v1/referral-answers").json["items"]}
    assert cast.accept(referral).status_code == 409
    assert desk.get(f"/desk/answers/{referral}").status_code == 404


def test_a_referral_given_up_asks_no_hospital(app: Flask, cast: Cast) -> None:
    desk, referral = browser_of(app, cast.clerk), cast.submitted()
    assert referral in opens_every_row(desk)
    given_up = cast.doctor.post(f"/api/v1/referrals/{referral}/give-up")
    assert given_up.status_code == 200, given_up.json
    assert referral not in opens_every_row(desk)


def test_who_came_and_was_seen_before_the_answer_is_asked_about_no_more(app: Flask, cast: Cast) -> None:
    desk, referral = browser_of(app, cast.clerk), cast.submitted()
    assert cast.consent(referral).status_code == 200
    came = cast.clerk.post("/api/v1/arrivals", {"referral_id": referral, "category": "outpatient"})
    assert came.status_code == 201, came.json
    assert referral in opens_every_row(desk), "the paper may still follow"
    seen = cast.clerk.post(f"/api/v1/referrals/{referral}/result", {"result": "看过了，回去吃药"})
    assert seen.status_code == 200, seen.json
    assert referral not in opens_every_row(desk)
    assert cast.read(referral)["answer"]["status"] == "overtaken"
