"""HTTP: conversations, their history by cursor, saying, seeing. A socket only hints; this is the truth."""

from uuid import UUID

import redis
from flask import Blueprint

from backend.chat import schemas, service, showing
from backend.chat.models import Conversation
from backend.chat.queries import messages, side_of
from backend.chat.rules import PER_MINUTE
from backend.chat.states import Side
from backend.kernel.clock import machine_now
from backend.kernel.errors import TooMany
from backend.kernel.roles import Actor
from backend.store import access, audit
from backend.store.db import session
from backend.web import live
from backend.web.operations import operation

routes = Blueprint("chat", __name__, url_prefix="/api/v1")
TAG = "问医生"


@routes.get("/conversations")
@operation(
    "conversation.read", summary="会话列表", tag=TAG, query=schemas.ConversationsQuery, answer=schemas.ConversationsOut
)
def list_conversations(actor: Actor, query: schemas.ConversationsQuery) -> schemas.ConversationsOut:
    return showing.conversations(actor, query.resident_id)


@routes.get("/conversations/unread")
@operation("conversation.read", summary="没看过的话有多少", tag=TAG, answer=schemas.UnreadOut)
def count_unread(actor: Actor) -> schemas.UnreadOut:
    return showing.unread_total(actor)


@routes.post("/conversations")
@operation("conversation.write", summary="和我的医生小组说话", tag=TAG, answer=schemas.ConversationOut, status=201)
def open_conversation(actor: Actor) -> schemas.ConversationOut:
    return showing.conversation_views(actor, [service.open_with_my_team(actor)])[0]


@routes.get("/conversations/<uuid:conversation_id>")
@operation("conversation.read", summary="一个会话", tag=TAG, answer=schemas.ConversationOut)
def get_conversation(actor: Actor, conversation_id: UUID) -> schemas.ConversationOut:
    found = access.authorize(Conversation, conversation_id, actor, "conversation.read")
    return showing.conversation_views(actor, [found])[0]


@routes.get("/conversations/<uuid:conversation_id>/messages")
@operation(
    "conversation.read", summary="消息，按顺序", tag=TAG, query=schemas.MessagesQuery, answer=schemas.MessagesOut
)
def list_messages(actor: Actor, conversation_id: UUID, query: schemas.MessagesQuery) -> schemas.MessagesOut:
    found = access.authorize(Conversation, conversation_id, actor, "conversation.read")
    rows, more = messages(found, after=query.after, before=query.before, limit=query.limit)
    if query.after is None and side_of(actor, found) is Side.TEAM:
        # Opening somebody's history is seen by them; the words that come in afterwards belong to the same look.
        audit.record(session(), actor, "conversation.read", "conversation", found.id, resident_id=found.resident_id)
    return schemas.MessagesOut(items=showing.message_views(actor, found, rows), more=more, last_seq=found.last_seq)


@routes.post("/conversations/<uuid:conversation_id>/messages")
@operation(
    "conversation.write",
    summary="发一条消息",
    tag=TAG,
    body=schemas.MessageIn,
    answer=schemas.MessageOut,
    status=201,
    idempotent=False,  # client_message_id is the number of the request, kept for ever
)
def post_message(actor: Actor, conversation_id: UUID, body: schemas.MessageIn) -> schemas.MessageOut:
    _not_too_fast(actor)
    message, _ = service.say(actor, conversation_id, body.text, body.client_message_id)
    found = session().get_one(Conversation, (actor.county_id, conversation_id))
    return showing.message_views(actor, found, [message])[0]


@routes.post("/conversations/<uuid:conversation_id>/read")
@operation("conversation.read", summary="看到这里了", tag=TAG, body=schemas.ReadIn, status=204, idempotent=False)
def mark_read(actor: Actor, conversation_id: UUID, body: schemas.ReadIn) -> None:
    service.mark_read(actor, conversation_id, body.seq)


@routes.post("/conversations/<uuid:conversation_id>/take-charge")
@operation("conversation.write", summary="危险的话：我已联系上本人", tag=TAG, answer=schemas.ConversationOut)
def take_charge(actor: Actor, conversation_id: UUID) -> schemas.ConversationOut:
    return showing.conversation_views(actor, [service.take_charge(actor, conversation_id)])[0]


def _not_too_fast(actor: Actor) -> None:
    key = f"chat:{actor.county_id}:{actor.account_id}:{machine_now():%H%M}"
    try:
        count = live.valkey().incr(key)
        if count == 1:
            live.valkey().expire(key, 120)
    except (redis.RedisError, OSError):
        return  # talking to one's doctor does not hang on Valkey
    if int(count) > PER_MINUTE:
        raise TooMany("too_fast", "发得太快了，请歇一分钟再发。急事请打 120。")
