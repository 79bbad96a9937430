"""The places kept for referred patients, department by day: how many are left of how many."""

from dataclasses import dataclass
from datetime import date, timedelta

from backend.alliance.queries import pack
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


@dataclass(frozen=True, slots=True)
class Line:
    """One department and its days."""

    code: str
    name: str
    days: tuple[Day, ...]


def next_days(county_id: str, institution: str, department: str | None, count: int = 5) -> list[Day]:
    """Return the next days on which a department has a session."""
    if department is None:
        return []
    today = local_day(clock.now())
    found = queries.board(county_id, institution, today, today + timedelta(days=20), department)
    return [Day(row.day, row.left, row.kept) for row in found][:count]


def board(county_id: str, institution: str, first: date, days: int) -> list[Line]:
    """Return every department of a house that has sessions in these days."""
    county = pack(county_id)
    found = queries.board(county_id, institution, first, first + timedelta(days=days - 1))
    counted = {(row.department, row.day): row for row in found}
    span = [first + timedelta(days=number) for number in range(days)]
    order = county.institutions.institution(institution).departments
    return [
        Line(
            code,
            county.institutions.department(code).name,
            tuple(
                Day(day, row.left, row.kept) if (row := counted.get((code, day))) else Day(day, 0, 0) for day in span
            ),
        )
        for code in order
        if any(department == code for department, _ in counted)
    ]
