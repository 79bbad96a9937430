"""When a first visit may be opened and closed, and how a stay may end. MS-4.1a; in Xinmi the duty rests on XM-5.4a."""

from dataclasses import dataclass

from backend.kernel.rules import Rule


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """What a visit says of itself. `own_department`: the institution has none and is its own (a village clinic)."""

    department: str | None
    own_department: bool
    diagnosis: str
    outcome: str | None


RESPONSIBLE: Rule[VisitFacts] = Rule(
    code="records.first_visit_responsible",
    text="首诊要写明是哪个科室负责。",
    instead="请选接诊的科室；村卫生室不用选，卫生室自己就是。",
    holds=lambda facts: facts.own_department or bool(facts.department),
    pointer="/department",
)

HAS_OUTCOME: Rule[VisitFacts] = Rule(
    code="records.first_visit_outcome",
    text="谁先看，谁负责到底：没有写处理结果，这次看病不能结束。",
    instead="请选一个结果：看好了、留观、转上去、转下去、回家休养。",
    holds=lambda facts: facts.outcome is not None,
    pointer="/outcome",
)

HAS_DIAGNOSIS: Rule[VisitFacts] = Rule(
    code="records.first_visit_outcome",
    text="还没有写初步诊断。",
    instead="请写上初步诊断，查不清就写“待查”和主要表现。",
    holds=lambda facts: bool(facts.diagnosis.strip()),
    pointer="/diagnosis_text",
)

OPEN_RULES = (RESPONSIBLE,)
FINISH_RULES = (RESPONSIBLE, HAS_DIAGNOSIS, HAS_OUTCOME)


@dataclass(frozen=True, slots=True)
class DischargeFacts:
    """How somebody is to leave. `accepted`: a team below has said that it takes them over."""

    to_community: bool
    accepted: bool


TAKEN_OVER: Rule[DischargeFacts] = Rule(
    code="referral.township_has_not_accepted",
    text="还没有卫生院接下这位病人，不能按“转到乡镇卫生院”出院。",
    instead="请先发起下转，等那边的医生接了，出院会自己登记；在此之前病人留在病区。",
    holds=lambda facts: facts.accepted or not facts.to_community,
    pointer="/disposition",
)

DISCHARGE_RULES = (TAKEN_OVER,)


@dataclass(frozen=True, slots=True)
class ScopeFacts:
    """What of a stay the house may not do, who can, and whether it was said what is done now."""

    what: str
    who_can: tuple[str, ...]
    chosen: bool


SCOPE_RULES: tuple[Rule[ScopeFacts], ...] = (
    Rule(
        code="records.out_of_scope",
        text=lambda facts: facts.what,
        instead=lambda facts: (
            f"{'能做的有：' + '、'.join(facts.who_can) + '。' if facts.who_can else '请先打电话问上级医院。'}"
            "请和病人说清，选一样：转过去、换个办法治，或病人选择留下；急救的选急救，不用等。"
        ),
        holds=lambda facts: facts.chosen,
        pointer="/choice",
    ),
)


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What a doctor orders: `missing` are the safety questions that were not asked, in the county's words."""

    known: bool
    missing: tuple[str, ...]
    in_stay: bool
    stay_here: bool


@dataclass(frozen=True, slots=True)
class RepeatFacts:
    """Whether a result counts already, and why it is made again; `reasons` are the national six."""

    stands: bool
    what: str
    county_text: str
    reasons: tuple[str, ...]
    known: bool
    reason: str | None
    note: str


OTHER_REASON = "other"

REPEAT_RULES: tuple[Rule[RepeatFacts], ...] = (
    Rule(
        code="records.repeat_reason_required",
        text=lambda facts: f"{facts.what}，在这里能直接用。{facts.county_text}。",
        instead="请先看原来的结果，能用就点“就用这个结果”；一定要重做的，选上为什么。",
        holds=lambda facts: not facts.stands or facts.reason is not None,
        pointer="/repeat_reason",
    ),
    Rule(
        code="records.repeat_six_reasons",
        text=lambda facts: f"国家规定只有这几种情况可以重做：{'；'.join(facts.reasons)}。",
        instead="请选其中一种；都不是的，就用原来的结果。",
        holds=lambda facts: not facts.stands or facts.known,
        pointer="/repeat_reason",
    ),
    Rule(
        code="records.repeat_note",
        text="选了“其他”，还没有写清楚为什么要重做。",
        instead="请写一句为什么，医务科和卫健局会看。",
        holds=lambda facts: not facts.stands or facts.reason != OTHER_REASON or bool(facts.note),
        pointer="/repeat_note",
    ),
)

ORDER_RULES: tuple[Rule[OrderFacts], ...] = (
    Rule(
        code="orders.known_item",
        text="能约的检查里没有这一项。",
        instead="请从检查目录里选；目录里没有的，打电话问检查科。",
        holds=lambda facts: facts.known,
        pointer="/item",
    ),
    Rule(
        code="orders.questions",
        text=lambda facts: f"开单前还要确认：{'、'.join(facts.missing)}。",
        instead="请当面问清楚再勾上；问不清的，先做化验或请上级医生定。",
        holds=lambda facts: not facts.missing,
        pointer="/answers",
    ),
    Rule(
        code="orders.own_stay",
        text="要记在住院里的检查，病人得正在您这里住院。",
        instead="不住院的，按门诊检查开；在别处住院的，请那边的医生开。",
        holds=lambda facts: facts.stay_here or not facts.in_stay,
        pointer="/in_stay",
    ),
)
