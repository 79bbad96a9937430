"""Reads of plans, visits and the village doctor's round."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Select, func, select

from backend.followup.models import FollowUpPlan, FollowUpVisit
from backend.followup.states import FollowUpVisitStatus
from backend.kernel.clock import local_day
from backend.kernel.roles import Actor, Role
from backend.people.models import Practitioner, Resident
from backend.store import access
from backend.store.db import session
from backend.worklist.models import Task

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


def visits_of_plan(plan: FollowUpPlan) -> Select[FollowUpVisit]:
    """Return the query of a plan's looks, those called off left out; the caller has authorised the plan."""
    return select(FollowUpVisit).where(
        FollowUpVisit.county_id == plan.county_id,
        FollowUpVisit.plan_id == plan.id,
        FollowUpVisit.status != FollowUpVisitStatus.CALLED_OFF,
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


def named(plan: FollowUpPlan) -> dict[Role, UUID]:
    """Return the persons who look after a plan, by their part."""
    found = {Role.FAMILY_DOCTOR: plan.practitioner_id}
    if plan.village_practitioner_id is not None:
        found[Role.VILLAGE_DOCTOR] = plan.village_practitioner_id
    return found


def danger_key(visit: FollowUpVisit) -> str:
    """Return the name of the task that a dangerous answer opens."""
    return f"danger:{visit.id}"


def refer_key(visit: FollowUpVisit) -> str:
    """Return the name of the task that a disease out of hand opens."""
    return f"followup-refer:{visit.id}"


def task_named(county_id: str, dedupe_key: str) -> Task | None:
    """Return the task an answer opened, open or done."""
    return session().scalar(select(Task).where(Task.county_id == county_id, Task.dedupe_key == dedupe_key))


def namesakes_of(county_id: str, villages: Collection[str], names: Collection[str]) -> dict[str, int]:
    """Return how many people of the villages have each name, of those that more than one has."""
    rows = session().execute(
        select(Resident.name, func.count())
        .where(
            Resident.county_id == county_id,
            Resident.village.in_(villages),
            Resident.name.in_(names),
            Resident.died_on.is_(None),
        )
        .group_by(Resident.name)
        .having(func.count() > 1)
    )
    return {row[0]: row[1] for row in rows}
