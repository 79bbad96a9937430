"""What every answer to bad input has to keep: no breakdown, a code, a Chinese reason, nothing half written."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from werkzeug.test import TestResponse

COUNTERS = frozenset({"verify_count", "sign_in_session"})
"""Tables that a refused try may write: the try is counted, and the session was seen."""
CHINESE = re.compile(r"[\u4e00-\u9fff]")
INSIDE = re.compile(
    r"Traceback|psycopg|sqlalchemy|pydantic|werkzeug|File \"|Input should|Value error|Field required"
    r"|SELECT .* FROM|INSERT INTO|\bNone\b|\bnull\b|<class|Error\b",
)


@dataclass
class Verdict:
    """What was found wrong, by request; and which codes were seen."""

    wrong: list[str] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)
    rules: set[str] = field(default_factory=set)
    asked: int = 0
    refused: int = 0

    def look(self, about: str, answer: TestResponse, written: Iterable[str]) -> None:
        """Judge one answer of the API."""
        self.asked += 1
        faults = list(self._faults(about, answer, frozenset(written)))
        if faults:
            text = answer.get_data().decode(errors="replace")
            self.wrong.append(f"{about}: {answer.status_code} {', '.join(faults)}: {text[:300]}")

    def _faults(self, about: str, answer: TestResponse, written: frozenset[str]) -> Iterable[str]:
        if answer.status_code >= 500:
            yield "broke down"
            return
        if answer.status_code < 400:
            return
        self.refused += 1
        if half := written - COUNTERS:
            yield f"wrote {sorted(half)}"
        if about.startswith("GET /v/<") and answer.mimetype == "text/html":
            if not CHINESE.search(answer.text):
                yield "does not say why in Chinese"
            return
        if answer.mimetype != "application/problem+json":
            yield f"is {answer.mimetype}"
            return
        yield from self._problem(json.loads(answer.get_data()), answer.status_code)

    def _problem(self, body: dict[str, Any], status: int) -> Iterable[str]:
        self.codes.add(body["code"])
        if body["status"] != status:
            yield "says another status"
        if not re.fullmatch(r"[a-z][a-z0-9_]*", body["code"]) or body["type"] != f"/problems/{body['code']}":
            yield "has no code"
        texts = [body["detail"], body["title"]]
        for one in body["violations"]:
            self.rules.add(one["rule"])
            if one["text"] == "这一项填得不对。":
                yield f"does not say what is wrong: {one['rule']}"
            texts += [one["text"], one["instead"]]
        for text in texts:
            if not CHINESE.search(text):
                yield f"does not say why in Chinese: {text!r}"
            if INSIDE.search(text):
                yield f"shows its inside: {text!r}"
