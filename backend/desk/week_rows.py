"""The week of a house as rows: a department with its doctor, or an examination; in each day the sessions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from backend.alliance.packs import Pack
from backend.alliance.queries import pack
from backend.booking.models import ScheduleSession
from backend.booking.views_open import doctor_name
from backend.booking.week import PoolCount, sessions_of
from backend.desk.frame import may
from backend.kernel.clock import SHANGHAI
from backend.kernel.roles import Actor
from backend.records.views import department_name
from backend.store import clock

POOLS = {"referral": "转诊", "contract": "签约", "general": "普通"}
LOW = 4
"""Where no more than one place in so many is free, a session is marked as nearly full."""
TABS = (
    ("week", "周号源", "/desk/places", "desk.places"),
    ("day", "日单", "/desk/day", "appointment.read"),
    ("schedules", "排班", "/desk/schedules", "schedule.read"),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One session on the board."""

    id: UUID
    time: str
    title: str
    expert: bool
    outreach: bool
    pools: tuple[PoolCount, ...]
    stopped: bool
    over: bool

    @property
    def opens_at(self) -> datetime | None:
        """When the next places of it are let go, or None."""
        return min((one.opens_at for one in self.pools if one.opens_at), default=None)

    @property
    def given_back(self) -> int:
        """How many went from the kept pools to all."""
        return sum(one.given_back for one in self.pools)

    @property
    def added(self) -> int:
        """How many were added by hand."""
        return sum(one.over for one in self.pools)

    @property
    def mark(self) -> str:
        """Return how it is drawn: stopped, past, full, low or nothing."""
        free, places = sum(one.free for one in self.pools), sum(one.places for one in self.pools)
        if self.stopped:
            return "stopped"
        if self.over:
            return "past"
        if free == 0:
            return "full"
        return "low" if free * LOW <= places else ""


@dataclass(frozen=True, slots=True)
class Line:
    """One row: whose sessions, day by day."""

    department: str
    department_name: str
    name: str
    days: tuple[tuple[Cell, ...], ...]


def board(actor: Actor, first: date, days: int) -> list[Line]:
    """Return every row of the house that has a session in these days, in the house's order of departments."""
    assert actor.institution is not None
    county, now = pack(actor.county_id), clock.now()
    found = sessions_of(actor.county_id, actor.institution, first, first + timedelta(days=days - 1))
    rows: dict[tuple[str, str], dict[date, list[Cell]]] = {}
    for on, pools in found:
        per_day = rows.setdefault((on.department, _who(county, on)), {})
        per_day.setdefault(on.day, []).append(_cell(on, pools, now))
    order = list(county.institutions.institution(actor.institution).departments)
    span = [first + timedelta(days=number) for number in range(days)]
    return [
        Line(
            department,
            department_name(county, department) or "",
            name,
            tuple(tuple(per_day.get(day, ())) for day in span),
        )
        for (department, name), per_day in sorted(rows.items(), key=lambda one: (_place(order, one[0][0]), one[0][1]))
    ]


def tabs(actor: Actor) -> list[tuple[str, str, str]]:
    """Return the sheets of this part of the console that somebody may open."""
    return [(code, label, href) for code, label, href, action in TABS if may(actor, action)]


def _cell(on: ScheduleSession, pools: Sequence[PoolCount], now: datetime) -> Cell:
    return Cell(
        id=on.id,
        time=f"{on.starts_at.astimezone(SHANGHAI):%-H:%M}",
        title=on.title,
        expert=on.expert,
        outreach=on.kind == "outreach",
        pools=tuple(pools),
        stopped=on.stopped_at is not None,
        over=on.ends_at <= now,
    )


def _who(county: Pack, on: ScheduleSession) -> str:
    if on.item is not None:
        found = county.booking.examination(on.item)
        return found.name if found else on.title
    return doctor_name(on.county_id, on.practitioner_id) or ""


def _place(order: list[str], department: str) -> int:
    return order.index(department) if department in order else len(order)
