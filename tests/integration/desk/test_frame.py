"""The frame of the console: only who signed in, only from our own pages, only what their role is for."""

import re

import pytest
from flask import Flask

from backend.desk.frame import WAYS
from backend.kernel.roles import Role
from tests import factories
from tests.integration.desk.browser import ORIGIN, Browser, browser_of

HOSPITAL = "first-hospital"


def staff(app: Flask, *roles: Role, institution: str = HOSPITAL) -> Browser:
    return browser_of(app, factories.staff_person(app, institution, *roles)[0])


def test_without_a_sign_in_one_is_led_there_and_back(app: Flask) -> None:
    answer = app.test_client().get("/desk/answers?filter=bed")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/desk/sign-in?next=/desk/answers%3Ffilter%3Dbed"
    part = app.test_client().get("/desk/answers", headers={"HX-Request": "true"})
    assert part.headers["HX-Redirect"] == "/desk/sign-in"


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example", "http://localhost.evil.example"])
def test_a_form_of_another_site_does_nothing(app: Flask, origin: str | None) -> None:
    desk = staff(app, Role.DESK_CLERK)
    headers = {"X-Guard-Word": desk.guard(), "Idempotency-Key": "12345678"}
    if origin is not None:
        headers["Origin"] = origin
    answer = desk.client.post("/desk/sign-out", headers=headers)
    assert answer.status_code == 403
    assert "服务台页面" in answer.text
    assert desk.get("/desk/places").status_code == 200


def test_a_form_without_its_word_does_nothing(app: Flask) -> None:
    desk, other = staff(app, Role.DESK_CLERK), staff(app, Role.DESK_CLERK)
    for word in ("", "0" * 64, other.guard()):
        headers = {"Origin": ORIGIN, "X-Guard-Word": word, "Idempotency-Key": "12345678"}
        assert desk.client.post("/desk/sign-out", headers=headers).status_code == 403


def test_signing_out_ends_it_everywhere(app: Flask) -> None:
    desk = staff(app, Role.DESK_CLERK)
    headers = {"Origin": ORIGIN, "X-Guard-Word": desk.guard(), "Idempotency-Key": "12345678"}
    assert desk.client.post("/desk/sign-out", headers=headers).status_code == 303
    assert desk.get("/desk/places").status_code == 303


@pytest.mark.parametrize(
    ("role", "institution", "sees", "not_sees"),
    [
        (Role.DESK_CLERK, HOSPITAL, "要答复", "卫健局"),
        (Role.BUREAU, "health-bureau", "卫健局", "要答复"),
    ],
)
def test_the_bar_shows_what_the_role_is_for(app: Flask, role: Role, institution: str, sees: str, not_sees: str) -> None:
    desk = staff(app, role, institution=institution)
    start = desk.get("/desk/")
    assert start.status_code == 303
    if role is Role.DESK_CLERK:
        page = desk.text("/desk/places")
        assert sees in page
        assert not_sees not in page
    else:
        assert start.headers["Location"] == "/desk/bureau"
        assert desk.get("/desk/answers").status_code == 403


def test_the_board_counts_and_names_nobody(app: Flask) -> None:
    page = staff(app, Role.DESK_CLERK).text("/desk/places")
    assert "转诊优先号" in page
    assert "（样例）" in page


def test_only_safe_words_lead_back(app: Flask) -> None:
    for bad in ("https://evil.example/desk/", "//evil.example/desk/", "/desk\\evil", "javascript:alert(1)"):
        page = app.test_client().get("/desk/sign-in", query_string={"next": bad}).text
        assert 'name="next" value=""' in page
    assert 'value="/desk/beds"' in app.test_client().get("/desk/sign-in?next=/desk/beds").text


def test_a_wrong_sign_in_says_so_and_keeps_what_was_typed(app: Flask) -> None:
    answer = app.test_client().post(
        "/desk/sign-in", data={"login": "nobody", "password": "x", "code": "000000"}, headers={"Origin": ORIGIN}
    )
    assert answer.status_code == 422
    assert 'value="nobody"' in answer.text
    assert 'role="alert"' in answer.text


def test_the_bars_numbers_come_along_with_a_list(app: Flask) -> None:
    part = staff(app, Role.DESK_CLERK).text("/desk/answers", part=True)
    assert re.search(r'id="count-answers"[^>]*hx-swap-oob="true">\d+<', part)
    assert 'hx-swap-oob="true"><h3>给转诊病人留的床' in staff(app, Role.DESK_CLERK).text("/desk/beds", part=True)


def test_whoever_was_signed_out_comes_back_to_the_open_page(app: Flask) -> None:
    asked = {"HX-Request": "true", "HX-Current-URL": "http://localhost/desk/day?on=2026-12-01"}
    sent = app.test_client().get("/desk/day", headers=asked)
    assert sent.headers["HX-Redirect"] == "/desk/sign-in?next=/desk/day%3Fon%3D2026-12-01"
    assert "15 分钟" in app.test_client().get(sent.headers["HX-Redirect"]).text
    elsewhere = app.test_client().get("/desk/sign-in?next=https://elsewhere.example/desk/").text
    assert "elsewhere" not in elsewhere


def test_a_lost_clerk_finds_the_way_back(app: Flask) -> None:
    assert 'href="/desk/answers"' in staff(app, Role.DESK_CLERK).text("/desk/nothing")


def test_nothing_stands_twice_in_the_bar() -> None:
    assert len({way.code for way in WAYS}) == len(WAYS)
