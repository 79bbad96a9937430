"""What stands in the database: the places, who has them, who waits, and what was written down meanwhile."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from tests.integration.walk.paper import Paper

LIVE = ("held", "pending", "booked", "arrived")
HOLDING = (*LIVE, "offered")
URGENCY = {"stat": 0, "urgent": 1, "routine": 2}

_SLOTS = text(
    """
    SELECT s.id, s.session_id, s.starts_at, s.pool, s.capacity, s.taken, s.over, s.opens_at, s.gives_back_at,
           s.given_back, s.stopped, h.department, h.day, h.ends_at, h.stopped_at, h.arrived
    FROM slot s JOIN schedule_session h ON h.county_id = s.county_id AND h.id = s.session_id
    WHERE s.county_id = :county AND s.session_id = ANY(:sessions)
    """
)
_PLACES = text(
    """
    SELECT id, slot_id, resident_id, referral_id, department, day, starts_at, kind, status, version, held_until, seat,
           wait_id, replaces_id, ended_because
    FROM appointment WHERE county_id = :county AND resident_id = ANY(:people)
    """
)
_WAITS = text(
    """
    SELECT id, resident_id, referral_id, department, pool, priority, from_on, until_on, status, missed, created_at,
           appointment_id, version
    FROM waitlist_entry WHERE county_id = :county AND resident_id = ANY(:people)
    """
)
_WRITTEN = text(
    """
    SELECT sequence, entity, entity_id, action, from_status, to_status FROM audit_event
    WHERE county_id = :county AND sequence > :after AND entity IN ('appointment', 'referral', 'waitlist_entry')
    ORDER BY sequence
    """
)


@dataclass
class Seen:
    """One look at the whole. Rows by their id; `written` are the audit lines since the look before."""

    now: datetime
    slots: dict[UUID, Any]
    places: dict[UUID, Any]
    waits: dict[UUID, Any]
    written: list[Any] = field(default_factory=list)
    last: int = 0

    @property
    def rows(self) -> tuple[Any, ...]:
        """Everything that a refusal must leave as it was."""
        return self.slots, self.places, self.waits

    def of(self, person: UUID, *statuses: str) -> list[Any]:
        """Return a person's places in these statuses."""
        return [one for one in self.places.values() if one.resident_id == person and one.status in statuses]

    def free(self, slot: Any) -> bool:
        """Say whether anybody could take a place there now."""
        let_go = slot.opens_at is None or slot.opens_at <= self.now
        return slot.taken < slot.capacity and not slot.stopped and slot.starts_at > self.now and let_go

    def by_then(self, place: Any) -> bool:
        """Say whether somebody who came for a place has been seen by now: its day is over."""
        return place.status == "arrived" and place.day < (self.now + timedelta(hours=8)).date()

    def on_day(self, person: UUID, department: str, day: date, *, but: UUID | None = None) -> bool:
        """Say whether a person has a place of a department on a day."""
        return any(one.department == department and one.day == day for one in self.of(person, *LIVE) if one.id != but)

    def seats(self, person: UUID) -> int:
        """Return how many places without a referral a person has ahead."""
        return sum(one.seat is not None for one in self.of(person, "held", "pending", "booked"))


def look(connection: Connection, county: str, sessions: list[UUID], people: list[UUID], after: int) -> Seen:
    """Read it all."""
    given = {"county": county, "sessions": sessions, "people": people, "after": after}

    def by_id(query: Any) -> dict[UUID, Any]:
        return {row.id: row for row in connection.execute(query, given)}

    written = list(connection.execute(_WRITTEN, given))
    now = connection.scalar(text("SELECT liandong_now()"))
    last = written[-1].sequence if written else after
    return Seen(now, by_id(_SLOTS), by_id(_PLACES), by_id(_WAITS), written, last)


def eligible(seen: Seen, entry: Any, slot: Any, papers: Iterable[Paper], notice: timedelta) -> bool:
    """Say whether a free place there is for somebody who waits. Written from XM-5.4b and decision 0011."""
    if not seen.free(slot) or slot.starts_at <= seen.now + notice or entry.status != "waiting":
        return False
    pools = (entry.pool, "general") if entry.pool == "contract" else (entry.pool,)
    if slot.pool not in pools or slot.department != entry.department:
        return False
    if not entry.from_on <= slot.day <= entry.until_on:
        return False
    if entry.referral_id is not None:
        paper = next(one for one in papers if one.id == str(entry.referral_id))
        if not paper.entitled or paper.department != slot.department:
            return False
    places = seen.places.values()
    if any(one.wait_id == entry.id and one.slot_id == slot.id for one in places):
        return False
    others = [one for one in seen.of(entry.resident_id, *LIVE) if one.id != entry.appointment_id]
    if any((one.department, one.day) == (slot.department, slot.day) for one in others):
        return False
    if entry.referral_id is not None and any(one.referral_id == entry.referral_id for one in others):
        return False
    mine = seen.places.get(entry.appointment_id) if entry.appointment_id else None
    return mine is None or (mine.status == "booked" and mine.starts_at > slot.starts_at)


def turn_of(entry: Any) -> tuple[Any, ...]:
    """Return where somebody stands in the line: clinical priority, offers missed, time."""
    return URGENCY[entry.priority], entry.missed, entry.created_at, entry.id
