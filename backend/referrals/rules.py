"""May this referral be made? Every broken rule at once, each with the county's own source. MS-4.2.2, MS-4.2.3, XM-5.4.

The checks are pure; which paper a rule stands in is the pack's business (`sources.rules`).
"""

from dataclasses import dataclass

from backend.kernel.rules import Rule


@dataclass(frozen=True, slots=True)
class ReferralFacts:
    """What the rules look at, gathered from a draft, the pack and the record."""

    issuer: str
    issues: bool  # the issuer's level has a chain of signatures
    own_wish: bool
    own_wish_text: str
    own_wish_instead: str
    indication: str | None
    indication_fits: bool  # known, and of this direction
    standard: str | None
    standard_meets: bool
    standards: tuple[str, ...]  # names of those that could be met
    offered: tuple[str, ...]
    chosen: str
    chosen_name: str
    choice_by_patient: bool
    nearer: tuple[str, ...]
    skip_reason: str | None
    skip_known: bool
    skip_text: str
    skip_fits: bool  # the reason speaks of this referral: an emergency, a disease with a house by law
    institute: bool  # said to be a disease that the law sends to a designated house
    designated: tuple[str, ...]  # names of those houses for this disease; empty when it is no such disease
    exempt: bool  # an emergency, or on the way to the house that the law designates
    to_designated: bool
    outside: bool
    partner: bool
    partners: tuple[str, ...]
    gatekeeper: bool  # the issuer may send a stay out of the county
    gatekeepers: tuple[str, ...]
    stay: bool
    records: int
    no_records: bool
    beyond: tuple[str, ...]  # what of it the house may not do, in words
    who_can: tuple[str, ...]
    diagnosis: str


OWN_WISH: Rule[ReferralFacts] = Rule(
    code="referral.own_wish",
    text=lambda facts: facts.own_wish_text,
    instead=lambda facts: facts.own_wish_instead,
    holds=lambda facts: not facts.own_wish,
    pointer="/own_wish",
)

ISSUER: Rule[ReferralFacts] = Rule(
    code="referral.issuer_level",
    text=lambda facts: f"{facts.issuer}不开转诊证明。",
    instead="请写转介单，交给乡卫生院的医生来开；急病直接打 120。",
    holds=lambda facts: facts.issues,
)

DIAGNOSIS: Rule[ReferralFacts] = Rule(
    code="referral.diagnosis_required",
    text="还没有写诊断。",
    instead="请写上初步诊断；查不清就写主要表现加“待查”。",
    holds=lambda facts: bool(facts.diagnosis.strip()),
    pointer="/diagnosis_text",
)

INDICATION: Rule[ReferralFacts] = Rule(
    code="referral.indication_required",
    text=lambda facts: "没有选为什么要转上去。" if facts.indication is None else "这个理由不是往上转的理由。",
    instead="请从急危重症、疑难未确诊、条件所限、需专业机构里选一个；都不是，就在这里治。",
    holds=lambda facts: facts.indication_fits,
    pointer="/indication",
)

DOWN_INDICATION: Rule[ReferralFacts] = Rule(
    code="referral.down_indication_required",
    text=lambda facts: "没有选为什么可以转下去。" if facts.indication is None else "这个理由不是往下转的理由。",
    instead="请从稳定康复、诊断明确、慢病长期里选一个；都不是，就先不要转。",
    holds=lambda facts: facts.indication_fits,
    pointer="/indication",
)

STANDARD: Rule[ReferralFacts] = Rule(
    code="referral.standard_required",
    text=lambda facts: (
        f"没有写符合哪条转诊标准（{'、'.join(facts.standards)}）。"
        if facts.standard is None
        else "选的标准和这个病、这个理由对不上。"
    ),
    instead="请选这个病的转诊标准里符合的那一条。",
    holds=lambda facts: facts.standard_meets if facts.standard is not None else not facts.standards,
    pointer="/standard",
)

CHOICE: Rule[ReferralFacts] = Rule(
    code="referral.choice_required",
    text="还没有让病人自己选去哪家。",
    instead="请把能去的医院都念给病人听，由病人选，再点“病人选的”。",
    holds=lambda facts: bool(facts.offered) and facts.choice_by_patient,
    pointer="/choice_by_patient",
)

SKIP: Rule[ReferralFacts] = Rule(
    code="referral.skip_reason_required",
    text=lambda facts: f"近处的{'、'.join(facts.nearer)}也能治，去{facts.chosen_name}要写明理由。",
    instead="请选一个越级的理由，或改去近处的医院；病人自己想去远处，可以不开证明直接去。",
    holds=lambda facts: facts.exempt or not facts.nearer or facts.skip_known,
    pointer="/skip_reason",
)

SKIP_FITS: Rule[ReferralFacts] = Rule(
    code="referral.skip_reason_fits",
    text=lambda facts: f"“{facts.skip_text}”这个理由和这次转诊对不上。",
    instead="急危重症只用在按急诊转的病人；按法律要去专业机构的，只用在定点的病和定点的医院。请换一个写得实的理由。",
    holds=lambda facts: facts.skip_reason is None or facts.skip_fits,
    pointer="/skip_reason",
)

INSTITUTE: Rule[ReferralFacts] = Rule(
    code="referral.institute_by_law",
    text=lambda facts: (
        f"{facts.chosen_name}不是管这个病的定点机构，定点的是：{'、'.join(facts.designated)}。"
        if facts.designated
        else "这个病不是法律要求去专业机构治的病。"
    ),
    instead=lambda facts: (
        "请改去定点的机构；要去别处，请改选别的转诊理由。"
        if facts.designated
        else "请改选别的理由：这里缺设备、缺药或做不了，选“条件所限”；查不清，选“疑难未确诊”。"
    ),
    holds=lambda facts: not facts.institute or facts.to_designated,
    pointer="/indication",
)

PARTNER: Rule[ReferralFacts] = Rule(
    code="referral.partner_first",
    text=lambda facts: f"{facts.chosen_name}不是协议医院，协议医院有：{'、'.join(facts.partners)}。",
    instead="请优先选协议医院；一定要去这家，写明理由就可以。",
    holds=lambda facts: facts.exempt or not facts.outside or facts.partner or not facts.partners or facts.skip_known,
    pointer="/skip_reason",
)

GATEKEEPER: Rule[ReferralFacts] = Rule(
    code="referral.inpatient_gatekeeper",
    text=lambda facts: f"到县外住院，由{'、'.join(facts.gatekeepers)}来开，{facts.issuer}不能直接开。",
    instead="请先转到县级医院，由那里的医生看过再转出去；急危重症不受这条限制。",
    holds=lambda facts: facts.exempt or not (facts.outside and facts.stay) or facts.gatekeeper,
    pointer="/to_institution",
)

RECORDS: Rule[ReferralFacts] = Rule(
    code="referral.records_attached",
    text="没有附病历和检查，也没有说明“没有”。",
    instead="有的请勾上；确实没有，就点“没有可附的资料”，不影响转诊。",
    holds=lambda facts: facts.records > 0 or facts.no_records,
    pointer="/records",
)

OUT_OF_SCOPE: Rule[ReferralFacts] = Rule(
    code="referral.out_of_scope",
    text=lambda facts: f"{facts.chosen_name}{'；'.join(facts.beyond)}。",
    instead=lambda facts: f"能治的有：{'、'.join(facts.who_can)}。" if facts.who_can else "请先打电话问清楚再转。",
    holds=lambda facts: not facts.beyond,
    pointer="/to_institution",
)

DRAFT_RULES = (OWN_WISH, ISSUER)
"""Broken, there is not even a draft."""

UP_RULES = (
    OWN_WISH,
    ISSUER,
    DIAGNOSIS,
    INDICATION,
    INSTITUTE,
    STANDARD,
    CHOICE,
    SKIP,
    SKIP_FITS,
    PARTNER,
    GATEKEEPER,
    RECORDS,
)
DOWN_RULES = (OWN_WISH, ISSUER, DIAGNOSIS, DOWN_INDICATION, STANDARD, CHOICE, RECORDS)
FLAGS = (OUT_OF_SCOPE,)
"""Said, and never in the way: the hospital itself answers whether it can (MS-3, XM-5.4e)."""
