"""Saying something: one statement takes the number and writes the message: none is missing, none given twice."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from backend.alliance.packs.sections.words import DangerGroup
from backend.alliance.queries import pack as pack_of
from backend.chat.models import Conversation, Message
from backend.chat.queries import author_of, message_of_client, side_of
from backend.chat.rules import DANGER_MINUTES, WRITE_RULES, WriteFacts
from backend.chat.states import Side
from backend.chat.waiting import open_waiting_task, page_of
from backend.contracts.events import ContractActivated, ContractEnded, ServiceDelivered
from backend.contracts.models import CareTeam
from backend.contracts.owners import office_of, team_owner
from backend.contracts.queries import active_contract, team_of, team_view
from backend.kernel.errors import Conflict, Forbidden, NotFound
from backend.kernel.ids import new_id
from backend.kernel.roles import Actor
from backend.kernel.rules import require
from backend.notices.service import cancel_notices, plan_notice
from backend.store import access, audit, clock
from backend.store.db import session
from backend.store.events import publish
from backend.store.vault import vault
from backend.web import live
from backend.worklist.service import Owner, close_tasks, open_task

_SAY = text(
    """
    WITH turn AS (
        UPDATE conversation SET
            last_seq = last_seq + 1,
            last_at = liandong_now(),
            resident_read_seq = CASE WHEN :mine THEN last_seq + 1 ELSE resident_read_seq END,
            team_read_seq = CASE WHEN :mine THEN team_read_seq ELSE last_seq + 1 END,
            waiting_since = CASE WHEN :mine THEN coalesce(waiting_since, liandong_now()) END,
            waiting_seq = CASE WHEN :mine THEN coalesce(waiting_seq, last_seq + 1) END,
            unread_since = CASE WHEN :mine THEN NULL ELSE coalesce(unread_since, liandong_now()) END,
            unread_seq = CASE WHEN :mine THEN NULL ELSE coalesce(unread_seq, last_seq + 1) END
        WHERE county_id = :county AND id = :conversation AND closed_at IS NULL
          AND NOT EXISTS (SELECT 1 FROM message WHERE county_id = :county
                AND conversation_id = :conversation AND client_message_id = :client)
        RETURNING last_seq)
    INSERT INTO message (county_id, id, conversation_id, resident_id, seq, client_message_id, side, account_id,
        practitioner_id, author_name, author_part, text_sealed, flags)
    SELECT :county, :id, :conversation, :resident, last_seq, :client, :side, :account,
        :practitioner, :name, :part, :sealed, to_jsonb(CAST(:flags AS text[]))
    FROM turn
    RETURNING seq
    """
)


def open_with_my_team(actor: Actor) -> Conversation:
    """Return the conversation with the team of the resident at hand, made when there is none.

    Raises RuleBroken without a running contract, NotFound without a record.
    """
    resident_id = actor.subject_id
    if resident_id is None:
        raise NotFound("no_record", "请先认领健康档案，再来问医生。")
    team = team_of(actor.county_id, resident_id)
    facts = WriteFacts(team.name if team else "", team.phone if team else "", team is not None, team is not None)
    require(WRITE_RULES, facts, pack_of(actor.county_id).source)
    assert team is not None
    return access.authorize(
        Conversation, _ensure(actor.county_id, resident_id, team.team_id), actor, "conversation.write"
    )


def say(actor: Actor, conversation_id: UUID, words: str, client_message_id: UUID) -> tuple[Message, bool]:
    """Write one message; the same phone number of it again gives the same message. Returns it, and whether it is new.

    Raises RuleBroken when the contract is over, Conflict when the number stands for other words.
    """
    conversation = access.authorize(Conversation, conversation_id, actor, "conversation.write")
    side = side_of(actor, conversation)
    waited = conversation.waiting_seq is not None
    groups = pack_of(actor.county_id).words.find(words) if side is Side.RESIDENT else ()
    seq, message_id = _write(actor, conversation, side, words, client_message_id, groups)
    if seq is None:
        return _said_before(actor, conversation, words, client_message_id), False
    if groups:
        _raise_alarm(conversation, message_id, groups)
    if side is Side.TEAM:
        close_tasks(actor.county_id, ("conversation", conversation.id), "answered", kind="chat_waiting")
        close_tasks(actor.county_id, ("conversation_team", conversation.id), "answered", kind="tell_by_phone")
        cancel_notices(actor.county_id, ("conversation_team", conversation.id))
        if waited:
            _count_answer(actor, conversation, message_id)
    _hint(conversation, seq)
    return session().get_one(Message, (actor.county_id, message_id)), True


def mark_read(actor: Actor, conversation_id: UUID, seq: int) -> None:
    """Move the cursor of one's own side forward, never back; the other side is not told."""
    conversation = access.authorize(Conversation, conversation_id, actor, "conversation.read")
    column = "resident_read_seq" if side_of(actor, conversation) is Side.RESIDENT else "team_read_seq"
    seen = "unread_since = CASE WHEN last_seq <= :seq THEN NULL ELSE unread_since END," if "resident" in column else ""
    seen += "unread_seq = CASE WHEN last_seq <= :seq THEN NULL ELSE unread_seq END," if seen else ""
    session().execute(
        text(
            f"UPDATE conversation SET {seen} {column} = greatest({column}, least(:seq, last_seq))"  # noqa: S608
            " WHERE county_id = :county AND id = :id"
        ),
        {"seq": seq, "county": actor.county_id, "id": conversation.id},
    )
    if column == "resident_read_seq" and seq >= conversation.last_seq:
        cancel_notices(actor.county_id, ("conversation", conversation.id))
        close_tasks(actor.county_id, ("conversation", conversation.id), "read", kind="tell_by_phone")


def take_charge(actor: Actor, conversation_id: UUID) -> Conversation:
    """A clinician says that they have reached the person after a danger word: the alarm goes off every list.

    Raises Forbidden for the resident's own side: only who looks after them may call it off.
    """
    conversation = access.authorize(Conversation, conversation_id, actor, "conversation.write")
    if side_of(actor, conversation) is not Side.TEAM:
        raise Forbidden("team_only", "这一步由医生来做。")
    close_tasks(actor.county_id, ("conversation", conversation.id), "contacted", kind="chat_danger")
    audit.record(
        session(),
        actor,
        "conversation.take_charge",
        "conversation",
        conversation.id,
        resident_id=conversation.resident_id,
    )
    live.hint(actor.county_id, f"team:{conversation.team_id}", "chat", conversation.id, conversation.last_seq)
    return conversation


def on_activated(event: ContractActivated) -> None:
    """A contract began: its conversation is there, and open."""
    conversation_id = _ensure(event.county_id, event.resident_id, event.team_id)
    session().execute(
        text("UPDATE conversation SET closed_at = NULL WHERE county_id = :county AND id = :id"),
        {"county": event.county_id, "id": conversation_id},
    )


def on_ended(event: ContractEnded) -> None:
    """A contract ended: the conversation stays to be read; a question still open becomes the old team's task."""
    if event.next_team_id == event.team_id:
        return
    conversation = session().scalar(
        select(Conversation)
        .where(
            Conversation.county_id == event.county_id,
            Conversation.resident_id == event.resident_id,
            Conversation.team_id == event.team_id,
            Conversation.closed_at.is_(None),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if conversation is None:
        return
    if conversation.waiting_seq is not None:
        open_waiting_task(event.county_id, conversation)
    conversation.closed_at = clock.now()
    conversation.waiting_since = conversation.waiting_seq = None


def _write(
    actor: Actor,
    conversation: Conversation,
    side: Side,
    words: str,
    client_message_id: UUID,
    groups: tuple[DangerGroup, ...],
) -> tuple[int | None, UUID]:
    name, part = author_of(actor, conversation)
    row = Message(county_id=actor.county_id, resident_id=conversation.resident_id)
    vault().seal(row, "text", words)
    given = {
        "mine": side is Side.RESIDENT,
        "county": actor.county_id,
        "conversation": conversation.id,
        "client": client_message_id,
        "id": row.id,
        "resident": conversation.resident_id,
        "side": side,
        "account": actor.account_id,
        "practitioner": actor.practitioner_id if side is Side.TEAM else None,
        "name": name,
        "part": part,
        "sealed": row.text_sealed,
        "flags": [group.code for group in groups],
    }
    try:
        # A twin sent at the same moment loses here, and gives its number back with the savepoint.
        with session().begin_nested():
            seq: int | None = session().execute(_SAY, given).scalar()
    except IntegrityError as error:
        if "uq_message_client" not in str(error.orig):
            raise
        seq = None
    return seq, row.id


def _said_before(actor: Actor, conversation: Conversation, words: str, client_message_id: UUID) -> Message:
    known = message_of_client(conversation, client_message_id)
    if known is None:
        running = active_contract(actor.county_id, conversation.resident_id)
        team = session().get_one(CareTeam, (actor.county_id, conversation.team_id))
        require(
            WRITE_RULES,
            WriteFacts(team.name, team.phone, running is not None, False),
            pack_of(actor.county_id).source,
        )
        raise Conflict("busy", "没有发出去，请再发一次。")
    if known.account_id != actor.account_id or vault().open(known, "text") != words:
        raise Conflict("client_message_reused", "这条消息的编号用过了，请重新写一条。")
    return known


def _ensure(county_id: str, resident_id: UUID, team_id: UUID) -> UUID:
    session().execute(
        insert(Conversation)
        .values(county_id=county_id, id=new_id(), resident_id=resident_id, team_id=team_id)
        .on_conflict_do_nothing()
    )
    found = session().execute(
        text("SELECT id FROM conversation WHERE county_id = :c AND resident_id = :r AND team_id = :t"),
        {"c": county_id, "r": resident_id, "t": team_id},
    )
    conversation_id: UUID = found.scalar_one()
    return conversation_id


def _raise_alarm(conversation: Conversation, message_id: UUID, groups: tuple[DangerGroup, ...]) -> None:
    """A danger word: a named doctor at once, then the village doctors, then the township's office."""
    county_id = conversation.county_id
    team = session().get_one(CareTeam, (county_id, conversation.team_id))
    view = team_view(county_id, team.id)
    first = team_owner(county_id, team.id)
    others = [Owner(practitioner_id=one) for one in (view.village_doctor_ids if view else ())[:2]]
    emergency = any(group.severity == "emergency" for group in groups)
    open_task(
        county_id,
        "chat_danger",
        first,
        dedupe_key=f"chat.danger:{message_id}",
        due_at=clock.now() + timedelta(minutes=DANGER_MINUTES),
        focus=("conversation", conversation.id),
        resident_id=conversation.resident_id,
        priority="stat" if emergency else "urgent",
        ladder=[step.step(DANGER_MINUTES) for step in (*others, office_of(team.institution))],
        detail={"groups": [group.code for group in groups], "message": str(message_id)},
    )
    if first.practitioner_id is not None:
        plan_notice(
            county_id,
            "task_waiting",
            dedupe_key=f"chat.danger:{message_id}",
            focus=("conversation_team", conversation.id),
            practitioner_id=first.practitioner_id,
            urgent=True,
            page=page_of(conversation.id),
        )


def _count_answer(actor: Actor, conversation: Conversation, message_id: UUID) -> None:
    # The first word after a question is the answer; what follows it is the same service.
    if actor.practitioner_id is None or actor.institution is None:
        return
    publish(
        ServiceDelivered(
            county_id=actor.county_id,
            practitioner_id=actor.practitioner_id,
            institution=actor.institution,
            service="chat-answer",
            focus_kind="message",
            focus_id=message_id,
            resident_id=conversation.resident_id,
        )
    )


def _hint(conversation: Conversation, seq: int) -> None:
    for topic in (f"resident:{conversation.resident_id}", f"team:{conversation.team_id}"):
        live.hint(conversation.county_id, topic, "chat", conversation.id, seq)
