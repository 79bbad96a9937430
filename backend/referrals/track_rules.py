"""Rules of the three tracks: who signs when, who says yes for a patient, how a hospital says no. Pure, as `rules`."""

from dataclasses import dataclass

from backend.kernel.rules import Rule


@dataclass(frozen=True, slots=True)
class SigningFacts:
    """What is looked at when somebody wants to sign a step."""

    title: str
    who: str  # who may, in words
    right: bool
    open: bool
    before: str  # the step that must be signed first
    already: bool  # this person signed another step of the round


WRONG_SIGNER: Rule[SigningFacts] = Rule(
    code="referral.wrong_signer",
    text=lambda facts: f"这一步由{facts.who}签，您不能签。",
    instead=lambda facts: f"请交给{facts.who}。",
    holds=lambda facts: facts.right,
)

SIGNATURE_ORDER: Rule[SigningFacts] = Rule(
    code="referral.signature_order",
    text=lambda facts: f"还没轮到{facts.title}：要等{facts.before}先签。",
    instead="轮到时会提醒您，现在不用做什么。",
    holds=lambda facts: facts.open,
)

SIGNER_TWICE: Rule[SigningFacts] = Rule(
    code="referral.signer_twice",
    text="同一张证明您已经签过一次，不能再签第二次。",
    instead="请换一位：科室负责人不在时，由业务副院长或总值班代签。",
    holds=lambda facts: not facts.already,
)

SIGNING_RULES = (WRONG_SIGNER, SIGNATURE_ORDER, SIGNER_TWICE)


@dataclass(frozen=True, slots=True)
class ConsentFacts:
    """What is looked at when somebody says yes for a patient."""

    patient: str
    needs_guardian: bool
    by: str  # self | guardian | authorised | relative
    is_guardian: bool
    authority: bool  # a written authority for this act is on file
    doctor_confirms: bool  # cannot decide now: the nearest relative signs, the doctor confirms
    child_to_hear: bool  # 8 to 17: told and heard
    child_heard: bool
    helped: bool
    witness: str
    witness_is_explainer: bool
    language: str


GUARDIAN: Rule[ConsentFacts] = Rule(
    code="referral.guardian_required",
    text=lambda facts: f"{facts.patient}不满 18 岁或不能自己做主，要由监护人来同意。",
    instead="请监护人（父母等）用自己的手机同意，或到医生这里当面签。",
    holds=lambda facts: not facts.needs_guardian or facts.is_guardian,
    pointer="/by",
)

OWN_DECISION: Rule[ConsentFacts] = Rule(
    code="referral.consent_required",
    text=lambda facts: f"转不转由{facts.patient}本人定，别人不能替着同意。",
    instead="请本人点“我同意”；不会用手机的，医生可以当面帮着签；有书面委托的，先请医生登记。",
    holds=lambda facts: (
        facts.needs_guardian
        or facts.by == "self"
        or (facts.by == "authorised" and facts.authority)
        or (facts.by == "relative" and facts.doctor_confirms)
    ),
    pointer="/by",
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
        "见证人不能是说明的医生自己。" if facts.witness_is_explainer else "帮着签要有见证人，还要写明用什么话讲的。"
    ),
    instead="请写上见证人的姓名（家人、邻居、护士都行）和讲的是什么话。",
    holds=lambda facts: (
        not facts.helped or (bool(facts.witness) and bool(facts.language) and not facts.witness_is_explainer)
    ),
    pointer="/witness",
)

CONSENT_RULES = (GUARDIAN, OWN_DECISION, CHILD_HEARD, WITNESS)


@dataclass(frozen=True, slots=True)
class DeclineFacts:
    """What is looked at when a hospital says no."""

    may_decline: bool  # a clerk never does
    deciders: str
    reason_known: bool
    reasons: tuple[str, ...]
    needs_date: bool
    needs_department: bool
    date: bool
    department: bool
    another_way: bool


DECLINE_ROLE: Rule[DeclineFacts] = Rule(
    code="referral.decline_role",
    text="服务台不能因为病情回绝病人，严禁推诿。",
    instead=lambda facts: f"请转给{facts.deciders}来定。",
    holds=lambda facts: facts.may_decline,
)

DECLINE_REASON: Rule[DeclineFacts] = Rule(
    code="referral.decline_reason_required",
    text="收不了要选一个理由。",
    instead=lambda facts: f"可选：{'、'.join(facts.reasons)}。",
    holds=lambda facts: facts.reason_known,
    pointer="/reason",
)

DECLINE_ANOTHER_WAY: Rule[DeclineFacts] = Rule(
    code="referral.decline_reason_required",
    text=lambda facts: (
        "没有床要写最早哪天有。"
        if facts.needs_date
        else "要写明该去哪个科。"
        if facts.needs_department
        else "收不了也要给病人指条路。"
    ),
    instead="请写上别的医院、别的科，或最早哪天可以来。",
    holds=lambda facts: (
        not facts.reason_known
        or (
            facts.another_way
            and (facts.date or not facts.needs_date)
            and (facts.department or not facts.needs_department)
        )
    ),
    pointer="/alternative_institution",
)

DECLINE_RULES = (DECLINE_ROLE, DECLINE_REASON, DECLINE_ANOTHER_WAY)
