"""The privacy notice: read by anybody, agreed to by version, taken back with effect."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import resident_person
from tests.integration.people.conftest import Door, fresh_phone, newcomer, resident_with_phone

CONSENTS = "/api/v1/privacy-consents"


@pytest.mark.parametrize(("county", "name"), [("xinmi", "新密市"), ("mangshi", "芒市"), ("", "本县"), ("x", "本县")])
def test_the_notice_is_public_and_names_the_county(client: FlaskClient, county: str, name: str) -> None:
    notice = client.get(f"/api/v1/privacy-notice?county={county}").get_json()
    assert notice["version"] == "1"
    assert name in notice["text"]
    assert "{" not in notice["text"]


def test_agreeing_twice_is_agreeing_once(app: Flask, door: Door) -> None:
    person = newcomer(app, agreed=False)
    for _ in range(2):
        assert person.post(CONSENTS, {"version": "1"}).status_code == 201
    me = person.get("/api/v1/me").get_json()
    assert (me["privacy_consent_needed"], me["health_consent_needed"]) == (False, True)
    assert [row["kind"] for row in person.get(CONSENTS).get_json()["items"]] == ["notice"]


def test_another_version_is_not_agreed_to(app: Flask, door: Door) -> None:
    answer = newcomer(app, agreed=False).post(CONSENTS, {"version": "0"})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "notice_changed")


@pytest.mark.parametrize("kind", ["notice", "health"])
def test_taking_it_back_hides_the_record_and_agreeing_again_shows_it(app: Flask, door: Door, kind: str) -> None:
    phone = fresh_phone()
    resident_with_phone(app, phone)
    person = newcomer(app)
    person.post("/api/v1/claims", {"phone_code": phone})
    assert person.request("DELETE", f"{CONSENTS}/{kind}").status_code == 200
    me = person.get("/api/v1/me").get_json()
    assert me["residents"] == []
    assert me["health_consent_needed"] is True
    assert person.get("/api/v1/related-persons").status_code == 404
    person.post(CONSENTS, {"version": "1", "health_data": True})
    assert len(person.get("/api/v1/me").get_json()["residents"]) == 1


def test_nobody_agrees_for_a_strangers_child(app: Flask, door: Door) -> None:
    _, stranger_id = resident_person(app)
    answer = newcomer(app).post(CONSENTS, {"version": "1", "child_id": str(stranger_id)})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "not_your_ward")


def test_an_unknown_kind_is_not_found(app: Flask, door: Door) -> None:
    assert newcomer(app).request("DELETE", f"{CONSENTS}/everything").status_code == 404
