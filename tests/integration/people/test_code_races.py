"""One dynamic code, or one staff account, used twice in the same second: one gets in, the others are told why."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from backend.people.models import Account
from backend.store.db import transaction
from backend.web import live
from tests.factories import Person
from tests.integration.people.conftest import Door, newcomer
from tests.integration.people.test_staff import DOCTOR_AT, PIN, Made


@pytest.fixture(autouse=True)
def fresh_rates(app: Flask) -> Iterator[None]:
    for name in live.valkey().scan_iter("liandong:rate:*"):
        live.valkey().delete(name)
    yield


def together(jobs: list[Callable[[], TestResponse]]) -> list[TestResponse]:
    gate = Barrier(len(jobs))

    def run(job: Callable[[], TestResponse]) -> TestResponse:
        gate.wait()
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def test_one_code_typed_at_two_desks_at_once_lets_one_in(app: Flask) -> None:
    made = Made(app)
    form = {"login": made.login, "password": made.password, "code": made.code()}
    answers = together(
        [
            lambda: app.test_client().post("/desk/sign-in", data=form, headers={"Origin": "http://localhost"})
            for _ in range(3)
        ]
    )
    assert Counter(answer.status_code for answer in answers) == {303: 1, 422: 2}
    assert all("这个动态码用过了" in answer.text for answer in answers if answer.status_code == 422)


def bind(person: Person, made: Made, code: str) -> TestResponse:
    body = {"login": made.login, "password": made.password, "totp": code, "pin": PIN}
    return person.post("/api/v1/staff-binding", body)


@pytest.mark.parametrize("same_code", [True, False])
def test_a_staff_account_bound_by_two_phones_at_once_has_one_owner(app: Flask, door: Door, same_code: bool) -> None:
    made = Made(app, at=DOCTOR_AT)
    codes = [made.code(), made.code()]
    phones = [newcomer(app), newcomer(app)]
    answers = together([partial(bind, one, made, codes[0 if same_code else n]) for n, one in enumerate(phones)])
    assert Counter(answer.status_code // 100 for answer in answers) == {2: 1, 4: 1}, [a.json for a in answers]
    refused = next(answer for answer in answers if answer.status_code >= 400)
    assert refused.json["code"] in {"code_used", "bound_elsewhere", "login_refused"}
    with app.app_context(), transaction() as current:
        assert (
            current.scalar(select(func.count()).where(Account.county_id == "xinmi", Account.login == made.login)) == 1
        )
