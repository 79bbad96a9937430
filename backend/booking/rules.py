"""May this referral have a priority place now? Rules as data; sources are the county's own (its pack names them)."""

from dataclasses import dataclass
from datetime import date, datetime

from backend.booking.instants import say
from backend.kernel.rules import Rule


@dataclass(frozen=True, slots=True)
class TrackFacts:
    """How far the tracks of a referral are; `hospital` is its short name and `phone` its desk's."""

    alive: bool
    live: bool
    consent_given: bool
    answer: str | None  # asked, passed_on, announced, accepted, declined
    sorted_by: datetime | None  # until when the hospital says which department; None where that is no question
    named: bool  # it is known which department
    over: str  # why the certificate opens no further visit; empty where it is not the paper
    hospital: str
    phone: str


def _instead_of_waiting(facts: TrackFacts) -> str:
    if facts.answer == "declined":
        return "请和医生商量换一家医院，医生会帮您再问。"
    if facts.sorted_by is not None:
        return f"分好科、答应了就能选，到时告诉您；分科最晚{say(facts.sorted_by)}。急的话可以打{_desk(facts)}。"
    return f"医院一答复就告诉您。急的话可以打{_desk(facts)}。"


def _desk(facts: TrackFacts) -> str:
    return f"{facts.hospital}转诊服务台 {facts.phone}"


_DEAD = "档案里登记这位居民已经去世，不能约号。"
_NOT_DEAD = "登记错了的话，请找村医或公卫科更正。"

PRIORITY_PLACE: tuple[Rule[TrackFacts], ...] = (
    Rule("booking.alive", _DEAD, _NOT_DEAD, lambda facts: facts.alive),
    Rule(
        "booking.referral_live",
        lambda facts: f"{facts.over or '这次转诊已经结束了'}，不能再约转诊优先号。",
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
            else f"{facts.hospital}正在分科，分好了才能选时间。"
            if facts.sorted_by is not None
            else f"{facts.hospital}还没有答复能不能接，先不能约号。"
        ),
        _instead_of_waiting,
        lambda facts: facts.answer == "accepted" or not facts.live,
    ),
    Rule(
        "booking.department_named",
        lambda facts: f"{facts.hospital}还没说去哪个科，先不能选时间。",
        lambda facts: f"请打{_desk(facts)}，定好科就能选。",
        lambda facts: facts.named or facts.answer != "accepted" or not facts.live,
    ),
)


@dataclass(frozen=True, slots=True)
class DayFacts:
    """A day somebody wants, and the last one their certificate covers; None while none is issued."""

    day: date
    last: date | None


WITHIN: tuple[Rule[DayFacts], ...] = (
    Rule(
        "booking.within_certificate",
        lambda facts: f"转诊证明管到{facts.last:%-m月%-d日}（当天也算），{facts.day:%-m月%-d日}的转诊号不能约。",
        lambda facts: (
            f"请约{facts.last:%-m月%-d日}和以前的号。只能那以后去的话，请找医生重新办转诊、开新的证明，"
            "或者自己去医院挂普通号。"
        ),
        lambda facts: facts.last is None or facts.day <= facts.last,
    ),
)


@dataclass(frozen=True, slots=True)
class OpenFacts:
    """Who wants a place without a referral, and which one; limits are None where there is room."""

    alive: bool
    own_house: bool  # a desk books for its own house only
    contract_needed: bool
    contracted: bool
    opens: str | None  # when it opens, as people say it, if it is not open yet
    held_until: str | None  # when the hold runs out that this person has elsewhere
    most_per_person: int | None
    most_by_proxy: int | None


OPEN_PLACE: tuple[Rule[OpenFacts], ...] = (
    Rule("booking.alive", _DEAD, _NOT_DEAD, lambda facts: facts.alive),
    Rule(
        "booking.own_house",
        "服务台只给自己医院约号。",
        "别家医院的号，请打那家的转诊服务台电话，或者让居民自己在手机上约。",
        lambda facts: facts.own_house,
    ),
    Rule(
        "booking.contract_pool",
        "这是留给签约居民的号。",
        "请约普通号；想约这种号，可以先和家庭医生签约。",
        lambda facts: facts.contracted or not facts.contract_needed,
    ),
    Rule(
        "booking.not_released",
        lambda facts: f"这个号还没放出来，{facts.opens}放号。",
        lambda facts: f"请{facts.opens}以后再约，或者先约已经放出来的。",
        lambda facts: facts.opens is None,
    ),
    Rule(
        "booking.one_hold",
        "刚才占的号还没确认，一个人同时只能占一个。",
        lambda facts: f"请先确认或放弃那一个；不管它，{facts.held_until}自动退回。",
        lambda facts: facts.held_until is None,
    ),
    Rule(
        "booking.most_per_person",
        lambda facts: f"一个人最多同时约 {facts.most_per_person} 个号，已经约满了。转诊的号不算在内。",
        "看完一个或退掉一个，就能再约。病情要紧的，请家庭医生转诊，转诊号不受这个限制。",
        lambda facts: facts.most_per_person is None,
    ),
    Rule(
        "booking.most_by_proxy",
        lambda facts: f"一个人替别人约，最多同时约 {facts.most_by_proxy} 个号，已经约满了。",
        "请让本人自己约，或者请村医、家庭医生帮着约。",
        lambda facts: facts.most_by_proxy is None,
    ),
)


@dataclass(frozen=True, slots=True)
class ExaminationFacts:
    """An ordered examination, and where somebody wants to have it made."""

    live: bool
    name: str
    here: str
    offered: bool
    elsewhere: str
    opens: str | None


EXAMINE: tuple[Rule[ExaminationFacts], ...] = (
    Rule(
        "booking.order_live",
        "这张检查单已经做完、撤回或过期了。",
        "请医生再看一看，要做就重新开一张。",
        lambda facts: facts.live,
    ),
    Rule(
        "booking.out_of_scope",
        lambda facts: f"{facts.here}不做{facts.name}。",
        lambda facts: f"能做的有：{facts.elsewhere}。",
        lambda facts: facts.offered,
    ),
    Rule(
        "booking.not_released",
        lambda facts: f"这个时间还没放出来，{facts.opens}放。",
        lambda facts: f"请{facts.opens}以后再约，或者先约已经放出来的。",
        lambda facts: facts.opens is None,
    ),
)


@dataclass(frozen=True, slots=True)
class WaitFacts:
    """Whether waiting makes sense, and who says how urgent it is."""

    alive: bool
    free: bool
    room: bool
    may_judge: bool
    own_house: bool


WAIT: tuple[Rule[WaitFacts], ...] = (
    Rule("booking.alive", _DEAD, _NOT_DEAD, lambda facts: facts.alive),
    Rule(
        "booking.own_house",
        "服务台只替自己医院排候补。",
        "别家医院的候补，请居民自己在手机上点，或者请他的家庭医生帮着点。",
        lambda facts: facts.own_house,
    ),
    Rule(
        "booking.wait_free",
        "这几天还有号，不用候补。",
        "请直接约；只想等约满的那一天，把候补的日子改成那一天再排。约好了又想早点看，也可以候补更早的。",
        lambda facts: not facts.free,
    ),
    Rule(
        "booking.wait_most",
        "这个科这几天候补的人已经满了。",
        "请换几天或换一家医院；急的话打转诊服务台电话，或者请家庭医生转诊。",
        lambda facts: facts.room,
    ),
    Rule(
        "booking.wait_priority",
        "病情急不急，要医生来定。",
        "请先按一般的候补，再请您的医生看看要不要提前。",
        lambda facts: facts.may_judge,
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
