"""Reads of conversations: who takes part, whose name stands beside a word, what came before and after."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select

from backend.chat.models import Conversation, Message
from backend.chat.states import Side
from backend.contracts.models import CareTeamMember
from backend.contracts.queries import members
from backend.kernel.roles import Actor
from backend.people.models import RelatedPerson, Resident
from backend.store.db import session

PART_TEXT = {
    "leader": "家庭医生",
    "doctor": "医生",
    "nurse": "护士",
    "village_doctor": "村医",
    "public_health": "公共卫生",
}


def of_team(model: Any, actor: Actor) -> ColumnElement[bool]:
    """Return what TEAM means here: in the team today, and when it is over, in the team while it ran (I-17)."""
    if not actor.team_ids or actor.practitioner_id is None:
        return false()
    was_there = exists().where(
        CareTeamMember.county_id == model.county_id,
        CareTeamMember.team_id == model.team_id,
        CareTeamMember.practitioner_id == actor.practitioner_id,
        CareTeamMember.from_on <= func.date(func.timezone("Asia/Shanghai", model.closed_at)),
    )
    return and_(model.team_id.in_(actor.team_ids), or_(model.closed_at.is_(None), was_there))


def side_of(actor: Actor, conversation: Conversation) -> Side:
    """Return the side an actor stands on; a doctor who is also the resident speaks for themselves."""
    return Side.RESIDENT if conversation.resident_id == actor.subject_id else Side.TEAM


def author_of(actor: Actor, conversation: Conversation) -> tuple[str, str]:
    """Return the name and the part that stand beside the actor's words."""
    if side_of(actor, conversation) is Side.TEAM:
        people = members(actor.county_id, [conversation.team_id]).get(conversation.team_id, ())
        part = next((one.part for one in people if one.practitioner_id == actor.practitioner_id), None)
        return actor.name, PART_TEXT.get(part or "", "医生")
    if actor.resident_id == conversation.resident_id:
        resident = session().get_one(Resident, (actor.county_id, conversation.resident_id))
        return resident.name, "本人"
    family = session().scalar(
        select(RelatedPerson).where(
            RelatedPerson.county_id == actor.county_id,
            RelatedPerson.account_id == actor.account_id,
            RelatedPerson.resident_id == conversation.resident_id,
            RelatedPerson.revoked_at.is_(None),
        )
    )
    return (family.name, family.relation) if family else ("家人", "家人")


def messages(
    conversation: Conversation, *, after: int | None, before: int | None, limit: int
) -> tuple[Sequence[Message], bool]:
    """Return messages in order of their numbers, and whether more lie that way. Neither given: the last ones."""
    query = select(Message).where(
        Message.county_id == conversation.county_id, Message.conversation_id == conversation.id
    )
    if after is not None:
        rows = session().scalars(query.where(Message.seq > after).order_by(Message.seq).limit(limit + 1)).all()
        return rows[:limit], len(rows) > limit
    if before is not None:
        query = query.where(Message.seq < before)
    rows = session().scalars(query.order_by(Message.seq.desc()).limit(limit + 1)).all()
    return rows[:limit][::-1], len(rows) > limit


def message_of_client(conversation: Conversation, client_message_id: UUID) -> Message | None:
    """Return what was already said under a phone's own number."""
    return session().scalar(
        select(Message).where(
            Message.county_id == conversation.county_id,
            Message.conversation_id == conversation.id,
            Message.client_message_id == client_message_id,
        )
    )


def unread(conversation: Conversation, side: Side) -> int:
    """Return how many words of the other side lie after the cursor, at most the difference of numbers."""
    read = conversation.resident_read_seq if side is Side.RESIDENT else conversation.team_read_seq
    return conversation.last_seq - read
