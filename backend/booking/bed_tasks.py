"""Whose it is to answer for a bed, by when: the desk in working time, then the medical office. Nothing is dropped."""

from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from backend.alliance.queries import pack
from backend.booking import queries_beds
from backend.booking.models_beds import BedRequest
from backend.booking.open_places import ESCALATED_AFTER
from backend.booking.states import OPEN_BEDS, BedStatus
from backend.kernel.clock import SHANGHAI
from backend.kernel.roles import Role
from backend.referrals import waiting
from backend.referrals.models import Referral
from backend.store import clock
from backend.store.db import session
from backend.worklist.models import Task
from backend.worklist.service import Owner, close_tasks, open_task
from backend.worklist.states import TaskStatus

KIND, NO_BED = "booking.bed", "booking.no_bed"
FOCUS = "bed_request"
STAT_MINUTES = 30
"""Minutes by the clock in which a desk has seen that an emergency needs a bed: it waits for no office hours."""


def ask_desk(row: BedRequest) -> None:
    """Put a question on the desk's list; overdue, it climbs to the medical office."""
    minutes = pack(row.county_id).booking.confirmation("bed").limit_working_minutes
    _open(row, Role.DESK_CLERK, _by(row, clock.now(), minutes), [_office(row, ESCALATED_AFTER)])
    _close_no_bed(row, "asked")


def ask_again(row: BedRequest) -> None:
    """Whoever waits is asked about again on the day that was told, as early as the desk is there."""
    assert row.expected_on is not None
    morning = datetime.combine(row.expected_on, time.min, SHANGHAI)
    minutes = pack(row.county_id).booking.confirmation("bed").limit_working_minutes
    _open(row, Role.DESK_CLERK, _by(row, max(morning, clock.now()), minutes), [_office(row, ESCALATED_AFTER)])


def ask_office(row: BedRequest) -> None:
    """The clerk passed it on: the medical office decides, in half of the desk's time."""
    minutes = pack(row.county_id).booking.confirmation("bed").limit_working_minutes
    _open(row, Role.MEDICAL_OFFICE, _by(row, clock.now(), max(minutes // 2, 30)), [])


def settle(row: BedRequest, outcome: str) -> None:
    """Take the question off the list: it was answered, or is not asked any more."""
    close_tasks(row.county_id, (FOCUS, row.id), outcome, kind=KIND)
    if outcome != "declined":
        _close_no_bed(row, outcome)


def hand_back(row: BedRequest) -> None:
    """There is no bed: the treating doctor has it on the list, with the day or the way that is open."""
    detail: dict[str, Any] = {"reason": row.reason, "instead": row.instead}
    detail["free_on"] = row.free_on.isoformat() if row.free_on else None
    waiting.for_doctor(_referral(row), NO_BED, str(row.id), detail)


def due_of(row: BedRequest) -> datetime | None:
    """Return until when the question has to be answered, or None where nobody owes an answer."""
    return session().scalar(
        select(Task.due_at)
        .where(
            Task.county_id == row.county_id,
            Task.focus_kind == FOCUS,
            Task.focus_id == row.id,
            Task.kind == KIND,
            Task.status == TaskStatus.OPEN,
        )
        .order_by(Task.due_at)
        .limit(1)
    )


def forgotten(current: Session, county_id: str) -> int:
    """Put on the list every question that nobody has on theirs. Returns how many."""
    rows = current.scalars(
        select(BedRequest)
        .where(
            BedRequest.county_id == county_id,
            BedRequest.status.in_(OPEN_BEDS),
            ~exists().where(
                Task.county_id == county_id,
                Task.focus_kind == FOCUS,
                Task.focus_id == BedRequest.id,
                Task.kind == KIND,
                Task.status == TaskStatus.OPEN,
            ),
        )
        .order_by(*queries_beds.ORDER)
        .limit(500)
    ).all()
    for row in rows:
        again = {BedStatus.WAITING: ask_again, BedStatus.PASSED_ON: ask_office}
        again.get(BedStatus(row.status), ask_desk)(row)
    return len(rows)


def _open(row: BedRequest, role: Role, due: datetime, ladder: list[dict[str, Any]]) -> None:
    # One at a time: what was asked before is asked in another way now.
    close_tasks(row.county_id, (FOCUS, row.id), row.status, kind=KIND)
    open_task(
        row.county_id,
        KIND,
        Owner(role=role, institution=row.institution),
        dedupe_key=f"{KIND}:{row.id}:{row.version}:{clock.now().isoformat()}",
        due_at=due,
        focus=(FOCUS, row.id),
        # No name of a person: a house that is asked learns it with the consent, on its own page.
        priority=row.priority,
        ladder=ladder,
        detail={"department": row.department, "bed": row.bed},
    )


def _by(row: BedRequest, start: datetime, minutes: int) -> datetime:
    if row.priority == "stat":
        return start + timedelta(minutes=STAT_MINUTES)
    return waiting.office_of(row.county_id, row.institution, start).after_minutes(start, minutes).at


def _office(row: BedRequest, minutes: int) -> dict[str, Any]:
    return Owner(role=Role.MEDICAL_OFFICE, institution=row.institution).step(minutes)


def _close_no_bed(row: BedRequest, outcome: str) -> None:
    close_tasks(row.county_id, (waiting.FOCUS, row.referral_id), outcome, kind=NO_BED)


def _referral(row: BedRequest) -> Referral:
    return session().get_one(Referral, (row.county_id, row.referral_id))
