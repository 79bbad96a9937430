"""The codes of wx.login and of the phone button: each used once, each good for five minutes."""

import secrets
import threading
from dataclasses import dataclass

from standin.clock import Clock

LIFE_SECONDS = 300
KEPT = 10_000


@dataclass
class _Code:
    value: str
    made_at: float
    used: bool = False


class Codes:
    """Codes of one kind, each standing for a value: an openid, or a phone number."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._codes: dict[str, _Code] = {}
        self._lock = threading.Lock()

    def give(self, value: str) -> str:
        """A new code for this value."""
        code = secrets.token_urlsafe(24)
        with self._lock:
            self._codes[code] = _Code(value, self._clock.now())
            while len(self._codes) > KEPT:
                self._codes.pop(next(iter(self._codes)))
        return code

    def take(self, code: object) -> tuple[str | None, int]:
        """The value and 0, or None and WeChat's error: 40163 for a used code, 40029 for any other wrong one."""
        with self._lock:
            found = self._codes.get(code) if isinstance(code, str) else None
            if found is None or self._clock.now() - found.made_at > LIFE_SECONDS:
                return None, 40029
            if found.used:
                return None, 40163
            found.used = True
            return found.value, 0
