"""May this referral have a priority place now? Rules as data; sources are the county's own (its pack names them)."""

from dataclasses import dataclass

from backend.kernel.rules import Rule


@dataclass(frozen=True, slots=True)
class TrackFacts:
    """How far the tracks of a referral are; `hospital` is its short name and `phone` its desk's."""

    live: bool
    consent_given: bool
    answer: str | None  # asked, passed_on, announced, accepted, declined
    hospital: str
    phone: str


def _instead_of_waiting(facts: TrackFacts) -> str:
    if facts.answer == "declined":
        return "请和医生商量换一家医院，医生会帮您再问。"
    return f"医院一答复就告诉您。急的话可以打{facts.hospital}转诊服务台 {facts.phone}。"


PRIORITY_PLACE: tuple[Rule[TrackFacts], ...] = (
    Rule(
        "booking.referral_live",
        "这次转诊已经结束了，不能再约转诊优先号。",
        "还要看病的话，请找医生重新办转诊，或者自己去医院挂普通号。",
        lambda facts: facts.live,
    ),
    Rule(
        "booking.consent_required",
        "本人（或监护人）还没有同意转诊，先不能约号。",
        "请先在转诊页面看明白、点同意；不会用手机的，请医生当面帮着办。",
        lambda facts: facts.consent_given or not facts.live,
    ),
    Rule(
        "booking.answer_required",
        lambda facts: (
            f"{facts.hospital}这次接不了，不能在那里约号。"
            if facts.answer == "declined"
            else f"{facts.hospital}还没有答复能不能接，先不能约号。"
        ),
        _instead_of_waiting,
        lambda facts: facts.answer == "accepted" or not facts.live,
    ),
)


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """Whether a person is early enough to change a place alone, and the county's words for when not."""

    early_enough: bool
    late_text: str


CHANGE: tuple[Rule[ChangeFacts], ...] = (
    Rule(
        "booking.too_late_to_cancel",
        "离看病的时间太近了，手机上改不了、退不了。",
        lambda facts: facts.late_text,
        lambda facts: facts.early_enough,
    ),
)


@dataclass(frozen=True, slots=True)
class BedFacts:
    """Who says that there is no bed, and whether the reason is one of the county's."""

    may_decline: bool
    reason_known: bool


BED_ANSWER: tuple[Rule[BedFacts], ...] = (
    Rule(
        "referral.decline_role",
        "转诊服务台不能替科里说没有床。",
        "请转给医务科，由科室医生或医务科来定。",
        lambda facts: facts.may_decline,
    ),
    Rule(
        "referral.decline_reason_required",
        "没有床要说明原因。",
        "请从原因里选一个。",
        lambda facts: facts.reason_known,
    ),
)
