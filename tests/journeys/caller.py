"""The steps of a story that are somebody else's business, done over HTTP as that person's phone would."""

import json
import secrets
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from tests.journeys.house import House


@dataclass
class Answer:
    """A status and a decoded body."""

    status: int
    body: Any


class Caller:
    """One person's phone: signed in through the stand-in for WeChat, then plain HTTP."""

    def __init__(self, house: House, openid: str, county: str) -> None:
        self.house, self.county = house, county
        self.acting_for = ""
        self.token = self.sign_in(openid)

    def sign_in(self, openid: str) -> str:
        code = ask(self.house.mock + "/mock/login-code", {"openid": openid}).body["code"]
        signed = ask(self.house.url + "/api/v1/sign-in", {"county": self.county, "code": code})
        assert signed.status in (200, 201), signed.body
        return str(signed.body["token"])

    def get(self, path: str) -> Any:
        answer = self.call("GET", path)
        assert answer.status == 200, (path, answer.body)
        return answer.body

    def post(self, path: str, body: Any = None) -> Any:
        answer = self.call("POST", path, {} if body is None else body)
        assert answer.status in (200, 201, 204), (path, answer.status, answer.body)
        return answer.body

    def put(self, path: str, body: Any) -> Any:
        answer = self.call("PUT", path, body)
        assert answer.status == 200, (path, answer.status, answer.body)
        return answer.body

    def give_credit(self, openid: str, kind: str) -> None:
        """Say yes in WeChat to one notice of a kind, and report it as the mini-program does."""
        environment = ask(self.house.url + "/app/environment.json").body
        template = environment["templates"][kind]
        ask(self.house.mock + "/mock/subscribe", {"openid": openid, "template_ids": [template]})
        self.post("/subscribe-credits", {"templates": [kind]})

    def inbox(self, openid: str, words: str) -> list[Any]:
        """What WeChat has shown this person with these words."""
        found = ask(f"{self.house.mock}/mock/inbox?openid={openid}").body
        items = found["items"] if isinstance(found, dict) else found
        return [one for one in items if words in json.dumps(one, ensure_ascii=False)]

    def call(self, method: str, path: str, body: Any = None) -> Answer:
        return ask(self.house.url + "/api/v1" + path, body, method=method, headers=self.headers(method))

    def headers(self, method: str) -> dict[str, str]:
        """Who asks, for whom, and the key of this one wish."""
        headers = {"Authorization": f"Bearer {self.token}"}
        if self.acting_for:
            headers["X-Acting-For"] = self.acting_for
        if method != "GET":
            headers["Idempotency-Key"] = secrets.token_hex(12)
        return headers


def ask(url: str, body: Any = None, *, method: str = "", headers: dict[str, str] | None = None) -> Answer:
    """One request; what came back, also when it is a refusal."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        url, data, {"Content-Type": "application/json", **(headers or {})}, method=method or ("POST" if data else "GET")
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return Answer(answer.status, _decoded(answer.read()))
    except urllib.error.HTTPError as refused:
        with refused:
            return Answer(refused.code, _decoded(refused.read()))


def _decoded(body: bytes) -> Any:
    return json.loads(body) if body else None
