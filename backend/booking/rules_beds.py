"""May a bed be kept, and may somebody say that there is none? The own county's pack names the sources."""

from dataclasses import dataclass

from backend.kernel.rules import Rule


def priority_of(*, emergency: bool, promised: bool) -> str:
    """Return how urgent a referral is: an emergency first, then who was sent down and promised a way back up."""
    return "stat" if emergency else "urgent" if promised else "routine"


@dataclass(frozen=True, slots=True)
class BedFacts:
    """Who says that there is no bed, and what the patient is told with it."""

    may_decline: bool
    reason_known: bool
    needs_department: bool = False
    day: bool = False
    instead: bool = False
    instead_here: bool = False  # a department of this house


BED_ANSWER: tuple[Rule[BedFacts], ...] = (
    Rule(
        "referral.decline_role",
        "转诊服务台不能替科里说收不了。",
        "现在没有床，请写上预计哪天有，让病人先等着；病情上收不了的，转给医务科来定。",
        lambda facts: facts.may_decline,
    ),
    Rule(
        "referral.decline_reason_required",
        "没有床要说明原因。",
        "请从原因里选一个。",
        lambda facts: facts.reason_known,
    ),
    Rule(
        "booking.bed_another_way",
        lambda facts: (
            "应该去别的科的，要写明是哪个科。"
            if facts.needs_department and facts.instead
            else "没有床，也要给病人指条路。"
        ),
        "请写上最早哪天有床，或者选一个别的科、别的医院。",
        lambda facts: facts.instead_here if facts.needs_department else facts.day or facts.instead,
    ),
)


@dataclass(frozen=True, slots=True)
class KeepFacts:
    """How many beds a department keeps for referred patients (None: none apart), and how many are left."""

    most: int | None
    left: int
    decides: bool


BED_KEPT: tuple[Rule[KeepFacts], ...] = (
    Rule(
        "booking.bed_kept",
        lambda facts: f"这个科给转诊病人留的 {facts.most} 张床都留出去了。",
        "请写上预计哪天有，让病人先等着；要用别的床，请转给医务科来定。",
        lambda facts: facts.most is None or facts.left > 0 or facts.decides,
    ),
)
