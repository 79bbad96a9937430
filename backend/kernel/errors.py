"""The few ways a request can be refused. Features add codes, never classes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backend.kernel.sources import Source


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule as the person sees it: what, whose rule, and what to do instead."""

    rule: str
    text: str
    source: Source
    instead: str
    pointer: str | None = None


class LiandongError(Exception):
    """Something we refuse on purpose. `message` is Chinese that says what to do."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        violations: Sequence[Violation] = (),
        extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.violations = tuple(violations)
        self.extra = extra or {}


class Malformed(LiandongError):
    """The bytes cannot be read at all (400)."""


class Unauthenticated(LiandongError):
    """Nobody is signed in, or no longer (401)."""


class Forbidden(LiandongError):
    """This person may not do this, and may know that it exists (403)."""


class NotFound(LiandongError):
    """It does not exist for this person (404)."""


class Conflict(LiandongError):
    """Someone was faster, or the state has moved on (409)."""


class Stale(LiandongError):
    """The version the person looked at is no longer the present one (412)."""


class Invalid(LiandongError):
    """The shape or a value is wrong (422)."""


class RuleBroken(LiandongError):
    """One or more named rules say no (422 with violations)."""


class TooMany(LiandongError):
    """Too often in too short a time (429)."""


class Unavailable(LiandongError):
    """A part we need does not answer now; asking again later is safe (503)."""
