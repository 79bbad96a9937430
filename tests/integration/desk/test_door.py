"""The sign-in page of a demonstration offers a few people; anywhere else it offers nobody."""

import dataclasses
import re

import pytest
from flask import Flask


def test_a_demonstration_offers_people_of_both_counties_with_what_they_type(app: Flask) -> None:
    page = app.test_client().get("/desk/sign-in").text
    assert "新密市" in page
    assert "/desk/sign-in?play=mangshi.bureau-officer" in page
    assert "liandong-demo" not in page
    chosen = app.test_client().get("/desk/sign-in?play=xinmi.desk-day").text
    assert 'value="xinmi.desk-day"' in chosen
    assert 'value="liandong-demo"' in chosen
    assert "liandong-demo" not in app.test_client().get("/desk/sign-in?play=xinmi.nobody").text


def test_only_the_code_is_asked_for_again_so_that_nothing_typed_is_lost(app: Flask) -> None:
    page = app.test_client().get("/desk/sign-in?play=xinmi.desk-day").text
    assert 'http-equiv="refresh"' not in page
    assert 'data-play="xinmi.desk-day"' in page
    now = app.test_client().get("/desk/sign-in/code?play=xinmi.desk-day")
    assert now.json is not None
    assert re.fullmatch("[0-9]{6}", now.json["code"])
    assert 1 <= now.json["left"] <= 30
    assert now.headers["Cache-Control"] == "no-store"
    for nobody in ("", "?play=xinmi.nobody", "?play=xinmi.family-doctor-yuanzhuang"):
        assert app.test_client().get(f"/desk/sign-in/code{nobody}").status_code == 404


@pytest.mark.parametrize("changed", [{"demo": False}, {"production": True}])
def test_nobody_is_offered_outside_a_demonstration(
    app: Flask, monkeypatch: pytest.MonkeyPatch, changed: dict[str, bool]
) -> None:
    monkeypatch.setitem(app.config, "SETTINGS", dataclasses.replace(app.config["SETTINGS"], **changed))
    page = app.test_client().get("/desk/sign-in?play=xinmi.desk-day").text
    assert "play=" not in page
    assert "liandong-demo" not in page
    assert app.test_client().get("/desk/sign-in/code?play=xinmi.desk-day").status_code == 404


def test_the_address_without_a_path_leads_to_the_three_doors(app: Flask) -> None:
    page = app.test_client().get("/").text
    for address in ("/app/", "/desk/", "/api/docs"):
        assert f'href="{address}"' in page
