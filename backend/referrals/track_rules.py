"""Rules of the tracks: who signs when, how a hospital says no. Pure; the patient's own are in `consent_rules`."""

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
class DeclineFacts:
    """What is looked at when a hospital says no."""

    may_decline: bool  # a clerk never does
    who: str  # whose no it is: the desk's, or of whom the desk names
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
    text=lambda facts: f"{facts.who}不能因为病情回绝病人，严禁推诿。",
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


@dataclass(frozen=True, slots=True)
class SpeakerFacts:
    """What is looked at when a clerk writes down what somebody answered by telephone."""

    known: bool  # of this house and department today, with a role that answers, and able to sign in
    own: bool  # the clerk names themselves
    who: str  # whom the list offers, in words


SPEAKER: Rule[SpeakerFacts] = Rule(
    code="referral.said_by",
    text=lambda facts: f"电话里答复的，要是{facts.who}。",
    instead="请从列表里选是谁答的；找不到这个人，请转医务科。",
    holds=lambda facts: facts.known,
    pointer="/said_by",
)

SPEAKER_OTHER: Rule[SpeakerFacts] = Rule(
    code="referral.said_by_other",
    text="您自己的答复不能记成别人打电话说的。",
    instead="您自己定的，请直接按“可以来”；定不了的转医务科。",
    holds=lambda facts: not facts.own,
    pointer="/said_by",
)

SPEAKER_RULES = (SPEAKER, SPEAKER_OTHER)
