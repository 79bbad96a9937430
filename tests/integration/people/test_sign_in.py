"""Signing in: one code makes one session, a session ends when it should, WeChat's troubles are told in words."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.kernel.clock import machine_now
from backend.people import queries, sessions
from backend.people.models import Account, SignInSession, UsedCode
from backend.store.db import transaction
from backend.wechat.errors import CodeRefused, ConfigurationWrong, LoginBlocked, QuotaUsedUp, WeChatUnavailable
from backend.wechat.queries import openid_index
from tests.factories import Person, resident_person
from tests.integration.people.conftest import Door, fresh_openid, newcomer, sign_in


def test_first_visit_makes_an_account_that_may_only_claim(app: Flask, door: Door) -> None:
    person = newcomer(app, agreed=False)
    me = person.get("/api/v1/me").get_json()
    assert me["county"] == {"id": "xinmi", "name": "新密市"}
    assert me["residents"] == []
    assert me["staff"] is None
    assert me["privacy_consent_needed"] is True


def test_wechat_is_asked_with_no_session_open(app: Flask, door: Door) -> None:
    newcomer(app)
    assert door.sessions_open == [False]


def test_the_second_visit_is_the_same_account(app: Flask, client: FlaskClient, door: Door) -> None:
    openid = fresh_openid()
    first, second = sign_in(client, openid), sign_in(client, openid)
    assert first != second
    ids = [
        client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).get_json()["person"]["id"]
        for token in (first, second)
    ]
    assert ids[0] == ids[1]


def test_the_same_wechat_is_another_account_in_another_county(client: FlaskClient, door: Door) -> None:
    openid = fresh_openid()
    names = set()
    for county in ("xinmi", "mangshi"):
        token = sign_in(client, openid, county)
        me = client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).get_json()
        names.add((me["county"]["id"], me["person"]["id"]))
    assert len({one for _, one in names}) == 2
    assert {county for county, _ in names} == {"xinmi", "mangshi"}


def test_twenty_uses_of_one_code_make_one_session(app: Flask, door: Door) -> None:
    openid = fresh_openid()
    body = {"county": "xinmi", "code": f"{openid}#race"}

    def go(_: int) -> int:
        return app.test_client().post("/api/v1/sign-in", json=body).status_code

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(go, range(20)))
    assert sorted(answers) == [200] + [422] * 19
    with app.app_context(), transaction() as current:
        account = current.query(Account).filter_by(openid_index=openid_index(openid)).one()
        assert current.query(SignInSession).filter_by(account_id=account.id).count() == 1


def test_a_token_that_comes_along_is_replaced(client: FlaskClient, door: Door) -> None:
    openid = fresh_openid()
    old = sign_in(client, openid)
    new = sign_in(client, openid, Authorization=f"Bearer {old}")
    assert client.get("/api/v1/me", headers={"Authorization": f"Bearer {old}"}).status_code == 401
    assert client.get("/api/v1/me", headers={"Authorization": f"Bearer {new}"}).status_code == 200


def test_a_strangers_token_that_comes_along_is_left_alone(client: FlaskClient, door: Door) -> None:
    victim = sign_in(client, fresh_openid())
    sign_in(client, fresh_openid(), Authorization=f"Bearer {victim}")
    assert client.get("/api/v1/me", headers={"Authorization": f"Bearer {victim}"}).status_code == 200


def test_at_most_five_places(client: FlaskClient, door: Door) -> None:
    openid = fresh_openid()
    tokens = [sign_in(client, openid) for _ in range(7)]
    live = [client.get("/api/v1/me", headers={"Authorization": f"Bearer {one}"}).status_code for one in tokens]
    assert live == [401, 401, 200, 200, 200, 200, 200]


def test_signing_out_ends_this_place_at_once(app: Flask, door: Door) -> None:
    person = newcomer(app)
    assert person.post("/api/v1/sign-out").status_code == 204
    assert person.get("/api/v1/me").status_code == 401


def test_ending_all_ends_the_others_too(app: Flask, client: FlaskClient, door: Door) -> None:
    openid = fresh_openid()
    tokens = [sign_in(client, openid) for _ in range(3)]
    head = {"Authorization": f"Bearer {tokens[0]}"}
    listed = client.get("/api/v1/sessions", headers=head).get_json()["items"]
    assert [row["current"] for row in listed] == [False, False, True]
    assert client.delete(f"/api/v1/sessions/{listed[0]['id']}", headers=head).status_code == 204
    assert client.delete("/api/v1/sessions", headers=head).status_code == 204
    for token in tokens:
        assert client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_nobody_ends_anothers_session(app: Flask, client: FlaskClient, door: Door) -> None:
    victim, thief = newcomer(app), newcomer(app)
    theirs = victim.get("/api/v1/sessions").get_json()["items"][0]["id"]
    assert thief.request("DELETE", f"/api/v1/sessions/{theirs}").status_code == 404
    assert victim.get("/api/v1/me").status_code == 200


@pytest.mark.parametrize(
    ("turned", "expected"),
    [
        (timedelta(hours=2) - timedelta(seconds=5), 200),
        (timedelta(hours=2), 401),
        (timedelta(days=7), 401),
    ],
)
def test_a_session_ends_by_machine_time(
    app: Flask, door: Door, monkeypatch: pytest.MonkeyPatch, turned: timedelta, expected: int
) -> None:
    person = newcomer(app)
    monkeypatch.setattr(queries, "machine_now", lambda: machine_now() + turned)
    assert person.get("/api/v1/me").status_code == expected


def test_use_keeps_a_session_alive_but_not_beyond_its_end(
    app: Flask, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = newcomer(app)
    for hours in range(1, 24 * 7, 1):
        if hours in (1, 2, 3, 4, 5):
            monkeypatch.setattr(queries, "machine_now", lambda hours=hours: machine_now() + timedelta(hours=hours))
            assert person.get("/api/v1/me").status_code == 200, hours
    monkeypatch.setattr(queries, "machine_now", lambda: machine_now() + timedelta(hours=7, minutes=1))
    assert person.get("/api/v1/me").status_code == 401


def test_a_disabled_account_is_out_at_once_and_stays_out(app: Flask, client: FlaskClient, door: Door) -> None:
    openid = fresh_openid()
    token = sign_in(client, openid)
    with app.app_context(), transaction() as current:
        account = current.query(Account).filter_by(openid_index=openid_index(openid)).one()
        account.disabled_at = machine_now()
    assert client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    answer = client.post("/api/v1/sign-in", json={"county": "xinmi", "code": f"{openid}#again"})
    assert (answer.status_code, answer.get_json()["code"]) == (403, "account_disabled")


@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [
        (CodeRefused("login", 40029), 422, "code_refused"),
        (LoginBlocked("login", 40226), 403, "login_blocked"),
        (QuotaUsedUp("login", 45011, machine_now()), 503, "wechat_busy"),
        (WeChatUnavailable("login", reached=False), 503, "wechat_away"),
        (ConfigurationWrong("login", 40013), 503, "wechat_away"),
    ],
)
def test_what_wechat_refuses_is_told_in_words(
    client: FlaskClient, door: Door, failure: Exception, status: int, code: str
) -> None:
    door.failure = failure  # type: ignore[assignment]
    answer = client.post("/api/v1/sign-in", json={"county": "xinmi", "code": "any"})
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    assert "4" not in answer.get_json()["detail"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"county": "xinmi"},
        {"county": "xinmi", "code": ""},
        {"county": "nowhere", "code": "x#1"},
        {"county": "xinmi\n", "code": "x#2"},
        {"county": "Xinmi", "code": "x#3"},
        {"county": "xinmi", "code": "x#4", "role": "operator"},
        {"county": ["xinmi"], "code": "x#5"},
        {"county": "xinmi", "code": "y" * 201},
    ],
)
def test_bad_bodies_are_refused(client: FlaskClient, door: Door, body: dict[str, object]) -> None:
    answer = client.post("/api/v1/sign-in", json=body)
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"


def test_an_unknown_county_makes_no_account(app: Flask, client: FlaskClient, door: Door) -> None:
    openid = fresh_openid()
    client.post("/api/v1/sign-in", json={"county": "nowhere", "code": f"{openid}#1"})
    with app.app_context(), transaction() as current:
        assert current.query(Account).filter_by(openid_index=openid_index(openid)).count() == 0


def test_old_codes_are_forgotten(app: Flask, door: Door) -> None:
    newcomer(app)
    with app.app_context(), transaction() as current:
        current.query(UsedCode).update({"used_at": machine_now() - timedelta(hours=2)})
        assert sessions.purge_used_codes(current, "xinmi") >= 1


@pytest.mark.parametrize("token", ["", "short", "x" * 43, "x" * 300])
def test_a_made_up_token_is_nobody(client: FlaskClient, token: str) -> None:
    assert client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_a_token_in_the_address_is_nobody(app: Flask) -> None:
    person, _ = resident_person(app)
    assert app.test_client().get(f"/api/v1/me?token={person.token}").status_code == 401


def test_me_shows_the_family_and_whom_one_acts_for(app: Flask) -> None:
    person, own = resident_person(app, name="张秀兰", village="yuanzhuang-cun")
    me = Person(app, "xinmi", person.account_id, person.token, own).get("/api/v1/me").get_json()
    assert me["acting_for"] == str(own)
    assert me["residents"][0]["relation"] == "self"
    assert me["residents"][0]["birth_year"] == 1958
    assert me["residents"][0]["village"] == "袁庄村"
    assert me["person"]["name"] == "张秀兰"
