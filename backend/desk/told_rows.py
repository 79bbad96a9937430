"""What this house is to look at of referrals it has answered, as strips: more came along, or a result is due back."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import Select, and_, or_, select

from backend.alliance.queries import pack
from backend.desk.words import near
from backend.kernel.clock import SHANGHAI, local_day
from backend.kernel.roles import Actor
from backend.referrals.lines import who_line
from backend.referrals.models import Referral
from backend.referrals.waiting import ADDED, RESULT
from backend.store import access, clock
from backend.store.db import session
from backend.worklist.models import Task
from backend.worklist.states import TaskStatus

MOST = 20


@dataclass(frozen=True, slots=True)
class Told:
    """One referral to look at: of whom, from where, since when; by when, where something is due."""

    referral_id: UUID
    who: str
    from_name: str
    at: datetime
    due: str
    chased: bool


def added(actor: Actor) -> list[Told]:
    """Return what came later to referrals of this reader, the newest first; looking at one takes it off."""
    return _told(actor, _added(actor).order_by(Task.id.desc()))


def results_due(actor: Actor) -> list[Told]:
    """Return of whom the result goes back today, or was to; sent back, it is off. XM-5.4a.

    Before its day nothing is shown: nobody at a desk has anything to do about it.
    """
    return _told(actor, _results_due(actor).order_by(Task.due_at, Task.id))


def strips(actor: Actor) -> list[Select[UUID]]:
    """Return what stands as a strip, to be counted."""
    return [query.with_only_columns(Task.id) for query in (_added(actor), _results_due(actor))]


def _added(actor: Actor) -> Select[Task, Referral]:
    return _of_kind(actor, ADDED)


def _results_due(actor: Actor) -> Select[Task, Referral]:
    tomorrow = datetime.combine(local_day(clock.now()) + timedelta(days=1), time.min, SHANGHAI)
    return _of_kind(actor, RESULT).where(or_(Task.level > 0, Task.due_at < tomorrow))


def _of_kind(actor: Actor, kind: str) -> Select[Task, Referral]:
    return (
        select(Task, Referral)
        .join(Referral, and_(Referral.county_id == Task.county_id, Referral.id == Task.focus_id))
        .where(
            access.visible(Task, actor, "task.read"),
            access.visible(Referral, actor, "referral.read"),
            Task.kind == kind,
            Task.status == TaskStatus.OPEN,
        )
    )


def _told(actor: Actor, query: Select[Task, Referral]) -> list[Told]:
    names = {one.code: one.short_name for one in pack(actor.county_id).institutions.institutions}
    today = local_day(clock.now())
    return [
        Told(
            referral_id=referral.id,
            who=who_line(referral, actor),
            from_name=names[referral.from_institution],
            at=task.created_at,
            due=near(task.due_at, today),
            chased=task.level > 0,
        )
        for task, referral in session().execute(query.limit(MOST))
    ]
