"""Opening, doing and escalating tasks. Every deadline of the house ends here."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.kernel.ids import new_id
from backend.kernel.roles import Actor, Role
from backend.store import access, audit, clock
from backend.store.db import session
from backend.web import live
from backend.worklist.models import Task
from backend.worklist.states import TASKS, TaskAction, TaskStatus


@dataclass(frozen=True, slots=True)
class Owner:
    """Who has a task: a named person, or whoever holds a role at an institution."""

    practitioner_id: UUID | None = None
    role: Role | None = None
    institution: str | None = None

    def step(self, minutes: int) -> dict[str, Any]:
        """Return one rung of a ladder: this owner, with so many minutes once it is theirs."""
        return {
            "practitioner_id": str(self.practitioner_id) if self.practitioner_id else None,
            "role": self.role,
            "institution": self.institution,
            "minutes": minutes,
        }


def open_task(
    county_id: str,
    kind: str,
    owner: Owner,
    *,
    dedupe_key: str,
    due_at: datetime,
    focus: tuple[str, UUID | None],
    resident_id: UUID | None = None,
    priority: str = "routine",
    ladder: Sequence[dict[str, Any]] = (),
    detail: dict[str, Any] | None = None,
) -> UUID | None:
    """Put a task on a list, once for its dedupe key. Returns its id, or None when it was there."""
    made = session().execute(
        insert(Task)
        .values(
            county_id=county_id,
            id=new_id(),
            kind=kind,
            priority=priority,
            dedupe_key=dedupe_key,
            resident_id=resident_id,
            focus_kind=focus[0],
            focus_id=focus[1],
            due_at=due_at,
            ladder=list(ladder),
            detail=detail or {},
            **asdict(owner),
        )
        .on_conflict_do_nothing()
        .returning(Task.id)
    )
    task_id = made.scalar()
    if task_id is not None:
        _hint(county_id, owner, task_id)
    return task_id


def complete_task(actor: Actor, task_id: UUID, outcome: str) -> Task:
    """Mark one's own task done. Raises NotFound for another's, Conflict when it was done before."""
    task = access.authorize(Task, task_id, actor, "task.complete", lock=True)
    before = TaskStatus(task.status)
    after = TASKS.next(before, TaskAction.COMPLETE, actor)
    task.status, task.outcome = after, outcome
    task.done_at, task.done_by = clock.now(), actor.practitioner_id
    audit.record(
        session(), actor, "task.complete", "task", task.id, resident_id=task.resident_id, before=before, after=after
    )
    return task


def close_tasks(
    county_id: str, focus: tuple[str, UUID], outcome: str, *, kind: str | None = None, but: str | None = None
) -> int:
    """Close what is no longer needed because the thing itself was done or ended, of one kind or all but one.

    Returns how many.
    """
    query = (
        update(Task)
        .where(
            Task.county_id == county_id,
            Task.focus_kind == focus[0],
            Task.focus_id == focus[1],
            Task.status == TaskStatus.OPEN,
        )
        .values(status=TaskStatus.DONE, outcome=outcome, done_at=clock.sql_now())
    )
    if kind is not None:
        query = query.where(Task.kind == kind)
    if but is not None:
        query = query.where(Task.kind != but)
    return int(session().execute(query).rowcount)  # type: ignore[attr-defined]


def lapse(current: Session, county_id: str, kind: str) -> int:
    """Close what only told something and was on the list long enough. Returns how many."""
    query = (
        update(Task)
        .where(
            Task.county_id == county_id,
            Task.kind == kind,
            Task.status == TaskStatus.OPEN,
            Task.due_at <= clock.sql_now(),
        )
        .values(status=TaskStatus.DONE, outcome="told", done_at=clock.sql_now())
    )
    return int(current.execute(query).rowcount)  # type: ignore[attr-defined]


_ESCALATE = text(
    """
    UPDATE task SET
        practitioner_id = (ladder->level->>'practitioner_id')::uuid,
        role = ladder->level->>'role',
        institution = ladder->level->>'institution',
        due_at = liandong_now() + make_interval(mins => (ladder->level->>'minutes')::int),
        level = level + 1
    WHERE county_id = :county AND status = 'open' AND due_at <= liandong_now()
      AND level < jsonb_array_length(ladder)
    RETURNING id, practitioner_id, role, institution
    """
)


def escalate_overdue(current: Session, county_id: str) -> int:
    """Hand every overdue task to the next person of its ladder. Idempotent: a rung is taken once."""
    rows = current.execute(_ESCALATE, {"county": county_id}).all()
    for row in rows:
        owner = Owner(row.practitioner_id, Role(row.role) if row.role else None, row.institution)
        _hint(county_id, owner, row.id)
    return len(rows)


_RUNGS = text(
    """
    UPDATE task SET ladder = replace(ladder::text, :before, :after)::jsonb
    WHERE county_id = :county AND focus_kind = :focus_kind AND focus_id = :focus_id AND status = 'open'
      AND ladder::text LIKE '%' || :before || '%'
    """
)
_HAND_OVER = text(
    """
    UPDATE task SET
        level = CASE WHEN practitioner_id = :before THEN level ELSE 0 END,
        practitioner_id = :after, role = NULL, institution = NULL,
        due_at = GREATEST(due_at, :due)
    WHERE county_id = :county AND focus_kind = :focus_kind AND focus_id = :focus_id AND status = 'open'
      AND (practitioner_id = :before
           OR (practitioner_id IS NULL AND role = :role AND institution = :institution AND kind = ANY(:kinds)
               AND level = 1))
    RETURNING id
    """
)


def hand_over_tasks(
    county_id: str,
    focus: tuple[str, UUID],
    before: UUID,
    after: UUID,
    *,
    office: Owner,
    kinds: Sequence[str],
    due_at: datetime,
) -> int:
    """Let what somebody still has to do about a thing be another's, with time to do it. Returns how many moved.

    What of `kinds` had gone up to the office after them comes down to the other as a first rung; what somebody else
    has first goes up to the other afterwards.
    """
    about = {"county": county_id, "focus_kind": focus[0], "focus_id": focus[1]}
    session().execute(_RUNGS, about | {"before": str(before), "after": str(after)})
    moved = (
        session()
        .scalars(
            _HAND_OVER,
            about
            | {
                "before": before,
                "after": after,
                "due": due_at,
                "role": office.role,
                "institution": office.institution,
                "kinds": list(kinds),
            },
        )
        .all()
    )
    for task_id in moved:
        _hint(county_id, Owner(practitioner_id=after), task_id)
        _hint(county_id, Owner(practitioner_id=before), task_id)
        _hint(county_id, office, task_id)
    return len(moved)


def open_tasks(actor: Actor, *, limit: int = 200) -> list[Task]:
    """Return the actor's open tasks, the most urgent first."""
    # By the database: whoever has many overdue ones still sees the danger that came last.
    urgency = case({"stat": 0, "urgent": 1}, value=Task.priority, else_=2)
    rows = session().scalars(
        access.scoped_query(Task, actor, "task.read")
        .where(Task.status == TaskStatus.OPEN)
        .order_by(urgency, Task.due_at, Task.id)
        .limit(limit)
    )
    return list(rows)


def open_task_of(county_id: str, focus: tuple[str, UUID], kind: str) -> Task | None:
    """Return the open task about a thing, to show who has it and by when."""
    return session().scalar(
        select(Task).where(
            Task.county_id == county_id,
            Task.focus_kind == focus[0],
            Task.focus_id == focus[1],
            Task.kind == kind,
            Task.status == TaskStatus.OPEN,
        )
    )


def _hint(county_id: str, owner: Owner, task_id: UUID) -> None:
    if owner.practitioner_id:
        live.hint(county_id, f"practitioner:{owner.practitioner_id}", "task", task_id)
    if owner.institution:
        live.hint(county_id, f"institution:{owner.institution}", "task", task_id)
