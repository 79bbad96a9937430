"""A door to WeChat that the test writes: any number of phones, and no network."""

import itertools
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.people.claims import phone_index
from backend.people.models import Account, Resident
from backend.store.db import session, transaction
from backend.wechat.errors import CodeRefused, WeChatError
from backend.wechat.gateway import LoginResult, PhoneNumber
from backend.wechat.queries import openid_index
from tests.factories import Person, make_resident

_number = itertools.count(10_000_000)


@dataclass
class Door:
    """Knows codes as `openid` or phone; a code may be used often unless `once` says so."""

    sessions_open: list[bool] = field(default_factory=list)
    failure: WeChatError | None = None
    once: bool = False
    used: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def _take(self, code: str, call: str) -> str:
        self.sessions_open.append(session().in_transaction())
        if self.failure is not None:
            raise self.failure
        with self.lock:
            if self.once and code in self.used:
                raise CodeRefused(call, 40163)
            self.used.add(code)
        return code.split("#", maxsplit=1)[0]

    def login(self, code: str) -> LoginResult:
        return LoginResult(self._take(code, "login"))

    def phone_number(self, code: str) -> PhoneNumber:
        return PhoneNumber(self._take(code, "phone"))


@pytest.fixture
def door(app: Flask) -> Iterator[Door]:
    before = app.extensions["wechat"]
    app.extensions["wechat"] = made = Door()
    yield made
    app.extensions["wechat"] = before


def fresh_phone() -> str:
    return f"138{next(_number)}"


def fresh_openid() -> str:
    return f"openid-{next(_number)}"


def sign_in(client: FlaskClient, openid: str, county: str = "xinmi", **headers: str) -> str:
    """Sign in over HTTP; returns the token."""
    body = {"county": county, "code": f"{openid}#{next(_number)}"}
    answer = client.post("/api/v1/sign-in", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    token: str = answer.get_json()["token"]
    return token


def newcomer(app: Flask, *, county: str = "xinmi", agreed: bool = True) -> Person:
    """Somebody with a phone and WeChat who signs in for the first time; needs the `door` fixture."""
    openid = fresh_openid()
    token = sign_in(app.test_client(), openid, county)
    with app.app_context(), transaction() as current:
        account = current.query(Account).filter_by(county_id=county, openid_index=openid_index(openid)).one()
    person = Person(app, county, account.id, token)
    if agreed:
        assert person.post("/api/v1/privacy-consents", {"version": "1", "health_data": True}).status_code == 201
    return person


def resident_with_phone(app: Flask, phone: str, **values: object) -> Resident:
    """A health record with a phone on file."""
    with app.app_context(), transaction() as current:
        return make_resident(current, phone_index=phone_index(phone), **values)
