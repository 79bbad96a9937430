"""What happened to a person, across all institutions, in one line of time. XM-5.8."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from backend.kernel.clock import SHANGHAI
from backend.records.models import Reading, Result, Stay, VillageHandoff, Visit
from backend.store.db import session


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened: when, where, what kind, and its clear codes."""

    kind: str  # visit | readings | result | stay | handoff
    id: UUID
    at: datetime
    institution: str | None
    status: str
    title: str
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which entries are looked for: the newest before an instant, or some that are named."""

    before: datetime | None = None
    limit: int | None = None
    named: frozenset[UUID] | None = None

    def of(self, query: Any, row_id: Any, at: Any) -> Any:
        """Return a query narrowed to these."""
        if self.before is not None:
            query = query.where(at < self.before)
        if self.named is not None:
            query = query.where(row_id.in_(self.named))
        return query


def timeline(county_id: str, resident_id: UUID, *, before: datetime | None = None, limit: int = 50) -> list[Entry]:
    """Return the newest entries before an instant, newest first; the caller has authorised."""
    return _gathered(county_id, resident_id, _Asked(before, limit))[:limit]


def entries_of(county_id: str, resident_id: UUID, wanted: Collection[tuple[str, UUID]]) -> list[Entry]:
    """Return those of a person's entries that are named by kind and id, newest first, however old they are."""
    if not wanted:
        return []
    named = frozenset(entry_id for _, entry_id in wanted)
    found = _gathered(county_id, resident_id, _Asked(named=named))
    return [entry for entry in found if (entry.kind, entry.id) in set(wanted)]


def _gathered(county_id: str, resident_id: UUID, asked: _Asked) -> list[Entry]:
    found = [
        *_visits(county_id, resident_id, asked),
        *_readings(county_id, resident_id, asked),
        *_results(county_id, resident_id, asked),
        *_stays(county_id, resident_id, asked),
        *_handoffs(county_id, resident_id, asked),
    ]
    return sorted(found, key=lambda entry: (entry.at, entry.id), reverse=True)


def _of(model: Any, column: Any, county_id: str, resident_id: UUID, asked: _Asked) -> list[Any]:
    query = select(model).where(model.county_id == county_id, model.resident_id == resident_id)
    query = asked.of(query, model.id, column)
    return list(session().scalars(query.order_by(column.desc()).limit(asked.limit)))


def _visits(county_id: str, resident_id: UUID, asked: _Asked) -> list[Entry]:
    return [
        Entry(
            "visit",
            row.id,
            row.began_at,
            row.institution,
            row.status,
            row.diagnosis_text or "",
            {"kind": row.kind, "department": row.department, "outcome": row.outcome, "diagnosis": row.diagnosis_code},
        )
        for row in _of(Visit, Visit.began_at, county_id, resident_id, asked)
    ]


def _readings(county_id: str, resident_id: UUID, asked: _Asked) -> list[Entry]:
    query = (
        select(
            Reading.set_id,
            func.max(Reading.taken_at).label("at"),
            func.max(Reading.institution).label("institution"),
            func.max(Reading.source).label("source"),
            func.jsonb_object_agg(Reading.code, Reading.value).label("values"),
        )
        .where(Reading.county_id == county_id, Reading.resident_id == resident_id)
        .group_by(Reading.set_id)
        .order_by(func.max(Reading.taken_at).desc())
        .limit(asked.limit)
    )
    query = asked.of(query, Reading.set_id, Reading.taken_at)
    return [
        Entry("readings", row.set_id, row.at, row.institution, row.source, "", {"values": row[4]})
        for row in session().execute(query)
    ]


def _results(county_id: str, resident_id: UUID, asked: _Asked) -> list[Entry]:
    query = select(Result).where(Result.county_id == county_id, Result.resident_id == resident_id)
    before = asked.before
    if before is not None:
        query = query.where(Result.taken_on <= before.astimezone(SHANGHAI).date())
    if asked.named is not None:
        query = query.where(Result.id.in_(asked.named))
    rows = session().scalars(query.order_by(Result.taken_on.desc()).limit(asked.limit))
    found = [
        Entry(
            "result",
            row.id,
            datetime.combine(row.taken_on, time(12), SHANGHAI),
            row.institution,
            "done",
            row.name,
            {"item": row.item, "quality_mark": row.quality_mark},
        )
        for row in rows
    ]
    return [entry for entry in found if before is None or entry.at < before]


def _stays(county_id: str, resident_id: UUID, asked: _Asked) -> list[Entry]:
    return [
        Entry(
            "stay",
            row.id,
            row.admitted_at,
            row.institution,
            row.status,
            row.diagnosis_text or "",
            {"department": row.department, "disposition": row.disposition, "came_as": row.came_as},
        )
        for row in _of(Stay, Stay.admitted_at, county_id, resident_id, asked)
    ]


def _handoffs(county_id: str, resident_id: UUID, asked: _Asked) -> list[Entry]:
    return [
        Entry(
            "handoff",
            row.id,
            row.created_at,
            row.institution,
            row.status,
            "",
            {"to": row.to_institution, "urgent": row.urgent, "travel": row.travel},
        )
        for row in _of(VillageHandoff, VillageHandoff.created_at, county_id, resident_id, asked)
    ]
