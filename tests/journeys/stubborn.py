"""A person who does not give up: the same request with the same key, until somebody answers.

Nobody knows what became of a request whose answer was lost. The key makes asking again harmless, and the answer that
comes in the end is the only one that counts.
"""

import http.client
import re
import secrets
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pyotp

from backend.people.demo.accounts import totp_secret
from tests.journeys.caller import Answer, Caller, ask
from tests.journeys.cast import PASSWORD
from tests.journeys.house import House

PATIENCE_SECONDS = 300.0
_BUSY = {"still_running", "busy"}
LOST = (urllib.error.URLError, http.client.HTTPException, OSError)


@dataclass
class Record:
    """What all the stubborn people of one run went through."""

    asked: int = 0
    unknown: int = 0  # no answer came: it may have been done or not
    away: int = 0  # 503, with what to do instead
    dropped: int = 0  # answers that came and were lost on the last stretch, by `loses`
    loses: Callable[[], bool] = lambda: False
    acknowledged: list[tuple[str, str]] = field(default_factory=list)  # (path, id) of what was said to be made
    surprises: Counter[str] = field(default_factory=Counter)  # 500 and the like: nobody should ever see one


def until_answered(record: Record, attempt: Any) -> Answer:
    """Attempt again and again, a little slower each time, until there is an answer that says something."""
    end, pause = time.monotonic() + PATIENCE_SECONDS, 0.05
    while True:
        record.asked += 1
        try:
            answer: Answer = attempt()
        except LOST as lost:
            answer, why = Answer(0, None), f"no answer: {lost}"
            record.unknown += 1
        else:
            why = f"{answer.status} {answer.body}"
            if answer.status == 503:
                record.away += 1
            elif answer.status >= 500:
                record.surprises[f"{answer.status} {str(answer.body)[:80]}"] += 1
            elif not (answer.status == 409 and isinstance(answer.body, dict) and answer.body.get("code") in _BUSY):
                if not record.loses():
                    return answer
                record.dropped += 1
        if time.monotonic() > end:
            raise AssertionError(f"nobody ever answered; the last was: {why}")
        time.sleep(pause)
        pause = min(pause * 1.5, 1.0)


class Stubborn(Caller):
    """One person's phone that repeats itself."""

    def __init__(self, house: House, openid: str, county: str, record: Record) -> None:
        self.record = record
        super().__init__(house, openid, county)

    def sign_in(self, openid: str) -> str:
        """Sign in with a fresh code each time: a code is good once."""

        def attempt() -> Answer:
            code = ask(self.house.mock + "/mock/login-code", {"openid": openid}).body["code"]
            return ask(self.house.url + "/api/v1/sign-in", {"county": self.county, "code": code})

        signed = until_answered(self.record, attempt)
        assert signed.status in (200, 201), signed.body
        return str(signed.body["token"])

    def call(self, method: str, path: str, body: Any = None) -> Answer:
        headers = self.headers(method)
        answer = until_answered(
            self.record, lambda: ask(self.house.url + "/api/v1" + path, body, method=method, headers=headers)
        )
        if method != "GET" and answer.status < 300 and isinstance(answer.body, dict) and "id" in answer.body:
            self.record.acknowledged.append((path, str(answer.body["id"])))
        return answer


class StubbornDesk:
    """A browser at a desk: a cookie, the page's guard word, and forms that carry a key."""

    def __init__(self, house: House, county: str, key: str, record: Record) -> None:
        self.house, self.record = house, record
        self._opener = urllib.request.build_opener(_NoRedirect)
        self._cookie = ""
        given = {"login": f"{county}.{key}", "password": PASSWORD, "county": county}

        def attempt() -> Answer:
            code = pyotp.TOTP(totp_secret(county, key)).now()
            answer = self._ask("/desk/sign-in", {**given, "code": code})
            return Answer(503, "no cookie yet") if answer.status == 422 else answer

        assert until_answered(record, attempt).status == 303
        page = until_answered(record, lambda: self._ask("/desk/arrivals", None)).body
        found = re.search(r'name="guard-word" content="(\w+)"', page)
        assert found is not None, "a desk page without its guard word"
        self._guard = found[1]

    def post(self, path: str, form: dict[str, str]) -> str:
        """Send a form until somebody answers; the page that comes back."""
        key = secrets.token_hex(12)
        answer = until_answered(self.record, lambda: self._ask(path, {**form, "_guard": self._guard, "_key": key}))
        assert answer.status == 200, (path, answer.status, answer.body[-600:])
        return str(answer.body)

    def _ask(self, path: str, form: dict[str, str] | None) -> Answer:
        data = None if form is None else urllib.parse.urlencode(form).encode()
        headers = {"Origin": self.house.url, "Cookie": self._cookie}
        request = urllib.request.Request(self.house.url + path, data, headers)
        try:
            with self._opener.open(request, timeout=30) as answer:
                return Answer(answer.status, answer.read().decode())
        except urllib.error.HTTPError as other:
            with other:
                if other.code == 303:
                    self._cookie = (other.headers.get("Set-Cookie") or "").partition(";")[0] or self._cookie
                return Answer(other.code, other.read().decode())


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_given: Any) -> None:
        return None
