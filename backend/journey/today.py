"""A clinician's today: what needs this person, danger first, each with who gets it next."""

from datetime import timedelta
from uuid import UUID

from backend.alliance.queries import village_name
from backend.chat.models import Conversation
from backend.chat.permissions import PERMISSIONS as CHAT
from backend.chat.schemas import ConversationOut
from backend.chat.showing import conversation_views
from backend.contracts.models import CareTeam
from backend.followup import queries
from backend.journey.schemas import TodayCount, TodayItem, TodayOut, TodayRound, TodaySection
from backend.journey.task_saying import task_text
from backend.journey.wording import SECTIONS, TaskWording, wording_of
from backend.kernel.clock import age_on, local_day
from backend.kernel.roles import Actor, Role
from backend.people.contacts import contacts_of
from backend.people.models import Resident
from backend.store import access, clock
from backend.store.db import session
from backend.worklist.models import Task
from backend.worklist.queries import next_owner_name
from backend.worklist.service import open_tasks

_COUNTS = (("danger", "危险"), ("sign", "等我签"), ("follow", "要随访"), ("message", "未回消息"))
_TALKERS = frozenset(role for one in CHAT if one.action == "conversation.read" for role in one.grants) - {Role.RESIDENT}
_SHOWN_WAITING = 50


def today_of(actor: Actor) -> TodayOut:
    """Return the list of a clinician, sorted by section and by when it is due."""
    tasks = open_tasks(actor)
    people = queries.residents_of(actor.county_id, [task.resident_id for task in tasks if task.resident_id])
    waiting = _waiting(actor)
    heard = {one.id for one in waiting}
    sections: dict[str, list[TodayItem]] = {code: [] for code, _ in SECTIONS}
    for task in tasks:
        if task.kind == "chat_waiting" and task.focus_id in heard:
            continue  # the waiting conversation stands there itself
        section = "danger" if task.priority == "stat" else _words(task).section
        resident = people.get(task.resident_id) if task.resident_id else None
        sections[section].append(_item(task, resident, with_phone=section == "danger"))
    sections["message"] += [_unanswered(actor, one) for one in waiting]
    return TodayOut(
        counts=[TodayCount(code=code, label=label, number=len(sections[code])) for code, label in _COUNTS],
        round=_round(actor),
        sections=[
            TodaySection(code=code, title=title, items=sections[code]) for code, title in SECTIONS if sections[code]
        ],
    )


def _item(task: Task, resident: Resident | None, *, with_phone: bool) -> TodayItem:
    words = _words(task)
    contacts = contacts_of(resident) if resident and with_phone else []
    return TodayItem(
        id=task.id,
        kind=task.kind,
        title=_who(resident) if resident else words.text,
        text=task_text(task, words.text),
        button=words.button,
        page=words.page.format(focus=task.focus_id or "", task=task.id, answer=task.detail.get("answer_id", "")),
        phone=contacts[0].phone if contacts else None,
        priority=task.priority,
        due_at=task.due_at,
        overdue=task.due_at < clock.now(),
        next_owner=next_owner_name(task),
        resident_id=task.resident_id,
    )


def _words(task: Task) -> TaskWording:
    return wording_of(task.kind, down=bool(task.detail.get("down")), own=task.resident_id is None)


def _who(resident: Resident) -> str:
    age = age_on(resident.birth_on, local_day(clock.now()))
    return f"{resident.name} · {age}岁 · {village_name(resident.county_id, resident.village)}"


def _waiting(actor: Actor) -> list[ConversationOut]:
    """Return the conversations in which somebody waits for an answer, the longest first."""
    if not actor.has(*_TALKERS):
        return []
    rows = session().scalars(
        access.scoped_query(Conversation, actor, "conversation.read")
        .where(Conversation.waiting_since.is_not(None), Conversation.closed_at.is_(None))
        .order_by(Conversation.waiting_since)
        .limit(_SHOWN_WAITING)
    )
    shown = conversation_views(actor, list(rows))
    return [one for one in shown if one.side == "team"]


def _unanswered(actor: Actor, one: ConversationOut) -> TodayItem:
    words = wording_of("chat_waiting")
    resident = session().get_one(Resident, (actor.county_id, one.resident_id))
    assert one.waiting_since is not None
    due = one.waiting_since + _promise(actor.county_id, one.team_id)
    return TodayItem(
        id=one.id,
        kind="chat_waiting",
        title=_who(resident),
        text=f"“{one.last_text}”",
        button=words.button,
        page=words.page.format(focus=one.id, task=""),
        phone=None,
        priority="urgent" if one.urgent else "routine",
        due_at=due,
        overdue=due < clock.now(),
        next_owner=None,
        resident_id=one.resident_id,
    )


def _promise(county_id: str, team_id: UUID) -> timedelta:
    return timedelta(minutes=session().get_one(CareTeam, (county_id, team_id)).answer_minutes)


def _round(actor: Actor) -> TodayRound | None:
    """Return how much lies on a village doctor's round, or None for anybody else."""
    if not actor.has(Role.VILLAGE_DOCTOR):
        return None
    today = local_day(clock.now())
    visits = queries.round_of(actor, today)
    people = queries.residents_of(actor.county_id, [visit.resident_id for visit in visits])
    homes = {(one.village, one.household) for one in people.values()}
    return TodayRound(
        households=len(homes),
        people=len(people),
        overdue=sum(1 for visit in visits if visit.due_on < today),
        villages=sorted({village_name(actor.county_id, village) for village, _ in homes}),
        done=len(queries.done_today(actor, today)),
        page="/features/followup/pages/round",
    )
