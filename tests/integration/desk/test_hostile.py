"""What a hostile or clumsy hand sends to the console is answered in words, never with our own breakdown."""

from uuid import UUID

import pytest
from flask import Flask

from backend.kernel.roles import Role
from backend.people.models import Resident
from backend.store.db import transaction
from tests import factories
from tests.integration.booking import scene
from tests.integration.booking.test_open_places import make, take
from tests.integration.desk.browser import ORIGIN, Browser, browser_of


@pytest.fixture
def desk(app: Flask) -> Browser:
    return browser_of(app, factories.staff_person(app, scene.HOSPITAL, Role.DESK_CLERK)[0])


@pytest.mark.parametrize("day", ["9999-12-31", "9999-12-28", "0001-01-01", "0001-01-05"])
def test_a_week_beyond_the_calendar(desk: Browser, day: str) -> None:
    answer = desk.get(f"/desk/places?from={day}")
    assert answer.status_code == 422
    assert "日期不对" in answer.text


@pytest.mark.parametrize(
    "said", ["http://[aaaaaaaaaa", "http://[::1]x/v/410183264821739", "https://a\u2100b.cn/v/12345"]
)
def test_an_address_that_is_none(app: Flask, desk: Browser, said: str) -> None:
    assert desk.post("/desk/arrivals/look", q=said).status_code == 422
    clerk, _ = factories.staff_person(app, scene.HOSPITAL, Role.DESK_CLERK)
    assert clerk.post("/api/v1/certificates/verify", {"text": said}).json["code"] == "no_certificate"


def test_the_patient_of_an_ordinary_place_opens_too(app: Flask, desk: Browser) -> None:
    """Every row of the day's list opens, also that of somebody who booked without a referral."""
    who, resident_id = factories.resident_person(app)
    (slot,) = make(app)
    made = take(who, slot, confirm=True).json
    shown = desk.text(f"/desk/arrivals/{made['id']}")
    with app.app_context(), transaction() as current:
        assert current.get_one(Resident, ("xinmi", resident_id)).name in shown
    assert "没有转诊证明" in shown
    code = desk.post("/desk/arrivals/look", q=made["code"])
    assert code.status_code == 200, code.text
    assert str(UUID(str(resident_id))) in code.text
    came = desk.post(
        "/desk/arrivals/register", category="outpatient", department="cardiology", resident_id=str(resident_id)
    )
    assert came.status_code == 200, came.text


@pytest.mark.parametrize("field", ["login", "county", "password", "code"])
def test_a_sign_in_with_characters_no_keyboard_has(app: Flask, field: str) -> None:
    form = {"login": "nobody", "password": "x", "code": "123456", "county": "xinmi"} | {field: "a\x00b"}
    answer = app.test_client().post("/desk/sign-in", data=form, headers={"Origin": ORIGIN})
    assert answer.status_code in (400, 422), answer.text


@pytest.mark.parametrize(
    "back", ["//evil.example/desk/", "https://evil.example/desk/", "/desk/\\evil", "/desk/%0d%0aX:1"]
)
def test_a_sign_in_leads_to_no_other_site(app: Flask, back: str) -> None:
    page = app.test_client().get("/desk/sign-in", query_string={"next": back})
    assert page.status_code == 200
    assert "evil" not in page.text
