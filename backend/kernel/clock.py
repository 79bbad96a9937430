"""Time: instants are aware UTC inside, Asia/Shanghai only at the edge."""

from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Domain time: due dates, deadlines, contracts. Tests and demos may turn it forward."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""


class FixedClock:
    """A clock that stands still, for tests of pure rules."""

    def __init__(self, instant: datetime) -> None:
        self.instant = instant

    def now(self) -> datetime:
        """Return the instant it was set to."""
        return self.instant


def machine_now() -> datetime:
    """Return machine time: leases, sessions, tokens and rate limits, which never turn."""
    return datetime.now(UTC)


def local_day(instant: datetime) -> date:
    """Return the calendar day of an instant in China."""
    return instant.astimezone(SHANGHAI).date()


def age_on(birth_on: date, day: date) -> int:
    """Return full years of age on a day; someone born on 29 February turns on 1 March.

    Source: Civil Code art. 13 and 17 as practised; oracle-tested in tests/unit/kernel.
    """
    return day.year - birth_on.year - ((day.month, day.day) < (birth_on.month, birth_on.day))
