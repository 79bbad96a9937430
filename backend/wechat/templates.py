"""The kinds of notice, their template at WeChat and the words on the card.

The card lies open on a locked phone: it says that there is something and when, never for whom, never a
diagnosis, a drug, a department or a value. The words are fixed here, so that nobody can slip one in.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from backend.wechat.gateway import SubscribeMessage
from backend.wechat.keywords import build_template_data

BEIJING = ZoneInfo("Asia/Shanghai")


class NoticeKind(StrEnum):
    """What a notice is about."""

    FOLLOW_UP_DUE = "follow_up_due"
    HEALTH_ALERT = "health_alert"
    REFERRAL_MOVED = "referral_moved"
    BOOKING_CONFIRMED = "booking_confirmed"
    BOOKING_CHANGED = "booking_changed"
    PRESCRIPTION_RENEWAL = "prescription_renewal"
    CHAT_MESSAGE = "chat_message"
    TASK_WAITING = "task_waiting"


@dataclass(frozen=True)
class Wording:
    """What the card says: what it is about, and what to do. Each at most 20 characters."""

    what: str
    do: str


WORDING: Mapping[NoticeKind, Wording] = {
    NoticeKind.FOLLOW_UP_DUE: Wording("您有一条健康提醒", "请点开看看要做什么"),
    NoticeKind.HEALTH_ALERT: Wording("您有一条健康提醒", "请尽快点开查看"),
    NoticeKind.REFERRAL_MOVED: Wording("您的转诊有新进展", "请点开看下一步"),
    NoticeKind.BOOKING_CONFIRMED: Wording("您的预约已确认", "请点开看时间和地点"),
    NoticeKind.BOOKING_CHANGED: Wording("您的预约有变动", "请点开确认新的安排"),
    NoticeKind.PRESCRIPTION_RENEWAL: Wording("您有一条健康提醒", "请点开看什么时候办理"),
    NoticeKind.CHAT_MESSAGE: Wording("您有一条新消息", "请点开查看和回复"),
    NoticeKind.TASK_WAITING: Wording("您有一件事等着办", "请点开处理"),
}


@dataclass(frozen=True)
class Template:
    """A template chosen from WeChat's library: its id, and which of its keywords takes what, when and do."""

    template_id: str
    what: str = "thing1"
    when: str = "time2"
    do: str = "thing3"
    long_term: bool = False


# The templates of the stand-in, as long as no real mini-program is configured.
STAND_IN_TEMPLATES: Mapping[NoticeKind, Template] = {
    kind: Template(f"LDTPL-{kind.value.replace('_', '-')}") for kind in NoticeKind
}


@dataclass(frozen=True)
class TemplateBook:
    """Which template serves which kind of notice."""

    templates: Mapping[NoticeKind, Template] = field(default_factory=lambda: STAND_IN_TEMPLATES)

    def notice(self, kind: NoticeKind, openid: str, when: datetime, page: str | None = None) -> SubscribeMessage:
        """The notice ready to send. `when` is the aware instant the card names: the due time, not the sending."""
        template, words = self.templates[kind], WORDING[kind]
        values = {template.what: words.what, template.when: as_time(when), template.do: words.do}
        return SubscribeMessage(openid, template.template_id, build_template_data(values), page)

    def kind_of(self, template_id: str) -> NoticeKind | None:
        """The kind a template serves, or None where it is not one of ours."""
        return next((kind for kind, one in self.templates.items() if one.template_id == template_id), None)


def as_time(instant: datetime) -> str:
    """An instant in Beijing time as WeChat's `time` keyword wants it: 2026年1月5日 09:00, without seconds."""
    if instant.tzinfo is None:
        raise ValueError("an aware instant is needed")
    there = instant.astimezone(BEIJING)
    return f"{there.year}年{there.month}月{there.day}日 {there:%H:%M}"


def read_book(text: str) -> TemplateBook:
    """The book from the setting, a JSON object: {"follow_up_due": {"id": "…", "what": "thing1", …}, …}.

    Empty means the stand-in's. Raises ValueError naming what is missing or unknown; no kind may be left out.
    """
    if not text.strip():
        return TemplateBook()
    found = json.loads(text)
    if not isinstance(found, dict) or set(found) != {kind.value for kind in NoticeKind}:
        raise ValueError(f"the templates must name exactly {', '.join(NoticeKind)}")
    return TemplateBook({kind: _template(kind, found[kind.value]) for kind in NoticeKind})


def _template(kind: NoticeKind, entry: object) -> Template:
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), str) or not entry["id"]:
        raise ValueError(f"the template of {kind.value} has no id")
    unknown = set(entry) - {"id", "what", "when", "do", "long_term"}
    if unknown:
        raise ValueError(f"the template of {kind.value} has unknown parts: {', '.join(sorted(unknown))}")
    rest = {part: value for part, value in entry.items() if part != "id"}
    template = Template(entry["id"], **rest)
    sample = {template.what: "样例", template.when: "2026年1月5日 09:00", template.do: "样例"}
    if len(sample) != 3:
        raise ValueError(f"the template of {kind.value} names one keyword twice")
    build_template_data(sample)
    return template
