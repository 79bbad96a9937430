"""What comes in and goes out of a conversation."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator

from backend.chat.rules import MAX_TEXT


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid")


class MessageIn(_Input):
    """Words, and the number the phone gave them."""

    text: str = Field(min_length=1, max_length=MAX_TEXT)
    client_message_id: UUID

    @field_validator("text")
    @classmethod
    def _not_blank(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("还没有写内容。")
        return value


class ReadIn(_Input):
    """Up to which message one's own side has seen."""

    seq: int = Field(ge=0, le=2**53)


class ConversationsQuery(_Input):
    """All conversations in sight, or those about one person."""

    resident_id: UUID | None = None


class UnreadOut(BaseModel):
    """Words not seen yet, on each side one account may stand on: the badge of the tab."""

    team: int
    resident: int


class MessagesQuery(_Input):
    """What comes after a number, what came before one, or the last ones."""

    after: int | None = Field(default=None, ge=0, le=2**53)
    before: int | None = Field(default=None, ge=1, le=2**53)
    limit: int = Field(default=50, ge=1, le=100)


class AdviceOut(BaseModel):
    """What to do at once, because of a danger word; `phone` is what to dial."""

    code: str
    name: str
    severity: str
    text: str
    phone: str
    source_title: str
    sample: bool


class MessageOut(BaseModel):
    """One message as this side sees it."""

    id: UUID
    seq: int
    client_message_id: UUID
    side: str
    mine: bool
    author_name: str
    author_part: str
    text: str
    at: datetime
    advice: list[AdviceOut]


class MessagesOut(BaseModel):
    """Messages in order; `more` says whether others lie that way; `last_seq` is the newest number there is."""

    items: list[MessageOut]
    more: bool
    last_seq: int


class ConversationOut(BaseModel):
    """A conversation in a list: who, what was last, what is unseen, since when somebody waits."""

    id: UUID
    side: str
    title: str
    subtitle: str
    resident_id: UUID
    resident_name: str
    team_id: UUID
    team_name: str
    phone: str
    answer_text: str
    last_seq: int
    last_at: datetime | None
    last_text: str
    unread: int
    read_seq: int
    waiting_since: datetime | None
    urgent: bool
    open: bool
    closed_text: str
    actions: list[str]


class ConversationsOut(BaseModel):
    """Conversations: with waiting ones first for a team, the newest first for a resident."""

    items: list[ConversationOut]
