"""Access tokens by WeChat's rules: the stable one that is the same for all, and the classic one that is not."""

import secrets
import threading
from dataclasses import dataclass

from standin.clock import Clock

LIFE_SECONDS = 7200
RENEWED_IN_LAST_SECONDS = 300
OLD_WORKS_FOR_SECONDS = 300
FORCE_PAUSE_SECONDS = 30
FORCE_A_DAY = 20
DAY_SECONDS = 86_400
REMEMBERED = 200


@dataclass
class _Token:
    value: str
    ends_at: float


class AccessTokens:
    """The tokens of the mini-program. Stable and classic ones live apart."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._all: dict[str, _Token] = {}
        self._stable: _Token | None = None
        self._classic: _Token | None = None
        self._forced_at: list[float] = []
        self.fetched = 0

    def stable(self, *, force: bool) -> tuple[_Token | None, int]:
        """The stable token and 0, or None and 45009 when it was forced too often today."""
        with self._lock:
            self.fetched += 1
            now = self._clock.now()
            if force and self._stable is not None:
                self._forced_at = [one for one in self._forced_at if now - one < DAY_SECONDS]
                if len(self._forced_at) >= FORCE_A_DAY:
                    return None, 45009
                if not self._forced_at or now - self._forced_at[-1] >= FORCE_PAUSE_SECONDS:
                    self._forced_at.append(now)
                    self._stable.ends_at = min(self._stable.ends_at, now)
                    self._stable = None
            if self._stable is None or self._stable.ends_at - now <= RENEWED_IN_LAST_SECONDS:
                self._stable = self._new(now)
            return self._stable, 0

    def classic(self) -> _Token:
        """A new classic token; the one before works five minutes more."""
        with self._lock:
            now = self._clock.now()
            if self._classic is not None:
                self._classic.ends_at = min(self._classic.ends_at, now + OLD_WORKS_FOR_SECONDS)
            self._classic = self._new(now)
            return self._classic

    def seconds_left(self, token: _Token) -> int:
        """How long the token still lives."""
        return max(0, int(token.ends_at - self._clock.now()))

    def error_of(self, value: str | None) -> int:
        """0 for a good token; 41001 for none, 40001 for an unknown and 42001 for one that ran out."""
        if not value:
            return 41001
        with self._lock:
            token = self._all.get(value)
        if token is None:
            return 40001
        return 0 if self._clock.now() < token.ends_at else 42001

    def _new(self, now: float) -> _Token:
        token = _Token(secrets.token_urlsafe(96), now + LIFE_SECONDS)
        self._all[token.value] = token
        while len(self._all) > REMEMBERED:
            self._all.pop(next(iter(self._all)))
        return token
