"""HTTP of the worklist: one's open tasks, and saying that one is done."""

from uuid import UUID

from flask import Blueprint

from backend.alliance.queries import village_name
from backend.kernel.roles import Actor
from backend.people.contacts import contacts_of
from backend.people.models import Resident
from backend.store import access, clock
from backend.store.db import session
from backend.web.operations import operation
from backend.worklist import service
from backend.worklist.models import Task
from backend.worklist.queries import next_owner_name
from backend.worklist.schemas import ContactOut, DoneIn, TaskOut, TaskPage
from backend.worklist.states import TASKS, TaskStatus

routes = Blueprint("worklist", __name__, url_prefix="/api/v1")
TAG = "待办"


@routes.get("/tasks")
@operation("task.read", summary="我的待办", tag=TAG, answer=TaskPage)
def list_tasks(actor: Actor) -> TaskPage:
    return TaskPage(items=[_show(actor, task) for task in service.open_tasks(actor)], next_cursor=None)


@routes.get("/tasks/<uuid:task_id>")
@operation("task.read", summary="一件待办", tag=TAG, answer=TaskOut)
def read_task(actor: Actor, task_id: UUID) -> TaskOut:
    return _show(actor, access.authorize(Task, task_id, actor, "task.read"), with_contacts=True)


@routes.post("/tasks/<uuid:task_id>/done")
@operation("task.complete", summary="办完一件待办", tag=TAG, body=DoneIn, answer=TaskOut)
def complete(actor: Actor, task_id: UUID, body: DoneIn) -> TaskOut:
    return _show(actor, service.complete_task(actor, task_id, body.outcome))


def _show(actor: Actor, task: Task, *, with_contacts: bool = False) -> TaskOut:
    resident = session().get(Resident, (task.county_id, task.resident_id)) if task.resident_id else None
    contacts = contacts_of(resident) if resident and with_contacts else []
    return TaskOut(
        id=task.id,
        kind=task.kind,
        status=task.status,
        priority=task.priority,
        resident_id=task.resident_id,
        resident_name=resident.name if resident else None,
        birth_year=resident.birth_on.year if resident else None,
        village=village_name(task.county_id, resident.village) if resident else None,
        contacts=[ContactOut(name=one.name, relation=one.relation, phone=one.phone) for one in contacts],
        focus_kind=task.focus_kind,
        focus_id=task.focus_id,
        due_at=task.due_at,
        overdue=task.due_at < clock.now(),
        next_owner=next_owner_name(task),
        created_at=task.created_at,
        detail=task.detail,
        outcome=task.outcome,
        actions=[str(action) for action in TASKS.actions_from(TaskStatus(task.status), actor)],
    )
