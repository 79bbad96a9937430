"""Whom a doctor sent down, and how it goes with them: one line a person, a few queries a page. MS-4.2.3c."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql import distinct_on

from backend.alliance.queries import pack
from backend.followup import queries
from backend.followup.advice_schemas import DangerMetOut, LastLookOut, SentDownOut
from backend.followup.models import FollowUpPlan, FollowUpVisit
from backend.followup.models_advice import PlanAdvice
from backend.followup.plans import protocol_of
from backend.followup.sight import ends_at
from backend.followup.states import FollowUpVisitStatus as Visit
from backend.kernel.clock import local_day
from backend.kernel.roles import Actor
from backend.people.models import Practitioner, Resident
from backend.records.views import person_line
from backend.referrals.models import Referral
from backend.referrals.models_handover import ReferralHandover
from backend.store import audit, clock
from backend.store.db import session
from backend.worklist.models import Task
from backend.worklist.states import TaskStatus

ACTION = "sent_down.read"


@dataclass
class _Around:
    """What a page of plans is told with."""

    people: dict[UUID, Resident]
    referrals: dict[UUID, Referral]
    taken_by: dict[UUID, UUID | None]
    doctors: dict[UUID, Practitioner]
    next_on: dict[UUID, FollowUpVisit] = field(default_factory=dict)
    last: dict[UUID, FollowUpVisit] = field(default_factory=dict)
    danger: dict[UUID, FollowUpVisit] = field(default_factory=dict)
    unsolved: frozenset[UUID] = frozenset()
    advice: dict[UUID, PlanAdvice] = field(default_factory=dict)


def show_sent_down(actor: Actor, plans: Sequence[FollowUpPlan]) -> list[SentDownOut]:
    """Return the lines of a page, and leave a trace at everybody who is on it, once an hour."""
    around = _around(actor.county_id, plans)
    _leave_trace(actor, plans)
    return [_line(plan, around) for plan in plans]


def _line(plan: FollowUpPlan, around: _Around) -> SentDownOut:
    county, today = pack(plan.county_id), local_day(clock.now())
    assert plan.referral_id is not None
    referral, person = around.referrals[plan.referral_id], around.people[plan.resident_id]
    assert referral.arrived_at is not None
    doctor, taker = (
        around.doctors[plan.practitioner_id],
        around.doctors.get(around.taken_by.get(referral.id) or plan.practitioner_id),
    )
    since = local_day(referral.arrived_at)
    following, advice = around.next_on.get(plan.id), around.advice.get(plan.id)
    last, danger = around.last.get(plan.id), around.danger.get(plan.id)
    if danger is not None and _before(danger, referral.arrived_at):
        danger = None  # a danger of before the stay is what the stay was for
    return SentDownOut(
        plan_id=plan.id,
        person=person_line(person),
        died=person.died_on is not None,
        plain=protocol_of(county, plan.condition, plan.started_on).plain,
        plan_status=plan.status,
        institution_name=county.institutions.institution(plan.institution).name,
        taken_over_by=taker.name if taker else doctor.name,
        cared_by=doctor.name,
        cared_by_phone=doctor.phone,
        taken_over_on=since,
        days=(today - since).days,
        next_due_on=following.due_on if following else None,
        next_overdue=following is not None and following.due_on < today,
        last=_last(last) if last else None,
        danger=DangerMetOut(on=_day(danger), open=danger.id in around.unsolved) if danger else None,
        seen_until=local_day(ends_at(referral)),
        advice_status=advice.status if advice else None,
        advice_id=advice.id if advice else None,
    )


def _last(visit: FollowUpVisit) -> LastLookOut:
    return LastLookOut(on=_day(visit), outcome=visit.outcome or "", values=visit.answers.get("measures", {}))


def _before(visit: FollowUpVisit, instant: datetime) -> bool:
    return visit.done_at is not None and visit.done_at < instant


def _day(visit: FollowUpVisit) -> date:
    assert visit.done_at is not None
    return local_day(visit.done_at)


def _around(county_id: str, plans: Sequence[FollowUpPlan]) -> _Around:
    ids = [plan.id for plan in plans]
    ways = [plan.referral_id for plan in plans if plan.referral_id]
    referrals = session().scalars(select(Referral).where(Referral.county_id == county_id, Referral.id.in_(ways)))
    taken = session().execute(
        select(ReferralHandover.referral_id, ReferralHandover.accepted_by).where(
            ReferralHandover.county_id == county_id, ReferralHandover.referral_id.in_(ways)
        )
    )
    taken_by = {row.referral_id: row.accepted_by for row in taken}
    doctors = session().scalars(
        select(Practitioner).where(
            Practitioner.county_id == county_id,
            Practitioner.id.in_({plan.practitioner_id for plan in plans} | {one for one in taken_by.values() if one}),
        )
    )
    around = _Around(
        people=queries.residents_of(county_id, [plan.resident_id for plan in plans]),
        referrals={row.id: row for row in referrals},
        taken_by=taken_by,
        doctors={row.id: row for row in doctors},
    )
    around.next_on = _looks(county_id, ids, FollowUpVisit.due_on, FollowUpVisit.status.in_(queries.OPEN))
    newest, done = FollowUpVisit.done_at.desc(), FollowUpVisit.status == Visit.DONE
    around.last = _looks(county_id, ids, newest, done)
    around.danger = _looks(county_id, ids, newest, done, FollowUpVisit.outcome == "danger")
    around.unsolved = _unsolved(county_id, [one.id for one in around.danger.values()])
    around.advice = {row.plan_id: row for row in _newest_advice(county_id, ids)}
    return around


def _looks(county_id: str, ids: Sequence[UUID], order: Any, *which: ColumnElement[bool]) -> dict[UUID, FollowUpVisit]:
    rows = session().scalars(
        select(FollowUpVisit)
        .ext(distinct_on(FollowUpVisit.plan_id))
        .where(FollowUpVisit.county_id == county_id, FollowUpVisit.plan_id.in_(ids), *which)
        .order_by(FollowUpVisit.plan_id, order)
    )
    return {row.plan_id: row for row in rows}


def _unsolved(county_id: str, visits: Sequence[UUID]) -> frozenset[UUID]:
    return frozenset(
        one
        for one in session().scalars(
            select(Task.focus_id).where(
                Task.county_id == county_id,
                Task.focus_kind == "follow_up_visit",
                Task.focus_id.in_(visits),
                Task.kind == "danger_value",
                Task.status == TaskStatus.OPEN,
            )
        )
        if one
    )


def _newest_advice(county_id: str, ids: Sequence[UUID]) -> Sequence[PlanAdvice]:
    return (
        session()
        .scalars(
            select(PlanAdvice)
            .ext(distinct_on(PlanAdvice.plan_id))
            .where(PlanAdvice.county_id == county_id, PlanAdvice.plan_id.in_(ids))
            .order_by(PlanAdvice.plan_id, PlanAdvice.id.desc())
        )
        .all()
    )


def _leave_trace(actor: Actor, plans: Sequence[FollowUpPlan]) -> None:
    """Write down once an hour who was read: each of them finds it among who looked."""
    # The reader's own hour per person: a list pulled down to refresh is one look.
    for plan in plans:
        about = {"plan": str(plan.id)}
        if not audit.seen_lately(session(), actor, ACTION, "follow_up_plan", plan.id, about):
            audit.record(
                session(), actor, ACTION, "follow_up_plan", plan.id, resident_id=plan.resident_id, detail=about
            )
