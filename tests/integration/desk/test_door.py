"""The sign-in page of a demonstration offers a few people; anywhere else it offers nobody."""

import dataclasses

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


@pytest.mark.parametrize("changed", [{"demo": False}, {"production": True}])
def test_nobody_is_offered_outside_a_demonstration(
    app: Flask, monkeypatch: pytest.MonkeyPatch, changed: dict[str, bool]
) -> None:
    monkeypatch.setitem(app.config, "SETTINGS", dataclasses.replace(app.config["SETTINGS"], **changed))
    page = app.test_client().get("/desk/sign-in?play=xinmi.desk-day").text
    assert "play=" not in page
    assert "liandong-demo" not in page


def test_the_address_without_a_path_leads_to_the_three_doors(app: Flask) -> None:
    page = app.test_client().get("/").text
    for address in ("/app/", "/desk/", "/api/docs"):
        assert f'href="{address}"' in page
