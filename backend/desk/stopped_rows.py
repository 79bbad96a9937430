"""Who is to be phoned because their session was stopped, as strips above the list of what is to be answered."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.sql import Select

from backend.booking.displaced import KIND
from backend.booking.models import Appointment
from backend.desk import booking_rows
from backend.desk.words import near
from backend.kernel.clock import local_day
from backend.kernel.roles import Actor
from backend.store import access, clock
from backend.store.db import session
from backend.worklist.models import Task
from backend.worklist.states import TaskStatus

MOST = 100


@dataclass(frozen=True, slots=True)
class StoppedCall:
    """One person to agree on another time with, and by when."""

    task_id: UUID
    appointment_id: UUID
    who: str
    what: str
    phone: str
    due: str
    late: bool


def open_calls(actor: Actor) -> Select[Task]:
    """Return the calls that are on this person's list."""
    return access.scoped_query(Task, actor, "task.read").where(Task.kind == KIND, Task.status == TaskStatus.OPEN)


def calls(actor: Actor) -> list[StoppedCall]:
    """Return whom this desk phones about a stopped session, what is due first on top."""
    today, now = local_day(clock.now()), clock.now()
    found = []
    for task in session().scalars(open_calls(actor).order_by(Task.due_at, Task.id).limit(MOST)):
        row = session().scalar(
            select(Appointment).where(
                Appointment.county_id == task.county_id,
                Appointment.id == task.focus_id,
                access.visible(Appointment, actor, "appointment.read"),
            )
        )
        if row is None:
            continue
        shown = booking_rows.row_of(actor, row)
        found.append(
            StoppedCall(
                task_id=task.id,
                appointment_id=row.id,
                who=f"{shown.name} {shown.about}",
                what=f"{near(row.starts_at, today)} {shown.department}",
                phone=shown.phone,
                due=near(task.due_at, today),
                late=task.due_at < now,
            )
        )
    return found
