"""The demonstration's people: written once, able to sign in as the console says, never in production."""

import dataclasses
import re
from typing import Any

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.alliance.queries import pack
from backend.people.commands import GROUPS
from backend.people.demo import accounts, wechat
from backend.people.demo.population import generate
from backend.people.models import Account
from backend.people.secrets import matches
from backend.store.db import transaction
from backend.store.vault import vault
from tests.integration.people.conftest import Door, sign_in


def command(app: Flask, *words: str) -> Any:
    for group in GROUPS:
        if group.name not in app.cli.commands:
            app.cli.add_command(group)
    return app.test_cli_runner().invoke(args=list(words))


@pytest.fixture(scope="module")
def loaded(app: Flask) -> str:
    result = command(app, "demo", "load")
    assert result.exit_code == 0, result.output
    return str(result.output)


def test_a_daughter_signs_in_and_may_act_for_her_mother(
    app: Flask, client: FlaskClient, door: Door, loaded: str
) -> None:
    token = sign_in(client, accounts.openid_of("xinmi", "li-xiaomei"))
    me = client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).get_json()
    assert [(row["name"], row["relation"]) for row in me["residents"]] == [("李小梅", "self"), ("王桂兰", "proxy")]
    assert (me["privacy_consent_needed"], me["health_consent_needed"]) == (False, False)


@pytest.mark.parametrize("county", ["xinmi", "mangshi"])
def test_every_clinician_signs_in_with_role_and_place(
    app: Flask, client: FlaskClient, door: Door, loaded: str, county: str
) -> None:
    with app.app_context(), transaction():
        population = generate(pack(county))
        names = {one.openid for one in wechat.holders(pack(county), population)}
    checked = 0
    for clinician in population.clinicians:
        name = accounts.openid_of(county, clinician.key)
        if name not in names:
            continue
        token = sign_in(client, name, county)
        staff = client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).get_json()["staff"]
        assert staff["name"] == clinician.name
        assert clinician.places[0].role in staff["roles"]
        assert staff["institution"]["id"] == clinician.places[0].institution
        assert staff["department"] == clinician.places[0].department
        checked += 1
    assert checked > 50


def test_a_newcomer_claims_the_record_with_the_phone_of_their_wechat(
    app: Flask, client: FlaskClient, door: Door, loaded: str
) -> None:
    with app.app_context(), transaction():
        found = pack("xinmi")
        wanted = accounts.openid_of("xinmi", "li-weidong")
        holder = next(one for one in wechat.holders(found, generate(found)) if one.openid == wanted)
    assert "还没连档案" in holder.who
    token = sign_in(client, holder.openid)
    headers = {"Authorization": f"Bearer {token}"}
    body = {"version": "1", "health_data": True}
    client.post("/api/v1/privacy-consents", json=body, headers={**headers, "Idempotency-Key": "demo-consent-1"})
    answer = client.post(
        "/api/v1/claims", json={"phone_code": holder.phone}, headers={**headers, "Idempotency-Key": "demo-claim-1"}
    )
    assert answer.get_json()["resident"]["name"] == "李卫东"


def test_the_console_shows_password_and_codes_that_are_right(app: Flask, loaded: str) -> None:
    shown = command(app, "demo", "people", "--county", "xinmi", "--search", "desk-day").output
    assert accounts.PASSWORD in shown
    with app.app_context(), transaction() as current:
        row = current.query(Account).filter_by(county_id="xinmi", login="xinmi.desk-day").one()
        assert matches(row.password_hash, accounts.PASSWORD)
        secret = vault().open(row, "totp")
    assert secret is not None
    code = re.search(r"xinmi\.desk-day  动态码 (\d{6})", shown)
    assert code is not None
    assert pyotp.TOTP(secret).verify(code[1], valid_window=1)


def test_without_the_demo_setting_there_are_no_demo_people(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "SETTINGS", dataclasses.replace(app.config["SETTINGS"], demo=False))
    result = command(app, "demo", "load")
    assert result.exit_code == 1
    assert "LIANDONG_DEMO" in result.output
