"""Rules of what may be told of a referral to a hospital without a desk here. Pure."""

from dataclasses import dataclass
from datetime import date

from backend.kernel.rules import Rule


@dataclass(frozen=True, slots=True)
class OutsideFacts:
    """What is looked at when somebody writes down what was told."""

    house: str
    outside: bool
    open: bool  # sent, and neither taken back nor refused; an expired one may have happened all the same
    source: str
    told_by: str
    there: bool  # an arrival is on file already
    came_on: date | None
    ended_on: date | None
    ending: bool
    not_gone: bool
    first: date  # nobody came before it
    last: date | None  # until then the certificate holds; None without one
    here: date | None  # the arrival that counts, on file or told now
    today: date


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


OUTSIDE_ONLY: Rule[OutsideFacts] = Rule(
    code="referral.outside_only",
    text=lambda facts: f"{facts.house}在县里，到院和结果由他们自己登记。",
    instead=lambda facts: f"请打电话给{facts.house}的转诊服务台，请他们登记。",
    holds=lambda facts: facts.outside,
)

OUTSIDE_OPEN: Rule[OutsideFacts] = Rule(
    code="referral.outside_open",
    text="这张转诊没有交上去，或者已经收回了，不能记到院和结果。",
    instead="病人真去看过病，请写进这次看病的病历；还要转的，重新开一张。",
    holds=lambda facts: facts.open,
)

OUTSIDE_SAID: Rule[OutsideFacts] = Rule(
    code="referral.outside_said",
    text="要写一件事：哪天到的、后来怎样，或者没有去。",
    instead="只知道到了的，先记到院；问到结果再记一次。",
    holds=lambda facts: facts.not_gone != bool(facts.came_on or facts.ending),
    pointer="/came_on",
)

OUTSIDE_STAYED: Rule[OutsideFacts] = Rule(
    code="referral.outside_stayed",
    text="已经记了到院，不能再记没有去。",
    instead="问到后来怎样，请记结果；到院是记错了的，在结果里写清楚是听谁说的。",
    holds=lambda facts: not (facts.not_gone and facts.there),
    pointer="/not_gone",
)

OUTSIDE_TOLD_BY: Rule[OutsideFacts] = Rule(
    code="referral.outside_told_by",
    text="要写明是谁说的。",
    instead=lambda facts: (
        "写对方医院接电话的人和电话号码。" if facts.source == "phone" else "写是病人本人还是哪位家里人。"
    ),
    holds=lambda facts: facts.source == "paper" or bool(facts.told_by.strip()),
    pointer="/told_by",
)

OUTSIDE_CAME_ON: Rule[OutsideFacts] = Rule(
    code="referral.outside_came_on",
    text=lambda facts: (
        f"{_day(facts.came_on)}证明已经过期（有效到 {_day(facts.last)}），那次不算这张转诊。"
        if facts.came_on and facts.last and facts.came_on > facts.last
        else "还没有记哪天到的。"
        if facts.came_on is None
        else f"到院那天要在 {_day(facts.first)} 和今天之间。"
    ),
    instead=lambda facts: (
        "请再问一遍是哪天到的；确实过期以后才去的，写进病历，不记在这张转诊上。"
        if facts.came_on and facts.last and facts.came_on > facts.last
        else "请先写哪天到的。"
    ),
    holds=lambda facts: (
        facts.not_gone
        or (facts.came_on is None and (facts.there or not facts.ending))
        or (
            facts.came_on is not None
            and facts.first <= facts.came_on <= facts.today
            and (facts.last is None or facts.came_on <= facts.last)
        )
    ),
    pointer="/came_on",
)

OUTSIDE_ENDED_ON: Rule[OutsideFacts] = Rule(
    code="referral.outside_ended_on",
    text="看完或出院那天，要在到院那天和今天之间。",
    instead="请再问一遍是哪天，写问到的那一天。",
    holds=lambda facts: (
        not facts.ending
        or (facts.ended_on is not None and (facts.here or facts.first) <= facts.ended_on <= facts.today)
    ),
    pointer="/ended_on",
)

OUTSIDE_RULES = (
    OUTSIDE_ONLY,
    OUTSIDE_OPEN,
    OUTSIDE_SAID,
    OUTSIDE_STAYED,
    OUTSIDE_TOLD_BY,
    OUTSIDE_CAME_ON,
    OUTSIDE_ENDED_ON,
)
