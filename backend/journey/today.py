"""A clinician's today: what needs this person, danger first, each with who gets it next."""

from uuid import UUID

from backend.alliance.queries import pack
from backend.followup.queries import residents_of
from backend.followup.reading import village_name
from backend.journey.schemas import TodayCount, TodayItem, TodayOut, TodaySection
from backend.journey.wording import SECTIONS, wording_of
from backend.kernel.clock import age_on, local_day
from backend.kernel.roles import Actor
from backend.people.models import Practitioner, Resident
from backend.store import clock
from backend.store.db import session
from backend.worklist.models import Task
from backend.worklist.service import open_tasks

_COUNTS = (("danger", "危险"), ("sign", "等我签"), ("follow", "要随访"), ("message", "未回消息"))


def today_of(actor: Actor) -> TodayOut:
    """Return the list of a clinician, sorted by section and by when it is due."""
    tasks = open_tasks(actor)
    people = residents_of(actor.county_id, [task.resident_id for task in tasks if task.resident_id])
    sections: dict[str, list[TodayItem]] = {code: [] for code, _ in SECTIONS}
    for task in tasks:
        item = _item(actor, task, people.get(task.resident_id) if task.resident_id else None)
        section = "danger" if task.priority == "stat" else wording_of(task.kind).section
        sections[section].append(item)
    return TodayOut(
        counts=[TodayCount(code=code, label=label, number=len(sections[code])) for code, label in _COUNTS],
        sections=[
            TodaySection(code=code, title=title, items=sections[code]) for code, title in SECTIONS if sections[code]
        ],
    )


def _item(actor: Actor, task: Task, resident: Resident | None) -> TodayItem:
    words = wording_of(task.kind)
    now = clock.now()
    return TodayItem(
        id=task.id,
        kind=task.kind,
        title=_who(actor, resident) if resident else words.text,
        text=_text(task, words.text),
        button=words.button,
        page=words.page.format(focus=task.focus_id or "", task=task.id),
        priority=task.priority,
        due_at=task.due_at,
        overdue=task.due_at < now,
        next_owner=_next_owner(actor.county_id, task),
        resident_id=task.resident_id,
        detail=task.detail,
    )


def _who(actor: Actor, resident: Resident) -> str:
    age = age_on(resident.birth_on, local_day(clock.now()))
    return f"{resident.name} · {age}岁 · {village_name(actor.county_id, resident.village)}"


def _text(task: Task, plain: str) -> str:
    """Say the dangerous numbers with the words, so that nobody has to open it to know."""
    measures = task.detail.get("measures") or {}
    high, low = measures.get("systolic"), measures.get("diastolic")
    numbers = [f"{high:g}/{low:g}"] if high and low else [f"{value:g}" for value in measures.values()]
    return " · ".join([plain, *numbers])


def _next_owner(county_id: str, task: Task) -> str | None:
    """Return who has it next when this person does not act in time."""
    if task.level >= len(task.ladder):
        return None
    step = task.ladder[task.level]
    if step.get("practitioner_id"):
        found = session().get(Practitioner, (county_id, UUID(step["practitioner_id"])))
        return found.name if found else None
    place = pack(county_id).institutions.institution(step["institution"]).short_name
    return f"{place}{_ROLES.get(step['role'], '')}"


_ROLES = {
    "medical_office": "医务科",
    "public_health": "公卫科",
    "desk_clerk": "转诊服务台",
    "family_doctor": "家庭医生",
    "department_head": "科主任",
    "village_doctor": "村医",
    "pharmacist": "药师",
}
