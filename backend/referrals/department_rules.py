"""Which department does it go to, where nobody below said? The receiving desk's part, pure. MS-4.2.1, XM-5.4b."""

from dataclasses import dataclass

from backend.kernel.rules import Rule


@dataclass(frozen=True, slots=True)
class AssignFacts:
    """What is looked at when a desk gives a referral to a department of its house."""

    ours: bool  # left open below, or chosen here before
    department: str  # the one it names now, in words
    known: bool  # a department of this house that sees patients
    same: bool


NAMED: Rule[AssignFacts] = Rule(
    code="referral.department_named",
    text=lambda facts: f"转来的医生写明了{facts.department}，不用再分科。",
    instead="要换科的，请用“换时间”选另一个科答复，或转医务科定。",
    holds=lambda facts: facts.ours,
)

KNOWN: Rule[AssignFacts] = Rule(
    code="referral.department_known",
    text="分科要选本院看病人的科室。",
    instead="请从列表里选一个科；拿不准的转医务科定。",
    holds=lambda facts: facts.known,
    pointer="/department",
)

SAME: Rule[AssignFacts] = Rule(
    code="referral.department_same",
    text=lambda facts: f"现在就分在{facts.department}。",
    instead="要换的，请选另一个科。",
    holds=lambda facts: not facts.same,
    pointer="/department",
)

ASSIGN_RULES = (NAMED, KNOWN, SAME)


@dataclass(frozen=True, slots=True)
class YesFacts:
    """What is looked at when a house says yes."""

    open: bool  # nobody has said which department
    said: bool  # the yes says it


MISSING: Rule[YesFacts] = Rule(
    code="referral.department_missing",
    text="这张转诊没写科室，要先说去哪个科，才能答复可以来。",
    instead="请先分一个科，或答复时选好科室；拿不准的转医务科定。",
    holds=lambda facts: facts.said or not facts.open,
    pointer="/department",
)
