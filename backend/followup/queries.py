"""Reads of plans, visits and the village doctor's round."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from backend.followup.models import FollowUpPlan, FollowUpVisit
from backend.followup.states import FollowUpVisitStatus
from backend.kernel.clock import local_day
from backend.kernel.roles import Actor
from backend.people.models import Practitioner, Resident
from backend.store import access
from backend.store.db import session

OPEN = (FollowUpVisitStatus.PLANNED, FollowUpVisitStatus.ASKED)
ROUND_AHEAD = timedelta(days=7)
"""A village doctor who passes by does what is due within the week."""


def plans_of(actor: Actor, resident_id: UUID) -> list[FollowUpPlan]:
    """Return a person's plans that the actor may see, the running ones first."""
    query = access.scoped_query(FollowUpPlan, actor, "follow_up_plan.read")
    rows = session().scalars(query.where(FollowUpPlan.resident_id == resident_id).order_by(FollowUpPlan.id.desc()))
    return sorted(rows, key=lambda plan: plan.status)


def next_visit(plan: FollowUpPlan) -> FollowUpVisit | None:
    """Return the open look that is due first."""
    return session().scalar(
        select(FollowUpVisit)
        .where(
            FollowUpVisit.county_id == plan.county_id,
            FollowUpVisit.plan_id == plan.id,
            FollowUpVisit.status.in_(OPEN),
        )
        .order_by(FollowUpVisit.due_on)
        .limit(1)
    )


def due_of_resident(county_id: str, resident_id: UUID, until: date) -> list[FollowUpVisit]:
    """Return a person's open looks due by a day, for their home page."""
    return list(
        session().scalars(
            select(FollowUpVisit)
            .where(
                FollowUpVisit.county_id == county_id,
                FollowUpVisit.resident_id == resident_id,
                FollowUpVisit.status.in_(OPEN),
                FollowUpVisit.due_on <= until,
            )
            .order_by(FollowUpVisit.due_on)
        )
    )


def last_done(visit: FollowUpVisit) -> FollowUpVisit | None:
    """Return the look before this one."""
    return session().scalar(
        select(FollowUpVisit)
        .where(
            FollowUpVisit.county_id == visit.county_id,
            FollowUpVisit.plan_id == visit.plan_id,
            FollowUpVisit.status == FollowUpVisitStatus.DONE,
            FollowUpVisit.id != visit.id,
        )
        .order_by(FollowUpVisit.done_at.desc())
        .limit(1)
    )


def round_of(actor: Actor, today: date) -> list[FollowUpVisit]:
    """Return what is due on a village doctor's round: theirs, by now or within the week."""
    if actor.practitioner_id is None:
        return []
    return list(
        session().scalars(
            access.scoped_query(FollowUpVisit, actor, "follow_up_round.read")
            .where(FollowUpVisit.status.in_(OPEN), FollowUpVisit.due_on <= today + ROUND_AHEAD)
            .order_by(FollowUpVisit.due_on)
            .limit(500)
        )
    )


def done_today(actor: Actor, today: date) -> list[FollowUpVisit]:
    """Return the looks this doctor did today."""
    rows = session().scalars(
        select(FollowUpVisit)
        .where(
            FollowUpVisit.county_id == actor.county_id,
            FollowUpVisit.done_by == actor.practitioner_id,
            FollowUpVisit.status == FollowUpVisitStatus.DONE,
        )
        .order_by(FollowUpVisit.done_at.desc())
        .limit(100)
    )
    return [row for row in rows if row.done_at is not None and local_day(row.done_at) == today]


def residents_of(county_id: str, ids: Sequence[UUID]) -> dict[UUID, Resident]:
    """Return residents by id."""
    rows = session().scalars(select(Resident).where(Resident.county_id == county_id, Resident.id.in_(set(ids))))
    return {row.id: row for row in rows}


def plans_by_id(county_id: str, ids: Sequence[UUID]) -> dict[UUID, FollowUpPlan]:
    """Return plans by id."""
    rows = session().scalars(
        select(FollowUpPlan).where(FollowUpPlan.county_id == county_id, FollowUpPlan.id.in_(set(ids)))
    )
    return {row.id: row for row in rows}


def practitioner_name(county_id: str, practitioner_id: UUID | None) -> str | None:
    """Return a clinician's name."""
    if practitioner_id is None:
        return None
    return session().scalar(
        select(Practitioner.name).where(Practitioner.county_id == county_id, Practitioner.id == practitioner_id)
    )
