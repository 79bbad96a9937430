"""What an advice from above may be about, why it is not taken on, and what must be said for either. MS-4.2.3c."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from backend.kernel.errors import Violation
from backend.kernel.sources import HOUSE

KINDS = {
    "drug": "用药",
    "examination": "做检查",
    "watch": "要留意什么",
    "return_earlier": "早点再看",
    "other": "别的",
}
REASONS = {
    "done_already": "已经这样做了",
    "not_fitting": "现在的情况不合适",
    "not_available": "这里没有这种药或检查",
    "patient_declines": "病人不愿意",
    "other": "别的原因",
}
NO_PRESCRIPTION = "这是建议，不是处方，也不是医嘱。用不用、怎么改，由管病人的家庭医生看过病人再定；急的请打电话。"
LATEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Advice:
    """What the doctor above says."""

    kind: str
    text: str
    return_on: date | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What the doctor below answers: taken on, perhaps with an earlier look, or not and why."""

    taken_on: bool
    reason: str | None = None
    text: str = ""
    next_on: date | None = None


def check_advice(advice: Advice, today: date) -> list[Violation]:
    """Return everything that is missing or cannot be; empty when it can be sent."""
    wrong = []
    if not advice.text.strip():
        wrong.append(_wrong("advice.text", "还没有写建议的内容。", "请写几句，下面的医生才知道怎么办。", "/text"))
    early = advice.kind == "return_earlier"
    if early and advice.return_on is None:
        wrong.append(_wrong("advice.return_on", "还没有写哪天以前再看。", "请选一个日子。", "/return_on"))
    if not early and advice.return_on is not None:
        wrong.append(_wrong("advice.return_on", "只有“早点再看”要写日子。", "请去掉日子。", "/return_on"))
    if advice.return_on is not None:
        wrong += _day(advice.return_on, today, "/return_on")
    return wrong


def check_reply(reply: Reply, kind: str, today: date) -> list[Violation]:
    """Return everything that is missing in an answer; empty when it can be sent."""
    wrong = []
    if not reply.taken_on:
        if reply.reason is None:
            wrong.append(_wrong("advice.reason", "没有选为什么不采用。", "请从列表里选一个理由。", "/reason"))
        if reply.reason == "other" and not reply.text.strip():
            wrong.append(_wrong("advice.reply", "选了别的原因，还没有写是什么。", "请写一句。", "/text"))
        if reply.next_on is not None:
            wrong.append(_wrong("advice.next_on", "不采用就不用改日子。", "请去掉日子。", "/next_on"))
        return wrong
    if reply.reason is not None:
        wrong.append(_wrong("advice.reason", "采用了，不用写理由。", "请去掉理由。", "/reason"))
    if kind == "return_earlier" and reply.next_on is None:
        wrong.append(_wrong("advice.next_on", "还没有定提前到哪天看。", "请选一个日子。", "/next_on"))
    if reply.next_on is not None:
        wrong += _day(reply.next_on, today, "/next_on")
    elif kind != "return_earlier" and not reply.text.strip():
        wrong.append(_wrong("advice.reply", "还没有写怎么改的。", "请写一句，或定一个提前看的日子。", "/text"))
    return wrong


def check_hand_on(reason: str, reasons: Mapping[str, str], *, known: bool, same: bool) -> list[Violation]:
    """Return what keeps an advice from going on with another doctor of the house; `reasons` are the county's."""
    wrong = []
    if reason not in reasons:
        said = f"可选：{'、'.join(reasons.values())}。"
        wrong.append(_wrong("advice.hand_on_reason", "换医生要选一个理由。", said, "/reason"))
    if same or not known:
        text = "这条建议本来就在等这位医生。" if same else "接手的要是本院现在的家庭医生。"
        wrong.append(_wrong("advice.hand_on_to", text, "请从名单里选另一位医生。", "/practitioner_id"))
    return wrong


def _day(day: date, today: date, pointer: str) -> list[Violation]:
    if today <= day <= today + LATEST:
        return []
    return [_wrong("advice.day", "日子不对：要在今天到一年以内。", "请重新选一个日子。", pointer)]


def _wrong(rule: str, text: str, instead: str, pointer: str) -> Violation:
    return Violation(rule, text, HOUSE, instead, pointer)
