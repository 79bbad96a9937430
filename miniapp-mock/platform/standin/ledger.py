"""What the platform itself knows: who may be told how often, and every notice it accepted.

One line a fact in a file that only grows, so that a test can compare it and a restart forgets nothing.
"""

import json
import threading
from collections import Counter
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from standin.clock import Clock

BEIJING = timezone(timedelta(hours=8))
FIRST_MESSAGE_ID = 1_700_000_000_000_000_000


class Ledger:
    """Accepts, revocations and sends, in order."""

    def __init__(self, file: Path, clock: Clock, long_term: frozenset[str]) -> None:
        self._clock = clock
        self._long_term = long_term
        self._lock = threading.Lock()
        self._credits: Counter[tuple[str, str]] = Counter()
        self.sends: list[dict[str, Any]] = []
        if file.exists():
            for line in file.read_text(encoding="utf-8").splitlines():
                self._apply(json.loads(line))
        self._file = file.open("a", encoding="utf-8")

    def accept(self, openid: str, template_id: str) -> None:
        """One more notice may be sent; for a long-term template as many as one likes."""
        with self._lock:
            self._write({"kind": "accept", "openid": openid, "template": template_id})

    def revoke(self, openid: str, template_id: str) -> None:
        """No more notices of this template."""
        with self._lock:
            self._write({"kind": "revoke", "openid": openid, "template": template_id})

    def send(self, openid: str, template_id: str, values: dict[str, str], page: str | None) -> int | None:
        """Use one credit and keep the notice; its id, or None where there is no credit."""
        with self._lock:
            if self._credits[openid, template_id] <= 0:
                return None
            message_id = FIRST_MESSAGE_ID + len(self.sends) + 1
            fact = {"kind": "send", "openid": openid, "template": template_id, "values": values, "page": page}
            self._write(fact | {"msgid": message_id})
            return message_id

    def credit(self, openid: str, template_id: str) -> int:
        """How many notices of this template the person still allows."""
        return self._credits[openid, template_id]

    def of(self, openid: str) -> list[dict[str, Any]]:
        """The notices one person got, the newest first."""
        with self._lock:
            return [one for one in reversed(self.sends) if one["openid"] == openid]

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _write(self, fact: dict[str, Any]) -> None:
        fact["at"] = datetime.fromtimestamp(self._clock.now(), BEIJING).isoformat(timespec="seconds")
        self._file.write(json.dumps(fact, ensure_ascii=False) + "\n")
        self._file.flush()
        self._apply(fact)

    def _apply(self, fact: dict[str, Any]) -> None:
        key = fact["openid"], fact["template"]
        if fact["kind"] == "accept":
            self._credits[key] = 1 if key[1] in self._long_term else self._credits[key] + 1
        elif fact["kind"] == "revoke":
            self._credits[key] = 0
        else:
            self.sends.append(fact)
            if key[1] not in self._long_term:
                self._credits[key] -= 1
