"""Making the coming weeks' sessions and places: set-based, as often as one likes, by as many at once as one likes."""

import json
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from backend.alliance.packs import Pack
from backend.alliance.queries import pack
from backend.booking.models import ScheduleSession
from backend.booking.own_plans import OwnPlans
from backend.booking.planning import Planned, planned
from backend.booking.sharing import places
from backend.kernel.clock import SHANGHAI, local_day
from backend.kernel.ids import new_id
from backend.kernel.roles import Role
from backend.store import clock
from backend.worklist.service import Owner, open_task

_MAKE = text(
    """
    WITH wanted AS (
        SELECT * FROM jsonb_to_recordset(CAST(:sessions AS jsonb)) AS w(
            id uuid, template text, kind text, item text, institution text, department text, practitioner_id uuid,
            title text, day date, starts_at timestamptz, ends_at timestamptz, place text, expert boolean, slots jsonb)
    ), made AS (
        INSERT INTO schedule_session (county_id, id, template, kind, item, institution, department, practitioner_id,
                                      title, day, starts_at, ends_at, place, expert)
        SELECT :county, w.id, w.template, w.kind, w.item, w.institution, w.department, w.practitioner_id, w.title,
               w.day, w.starts_at, w.ends_at, w.place, w.expert
        FROM wanted AS w
        JOIN institution ON institution.county_id = :county AND institution.code = w.institution
        -- One order for all: makers that run at once wait for each other, and never in a circle.
        ORDER BY w.institution, w.department, w.day, w.template
        ON CONFLICT (county_id, institution, department, day, template) DO NOTHING
        RETURNING id
    ), placed AS (
        INSERT INTO slot (county_id, id, session_id, starts_at, pool, capacity, opens_at, gives_back_at)
        SELECT :county, s.id, w.id, s.starts_at, s.pool, s.capacity, s.opens_at, s.gives_back_at
        FROM wanted AS w
        JOIN made ON made.id = w.id
        CROSS JOIN jsonb_to_recordset(w.slots) AS s(
            id uuid, starts_at timestamptz, pool text, capacity int, opens_at timestamptz, gives_back_at timestamptz)
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
    there = _there(current, county_id, today)
    own = OwnPlans(current, rules, days)
    known = [day for day in days if rules.holidays.known(day)]
    wanted = [one for day in known for one in (*planned(rules, day), *own.on(day)) if one.key not in there]
    if not wanted:
        return 0
    rows = json.dumps([_row(rules, one) for one in wanted])
    return int(current.scalar(_MAKE, {"county": county_id, "sessions": rows}) or 0)


def _there(current: Session, county_id: str, today: date) -> set[tuple[str, str, date, str]]:
    rows = current.execute(
        select(
            ScheduleSession.institution, ScheduleSession.department, ScheduleSession.day, ScheduleSession.template
        ).where(ScheduleSession.county_id == county_id, ScheduleSession.day >= today)
    )
    return {(row.institution, row.department, row.day, row.template) for row in rows}


def _row(rules: Pack, one: Planned) -> dict[str, Any]:
    slots = places(
        rules.booking.quota,
        one.day,
        one.start,
        one.end,
        one.capacity,
        expert=one.expert,
        contract_pool=one.kind != "examination",
    )
    return {
        "id": str(new_id()),
        "template": one.template,
        "kind": one.kind,
        "item": one.item,
        "institution": one.institution,
        "department": one.department,
        "practitioner_id": str(one.practitioner_id) if one.practitioner_id else None,
        "title": one.title,
        "day": one.day.isoformat(),
        "starts_at": _at(one.day, one.start),
        "ends_at": _at(one.day, one.end),
        "place": one.place,
        "expert": one.expert,
        "slots": [
            {
                "id": str(new_id()),
                "starts_at": part.starts_at.isoformat(),
                "pool": part.pool,
                "capacity": part.capacity,
                "opens_at": part.opens_at.isoformat() if part.opens_at else None,
                "gives_back_at": part.gives_back_at.isoformat() if part.gives_back_at else None,
            }
            for part in slots
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
