"""May a referral go on with another doctor of the house? By the county's own setting. Pure, as `rules`."""

from dataclasses import dataclass

from backend.kernel.rules import Rule


@dataclass(frozen=True, slots=True)
class ReassignFacts:
    """What is looked at when an office hands a referral to another doctor."""

    house: str
    may: bool  # the actor has a role that the pack names for this level of house
    who: str  # those roles, in words
    reason_known: bool
    reasons: tuple[str, ...]
    colleague: bool  # the other is a doctor of this house who may sign first
    same: bool  # the other has it already


OFFICE: Rule[ReassignFacts] = Rule(
    code="referral.reassign_office",
    text=lambda facts: f"{facts.house}的转诊单换医生接手，由{facts.who}来定。",
    instead=lambda facts: f"请找本院的{facts.who}。",
    holds=lambda facts: facts.may,
)

REASON: Rule[ReassignFacts] = Rule(
    code="referral.reassign_reason",
    text="换医生要选一个理由，病人看得到。",
    instead=lambda facts: f"可选：{'、'.join(facts.reasons)}。",
    holds=lambda facts: facts.reason_known,
    pointer="/reason",
)

COLLEAGUE: Rule[ReassignFacts] = Rule(
    code="referral.reassign_colleague",
    text=lambda facts: "这张单本来就在这位医生手里。" if facts.same else f"接手的要是{facts.house}现在能开转诊的医生。",
    instead="请从名单里选另一位医生。",
    holds=lambda facts: facts.colleague and not facts.same,
    pointer="/practitioner_id",
)

REASSIGN_RULES = (OFFICE, REASON, COLLEAGUE)
