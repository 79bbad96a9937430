"""A browser at the desk: keeps its cookie, sends what our scripts send."""

import re
import secrets
from dataclasses import dataclass, field

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend.people.models import Account
from backend.store.db import transaction
from backend.web.auth import DESK_COOKIE
from tests import factories
from tests.factories import Person

ORIGIN = "http://localhost"


@dataclass
class Browser:
    """Somebody signed in at the console."""

    client: FlaskClient
    headers: dict[str, str] = field(default_factory=dict)
    home: str = "/desk/places"  # a page that this person may open

    def get(self, path: str, *, part: bool = False) -> TestResponse:
        return self.client.get(path, headers={"HX-Request": "true"} if part else {})

    def text(self, path: str, *, part: bool = False) -> str:
        answer = self.get(path, part=part)
        assert answer.status_code == 200, answer.text
        return answer.text

    def guard(self) -> str:
        found = re.search(r'name="guard-word" content="([0-9a-f]+)"', self.get(self.home).text)
        assert found is not None
        return found.group(1)

    def post(self, path: str, *, key: str | None = None, **form: str) -> TestResponse:
        headers = {
            "Origin": ORIGIN,
            "HX-Request": "true",
            "X-Guard-Word": self.guard(),
            "Idempotency-Key": key or secrets.token_hex(8),
        }
        return self.client.post(path, data=form, headers=headers)


def browser_of(app: Flask, person: Person, *, home: str = "/desk/places") -> Browser:
    """The same account at the desk, past the sign-in."""
    with app.app_context(), transaction() as current:
        account = current.get(Account, (person.county_id, person.account_id))
        assert account is not None
    signed = factories.sign_in(app, account, kind="desk")
    client = app.test_client()
    client.set_cookie(DESK_COOKIE, signed.token)
    return Browser(client, home=home)
