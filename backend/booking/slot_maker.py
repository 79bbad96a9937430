"""Making the coming weeks' sessions and places from the pack's templates: set-based, and as often as one likes."""

import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.alliance.packs import Pack
from backend.alliance.packs.sections.booking import SessionTemplate
from backend.alliance.packs.sections.institutions import InstitutionEntry
from backend.alliance.queries import pack
from backend.booking.spread import share, spread
from backend.booking.states import SlotPool
from backend.kernel.clock import SHANGHAI, local_day
from backend.kernel.ids import new_id
from backend.kernel.roles import Role
from backend.store import clock
from backend.worklist.service import Owner, open_task

_WEEK = frozenset({1, 2, 3, 4, 5})

_MAKE = text(
    """
    WITH wanted AS (
        SELECT * FROM jsonb_to_recordset(CAST(:sessions AS jsonb)) AS w(
            id uuid, template text, institution text, department text, title text, day date,
            starts_at timestamptz, ends_at timestamptz, place text, expert boolean, slots jsonb)
    ), made AS (
        INSERT INTO schedule_session (county_id, id, template, institution, department, title, day, starts_at,
                                      ends_at, place, expert)
        SELECT :county, w.id, w.template, w.institution, w.department, w.title, w.day, w.starts_at,
               w.ends_at, w.place, w.expert
        FROM wanted AS w
        JOIN institution ON institution.county_id = :county AND institution.code = w.institution
        ON CONFLICT (county_id, institution, department, day, template) DO NOTHING
        RETURNING id
    ), placed AS (
        INSERT INTO slot (county_id, id, session_id, starts_at, pool, capacity)
        SELECT :county, s.id, w.id, s.starts_at, s.pool, s.capacity
        FROM wanted AS w
        JOIN made ON made.id = w.id
        CROSS JOIN jsonb_to_recordset(w.slots) AS s(id uuid, starts_at timestamptz, pool text, capacity int)
        ON CONFLICT (county_id, session_id, starts_at, pool) DO NOTHING
    )
    SELECT count(*) FROM made
    """
)


def make_slots(current: Session, county_id: str) -> int:
    """Make every session and place up to the lead days of the pack that is not there yet. Returns new sessions.

    A year whose holidays the pack does not know is not guessed: its days stay empty and the bureau gets a task.
    """
    rules = pack(county_id)
    today = local_day(clock.now(current))
    days = [today + timedelta(days=ahead) for ahead in range(rules.booking.quota.referral_lead_days + 1)]
    for year in sorted({day.year for day in days if not rules.holidays.known(day)}):
        _alarm(rules, year, today)
    sessions = [row for day in days if rules.holidays.known(day) for row in _sessions(rules, day)]
    made = current.scalar(_MAKE, {"county": county_id, "sessions": json.dumps(sessions)})
    return int(made or 0)


def _sessions(rules: Pack, day: date) -> Iterator[dict[str, Any]]:
    for template in rules.booking.templates:
        for code in template.institutions:
            entry = rules.institutions.institution(code)
            if not _runs(rules, template, code, day):
                continue
            for department in template.departments:
                if department in entry.departments:
                    yield _session(rules, template, entry, department, day)


def _runs(rules: Pack, template: SessionTemplate, institution: str, day: date) -> bool:
    if rules.holidays.holiday(day, institution) is not None:
        return False
    if any(entry.date == day for entry in rules.holidays.working_days):
        # A weekend worked for a holiday has no weekday of its own: only what runs all week runs then.
        return set(template.weekdays) >= _WEEK
    return day.isoweekday() in template.weekdays


def _session(
    rules: Pack, template: SessionTemplate, entry: InstitutionEntry, department: str, day: date
) -> dict[str, Any]:
    quota = rules.booking.quota
    percent = quota.referral_expert_percent if template.expert else quota.referral_percent
    return {
        "id": str(new_id()),
        "template": template.code,
        "institution": entry.code,
        "department": department,
        "title": template.title,
        "day": day.isoformat(),
        "starts_at": _at(day, template.start),
        "ends_at": _at(day, template.end),
        "place": f"{entry.desk.place} {entry.desk.name}" if entry.desk else entry.name,
        "expert": template.expert,
        "slots": [
            {
                "id": str(new_id()),
                "starts_at": _at(day, part.start),
                "pool": SlotPool.REFERRAL,
                "capacity": part.places,
            }
            for part in spread(template.start, template.end, share(template.capacity, percent))
        ],
    }


def _at(day: date, wall: time) -> str:
    return datetime.combine(day, wall, SHANGHAI).isoformat()


def _alarm(rules: Pack, year: int, today: date) -> None:
    for bureau in rules.institutions.of_kind("health_bureau"):
        open_task(
            rules.county_id,
            "holidays.unknown",
            Owner(role=Role.BUREAU, institution=bureau.code),
            dedupe_key=f"holidays.unknown:{year}",
            due_at=datetime.combine(today + timedelta(days=3), time(17), SHANGHAI),
            focus=("county", None),
            priority="urgent",
            detail={"year": year},
        )
