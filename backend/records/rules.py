"""When a first visit may be opened and closed. MS-4.1a; in Xinmi the duty rests on XM-5.4a."""

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
