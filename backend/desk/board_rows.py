"""The places kept for referred patients on the next days of a department: how many are left of how many."""

from dataclasses import dataclass
from datetime import date, timedelta

from backend.booking import queries
from backend.kernel.clock import local_day
from backend.store import clock


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a department; `kept` 0 means no session."""

    day: date
    left: int
    kept: int

    @property
    def mark(self) -> str:
        """Return how it is drawn: none, full, low or nothing."""
        if self.kept == 0:
            return "none"
        if self.left == 0:
            return "full"
        return "low" if self.left * 4 <= self.kept else ""


def next_days(county_id: str, institution: str, department: str | None, count: int = 5) -> list[Day]:
    """Return the next days on which a department has a session."""
    if department is None:
        return []
    today = local_day(clock.now())
    found = queries.board(county_id, institution, today, today + timedelta(days=20), department)
    return [Day(row.day, row.left, row.kept) for row in found][:count]
