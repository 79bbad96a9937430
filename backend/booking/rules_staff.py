"""May staff add a place, settle a session, stop one? Rules as data; sources are the own county's (its pack says)."""

from dataclasses import dataclass

from backend.kernel.rules import Rule


@dataclass(frozen=True, slots=True)
class OverFacts:
    """A place that somebody wants to add by hand."""

    full: bool
    most: int
    added: int
    reason_known: bool
    own_house: bool


OVERBOOK: tuple[Rule[OverFacts], ...] = (
    Rule(
        "booking.own_house",
        "服务台只给自己医院加号。",
        "别家医院加号，请打那家的转诊服务台电话。",
        lambda facts: facts.own_house,
    ),
    Rule(
        "booking.over_reason",
        "加号要写明原因。",
        "请从原因里选一个。",
        lambda facts: facts.reason_known,
    ),
    Rule(
        "booking.over_full_only",
        "这个时间还有号，不用加号。",
        "请直接约；留给转诊、签约居民的号，请用对应的办法约。",
        lambda facts: facts.full,
    ),
    Rule(
        "booking.over_most",
        lambda facts: f"这个时间已经加了 {facts.added} 个号，最多加 {facts.most} 个，再加后面的人要等太久。",
        "请换个时间加，或者请医务科安排加开门诊。",
        lambda facts: facts.added < facts.most or not facts.full,
    ),
)


@dataclass(frozen=True, slots=True)
class ScheduleFacts:
    """A session that a house wants to settle. `doctor` is who sits there; `here` is the place, as people call it."""

    own_house: bool
    department_here: bool
    doctor: str | None
    here: str
    may_practise: bool


SCHEDULE: tuple[Rule[ScheduleFacts], ...] = (
    Rule(
        "booking.schedule_own_house",
        "各家医院只排自己的门诊，不能替别家排。",
        "请让那家医院自己排；专家下乡坐诊，由接待的卫生院来排。",
        lambda facts: facts.own_house,
    ),
    Rule(
        "booking.schedule_department",
        lambda facts: f"{facts.here}没有这个科。",
        "请从本院的科室里选。",
        lambda facts: facts.department_here,
    ),
    Rule(
        "booking.practising_place",
        lambda facts: f"{facts.doctor}医生这段时间没有登记在{facts.here}执业，不能在这里排门诊。",
        "请先由管理员登记执业地点和起止日期，再来排；日期没到的，从登记生效那天起排。",
        lambda facts: facts.may_practise,
    ),
)


@dataclass(frozen=True, slots=True)
class EndFacts:
    """Why a desk ends a place, or says no to one that waits, and where the person is to go instead."""

    reason_known: bool
    instead_known: bool = True


END: tuple[Rule[EndFacts], ...] = (
    Rule(
        "booking.end_reason",
        "替病人退号要写明原因。",
        "请从原因里选一个。",
        lambda facts: facts.reason_known,
    ),
)

REFUSE: tuple[Rule[EndFacts], ...] = (
    Rule(
        "booking.refuse_reason",
        "不能确认要写明原因，病人会问。",
        "请从原因里选一个。",
        lambda facts: facts.reason_known,
    ),
    Rule(
        "booking.refuse_instead",
        "不能确认，要告诉病人可以去哪里。",
        "请选一个别的科或别的医院；能换个时间的，用“换时间”。",
        lambda facts: facts.instead_known,
    ),
)


@dataclass(frozen=True, slots=True)
class StopFacts:
    """Why a session is stopped."""

    reason_known: bool


STOP: tuple[Rule[StopFacts], ...] = (
    Rule(
        "booking.stop_reason",
        "停诊要写明原因，病人会问。",
        "请从原因里选一个。",
        lambda facts: facts.reason_known,
    ),
)
