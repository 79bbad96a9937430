"""What the mini-program sends and gets about credits."""

from pydantic import BaseModel, ConfigDict, Field

from backend.wechat.templates import NoticeKind


class AcceptedBody(BaseModel):
    """The kinds of notice that the person ticked in one pop-up of WeChat."""

    model_config = ConfigDict(extra="forbid")

    templates: list[NoticeKind] = Field(min_length=1, max_length=5)


class CreditAnswer(BaseModel):
    """One kind of notice: its template at WeChat, and how many more may be sent."""

    kind: NoticeKind
    template_id: str
    remaining: int
    long_term: bool


class CreditsAnswer(BaseModel):
    """Every kind of notice, for the person who asks."""

    credits: list[CreditAnswer]
