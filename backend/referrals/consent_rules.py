"""Who says yes or no for a patient, and how it is heard. Pure, as `rules`."""

from dataclasses import dataclass

from backend.kernel.rules import Rule


@dataclass(frozen=True, slots=True)
class ConsentFacts:
    """What is looked at when somebody speaks for a patient."""

    patient: str
    needs_guardian: bool
    by: str  # self | guardian | authorised | relative
    is_guardian: bool
    authority: bool  # a written authority for this act is on file and holds today
    doctor_confirms: bool  # cannot decide now: the nearest relative signs, the doctor confirms
    child_to_hear: bool  # 8 to 17: told and heard
    child_heard: bool
    helped: bool
    signer_named: bool  # who signs for somebody else: name, and whose papers were seen
    relation: str
    kin: tuple[str, ...]  # what the relation may be; empty where none is asked
    helper_is_family: bool  # who helps signs for the patient, or is their family
    witness: str
    witness_is_explainer: bool
    witness_is_signer: bool
    language: str


GUARDIAN: Rule[ConsentFacts] = Rule(
    code="referral.guardian_required",
    text=lambda facts: f"{facts.patient}不满 18 岁或不能自己做主，要由监护人来定。",
    instead=(
        "请监护人（父母等）用自己的手机办；没有手机的，到医生这里，在医生手机上选“监护人”当面签。"
        "监护人来不了，写了委托书的，请村医或医生先登记委托。"
    ),
    holds=lambda facts: not facts.needs_guardian or facts.is_guardian or (facts.by == "authorised" and facts.authority),
    pointer="/by",
)

OWN_DECISION: Rule[ConsentFacts] = Rule(
    code="referral.consent_required",
    text=lambda facts: f"转不转由{facts.patient}本人定，别人不能替着定。",
    instead=(
        "请本人点“我同意”或“我不转”；不会用手机的，医生可以当面帮着办；有书面委托的，请村医或医生先登记委托；"
        "本人一时说不了话的，最近的亲属签，由医生确认。"
    ),
    holds=lambda facts: (
        facts.needs_guardian
        or facts.by == "self"
        or (facts.by == "authorised" and facts.authority)
        or (facts.by == "relative" and facts.doctor_confirms)
    ),
    pointer="/by",
)

SIGNER_KNOWN: Rule[ConsentFacts] = Rule(
    code="referral.signer_known",
    text="替病人签字的人，要写明姓名，还要看过证件或本来就认识。",
    instead="请写上签字人的姓名，看一眼身份证或户口簿，再勾上“看过证件，或者本来就认识”。",
    holds=lambda facts: facts.signer_named,
    pointer="/signer_name",
)

KIN: Rule[ConsentFacts] = Rule(
    code="referral.kin_required",
    text=lambda facts: (
        f"“{facts.relation}”不能替病人签字。" if facts.relation else "替病人签字的人，要写明是病人的什么人。"
    ),
    instead=lambda facts: f"能签的是：{'、'.join(facts.kin)}。别的人要有书面委托，请先登记委托。",
    holds=lambda facts: not facts.kin or facts.relation in facts.kin,
    pointer="/relation",
)

HELPER: Rule[ConsentFacts] = Rule(
    code="referral.helper_is_family",
    text="帮着办的人不能自己替病人签字，也不能给自家人办。",
    instead="请换一位同事来帮着办；是自家人的，用自己的手机以家人的身份办。",
    holds=lambda facts: not facts.helper_is_family,
)

CHILD_HEARD: Rule[ConsentFacts] = Rule(
    code="referral.guardian_required",
    text="孩子已满 8 岁，也要讲给孩子听，听听孩子怎么说。",
    instead="讲给孩子听过以后，请勾上“孩子也听了”。",
    holds=lambda facts: not facts.child_to_hear or facts.child_heard,
    pointer="/child_heard",
)

WITNESS: Rule[ConsentFacts] = Rule(
    code="referral.witness_required",
    text=lambda facts: (
        "见证人不能是说明的医生自己。"
        if facts.witness_is_explainer
        else "见证人不能是签字的人自己。"
        if facts.witness_is_signer
        else "帮着办要有见证人。"
    ),
    instead="请写上另一位见证人的姓名，家人、邻居、护士都行。",
    holds=lambda facts: (
        not facts.helped or (bool(facts.witness) and not facts.witness_is_explainer and not facts.witness_is_signer)
    ),
    pointer="/witness",
)

LANGUAGE: Rule[ConsentFacts] = Rule(
    code="referral.language_required",
    text="要写明是用什么话讲的。",
    instead="请选一种话；有人翻译的，把翻译的人也写上。",
    holds=lambda facts: bool(facts.language),
    pointer="/language",
)

CONSENT_RULES = (GUARDIAN, OWN_DECISION, SIGNER_KNOWN, KIN, HELPER, CHILD_HEARD, WITNESS, LANGUAGE)

WHOSE_WORD = (GUARDIAN, OWN_DECISION)
"""Whose word it is at all, before how it is heard: asked of nobody who fills in a form for nothing."""

NO_RULES = (GUARDIAN, OWN_DECISION, SIGNER_KNOWN, KIN, HELPER, WITNESS, LANGUAGE)
"""Saying no, helped: the same people, heard in the same way."""
