"""Who may be named on the telephone, and which answers a doctor says were otherwise, as the desk reads them."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from backend.desk.words import near
from backend.kernel.clock import local_day
from backend.kernel.roles import Actor
from backend.people.colleagues import Colleague
from backend.people.models import Practitioner
from backend.referrals.lines import who_line
from backend.referrals.models import Referral, ReferralAnswer
from backend.referrals.states import AnswerStatus
from backend.referrals.waiting import DISOWNED
from backend.store import access, clock
from backend.store.db import session
from backend.worklist.models import Task
from backend.worklist.queries import ROLE_NAMES
from backend.worklist.states import TaskStatus


@dataclass(frozen=True, slots=True)
class Choice:
    """One name to choose: who, and as what."""

    id: UUID
    name: str
    part: str


@dataclass(frozen=True, slots=True)
class Dispute:
    """A doctor says it was not so, after others went on with it."""

    task_id: UUID
    referral_id: UUID | None  # where it may still be opened
    who: str
    doctor: str
    said: str
    written_by: str
    due: str


def choices(found: list[Colleague]) -> list[Choice]:
    """Return the names as a form offers them."""
    return [
        Choice(one.practitioner.id, one.practitioner.name, "、".join(ROLE_NAMES[role] for role in one.roles))
        for one in found
    ]


def disputes(actor: Actor) -> list[Dispute]:
    """Return what this desk has to sort out with a doctor, what is due first on top."""
    open_tasks = session().scalars(
        access.scoped_query(Task, actor, "task.read")
        .where(Task.kind == DISOWNED, Task.status == TaskStatus.OPEN)
        .order_by(Task.due_at)
    )
    return [_dispute(task, actor) for task in open_tasks]


def disowned_before(referral: Referral) -> ReferralAnswer | None:
    """Return the answer that its doctor disowned, where the house is being asked again because of it."""
    before = session().scalar(
        select(ReferralAnswer)
        .where(ReferralAnswer.county_id == referral.county_id, ReferralAnswer.referral_id == referral.id)
        .order_by(ReferralAnswer.id.desc())
        .offset(1)
        .limit(1)
    )
    return before if before is not None and before.status == AnswerStatus.DISOWNED else None


def _dispute(task: Task, actor: Actor) -> Dispute:
    row = session().get_one(ReferralAnswer, (task.county_id, UUID(task.detail["answer_id"])))
    referral = session().scalar(
        select(Referral).where(
            Referral.county_id == row.county_id,
            Referral.id == row.referral_id,
            access.visible(Referral, actor, "referral.read"),
        )
    )
    clerk = session().get(Practitioner, (row.county_id, row.written_by))
    return Dispute(
        task_id=task.id,
        referral_id=referral.id if referral else None,
        who=who_line(referral, actor) if referral else "病人已转到别家",
        doctor=row.contact,
        said="接不了" if row.decline_reason else "可以来",
        written_by=clerk.name if clerk else "",
        due=near(task.due_at, local_day(clock.now())),
    )
