"""Conversations and messages as one side sees them. The other side's reading is never shown."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, not_, or_, select

from backend.alliance.packs.pack import Pack
from backend.alliance.queries import pack as pack_of
from backend.chat import schemas
from backend.chat.models import Conversation, Message
from backend.chat.queries import side_of, unread
from backend.chat.states import Side
from backend.contracts.models import CareTeam
from backend.contracts.wording import answer_text, village_names
from backend.kernel.roles import Actor
from backend.people.models import Resident
from backend.store import access
from backend.store.db import session
from backend.store.vault import vault
from backend.worklist.models import Task
from backend.worklist.states import TaskStatus

SHOWN = 200
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def conversations(actor: Actor, resident_id: UUID | None = None) -> schemas.ConversationsOut:
    """The actor's conversations, or those about one person: a team sees the urgent and the longest waiting first."""
    seen = access.scoped_query(Conversation, actor, "conversation.read")
    if resident_id is not None:
        seen = seen.where(Conversation.resident_id == resident_id)
    rows = (
        session()
        .scalars(
            seen.order_by(Conversation.waiting_since.nulls_last(), Conversation.last_at.desc().nulls_last()).limit(
                SHOWN
            )
        )
        .all()
    )
    items = conversation_views(actor, rows)
    if any(item.side == Side.TEAM for item in items):
        items = [item for item in items if item.last_seq > 0 or item.side == Side.RESIDENT]
        items.sort(key=lambda one: (not one.urgent, one.waiting_since is None, one.waiting_since or _LONG_AGO))
    else:
        items.sort(key=lambda one: (not one.open, -(one.last_at or _LONG_AGO).timestamp()))
    return schemas.ConversationsOut(items=items)


def conversation_views(actor: Actor, rows: Sequence[Conversation]) -> list[schemas.ConversationOut]:
    """Show conversations to an actor, with the last words of each."""
    pack = pack_of(actor.county_id)
    residents = _by_id(Resident, actor.county_id, {row.resident_id for row in rows})
    teams = _by_id(CareTeam, actor.county_id, {row.team_id for row in rows})
    last = _last_messages(actor.county_id, rows)
    urgent = _urgent(actor.county_id, rows)
    villages = village_names(pack)
    found = []
    for row in rows:
        resident, team = residents[row.resident_id], teams[row.team_id]
        side = side_of(actor, row)
        mine = side is Side.RESIDENT
        place = pack.institutions.institution(team.institution).short_name
        village = villages.get(resident.village, resident.village)
        message = last.get(row.id)
        closed = "签约已结束，以前的话还能看，不能再发。" if mine else "签约已结束，只能看。"
        found.append(
            schemas.ConversationOut(
                id=row.id,
                side=side,
                title=team.name if mine else resident.name,
                subtitle=place if mine else f"{village} · {resident.birth_on.year} 年生",
                resident_id=resident.id,
                resident_name=resident.name,
                team_id=team.id,
                team_name=team.name,
                phone=team.phone,
                answer_text=answer_text(team.answer_minutes),
                last_seq=row.last_seq,
                last_at=row.last_at,
                last_text=(vault().open(message, "text") or "")[:60] if message else "",
                unread=unread(row, side),
                read_seq=row.resident_read_seq if mine else row.team_read_seq,
                waiting_since=row.waiting_since,
                urgent=row.id in urgent,
                open=row.closed_at is None,
                closed_text="" if row.closed_at is None else closed,
                actions=_actions(row, side, row.id in urgent),
            )
        )
    return found


def _actions(row: Conversation, side: Side, urgent: bool) -> list[str]:
    if row.closed_at is not None:
        return []
    return ["say", "take_charge"] if urgent and side is Side.TEAM else ["say"]


def message_views(actor: Actor, conversation: Conversation, rows: Sequence[Message]) -> list[schemas.MessageOut]:
    """Show messages; advice on danger words stands with the words that called for it."""
    pack, side = pack_of(actor.county_id), side_of(actor, conversation)
    return [
        schemas.MessageOut(
            id=row.id,
            seq=row.seq,
            client_message_id=row.client_message_id,
            side=row.side,
            mine=row.side == side and (side is Side.RESIDENT or row.account_id == actor.account_id),
            author_name=row.author_name,
            author_part=row.author_part,
            text=vault().open(row, "text") or "（已按本人要求删除）",
            at=row.created_at,
            advice=_advice(pack, row.flags),
        )
        for row in rows
    ]


def _advice(pack: Pack, flags: Sequence[str]) -> list[schemas.AdviceOut]:
    found = []
    for group in pack.words.groups:
        if group.code in flags:
            source = pack.source(group.source)
            found.append(
                schemas.AdviceOut(
                    code=group.code,
                    name=group.name,
                    severity=group.severity,
                    text=group.advice,
                    phone=pack.county.emergency_phone,
                    source_title=source.title,
                    sample=source.sample,
                )
            )
    return sorted(found, key=lambda one: one.severity)


def _last_messages(county_id: str, rows: Sequence[Conversation]) -> dict[UUID, Message]:
    wanted = [and_(Message.conversation_id == row.id, Message.seq == row.last_seq) for row in rows if row.last_seq > 0]
    if not wanted:
        return {}
    found = session().scalars(select(Message).where(Message.county_id == county_id, or_(*wanted)))
    return {message.conversation_id: message for message in found}


def _urgent(county_id: str, rows: Sequence[Conversation]) -> set[UUID]:
    found = session().scalars(
        select(Task.focus_id).where(
            Task.county_id == county_id,
            Task.focus_kind == "conversation",
            Task.focus_id.in_([row.id for row in rows]),
            Task.kind == "chat_danger",
            Task.status == TaskStatus.OPEN,
        )
    )
    return {one for one in found if one is not None}


def _by_id(model: type[Any], county_id: str, ids: set[UUID]) -> dict[UUID, Any]:
    rows = session().scalars(select(model).where(model.county_id == county_id, model.id.in_(ids)))
    return {row.id: row for row in rows}


def unread_total(actor: Actor) -> schemas.UnreadOut:
    """Return how many words each side the actor may stand on has not seen, for the badge of the tab."""
    own = Conversation.resident_id == actor.subject_id
    counted = access.scoped_query(Conversation, actor, "conversation.read").with_only_columns(
        func.coalesce(func.sum(Conversation.last_seq - Conversation.team_read_seq).filter(not_(own)), 0),
        func.coalesce(func.sum(Conversation.last_seq - Conversation.resident_read_seq).filter(own), 0),
    )
    team, resident = session().execute(counted).one()
    return schemas.UnreadOut(team=int(team), resident=int(resident))
