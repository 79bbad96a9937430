"""May this be written, reviewed, prepared, handed out? LP-01 to LP-13, MS-5.2b and the county's limits."""

from dataclasses import dataclass
from datetime import date

from backend.kernel.rules import Rule
from backend.prescriptions.states import Issue

NATIONAL_CAP_DAYS = 84
"""Twelve weeks in hand, never more (LP-04)."""
USUAL_DAYS = 28
"""Above four weeks more is asked (LP-03, LP-05)."""


@dataclass(frozen=True, slots=True)
class IssueFacts:
    """What is known when a doctor writes; days are whole days from today."""

    may_write: bool
    condition_name: str
    listed: bool  # the county allows long prescriptions for this disease
    on_file: bool  # the disease is on the patient's record
    needs_contract: bool
    has_contract: bool
    own_team: bool
    issue: Issue
    not_met: tuple[str, ...]  # of the five points of LP-01, in words
    note_written: bool
    examined: bool
    issuer_fits: bool
    issuer_text: str
    days: int
    disease_days: int
    carry_days: int
    educated: bool
    confirmation_chosen: bool
    excluded: tuple[str, ...]
    unknown_drugs: tuple[str, ...]
    not_stocked: tuple[str, ...]
    institution_name: str
    pending: str | None  # another that is still on its way, in words
    frozen: str | None  # why one of theirs is frozen
    readings_fresh: bool
    reading_days: int
    goal_missed: tuple[str, ...]
    pickup_place: bool


def _over_cap(facts: IssueFacts) -> str:
    if facts.days > NATIONAL_CAP_DAYS:
        return f"{facts.days} 天太长，长期处方最多 {NATIONAL_CAP_DAYS} 天（12 周）。"
    return f"病人手里的药还够吃 {facts.carry_days} 天，再开 {facts.days} 天就超过 {NATIONAL_CAP_DAYS} 天了。"


def _shorter(facts: IssueFacts) -> str:
    left = min(NATIONAL_CAP_DAYS - facts.carry_days, facts.disease_days)
    if left < 7:
        return "手里的药快吃完时再开。"
    return f"最多开 {left} 天。"


def _renewal(facts: IssueFacts) -> bool:
    return facts.issue is Issue.RENEWAL


ISSUE_RULES: tuple[Rule[IssueFacts], ...] = (
    Rule(
        "prescriptions.may_write",
        "长期处方要由医师来开。",
        "请家庭医生或专科医生来开。",
        lambda f: f.may_write,
    ),
    Rule(
        "prescriptions.chronic_required",
        lambda f: (
            f"{f.condition_name}不在本县能开长期处方的病种里。"
            if not f.listed
            else f"病人的健康档案上没有{f.condition_name}。"
        ),
        lambda f: (
            "请开普通处方。" if not f.listed else f"诊断清楚的，先在看病记录里写明{f.condition_name}，记到档案上再开。"
        ),
        lambda f: f.listed and f.on_file,
        "/condition",
    ),
    Rule(
        "prescriptions.contract_required",
        "长期处方要先签约家庭医生，病人现在没有签约。",
        "请病人先签约；这次可以开普通处方。",
        lambda f: f.has_contract or not f.needs_contract,
    ),
    Rule(
        "prescriptions.contract_doctor",
        "长期处方要由病人签约的医生小组来开，您不在这个小组。",
        "请病人签约的家庭医生来开；这次可以开普通处方。",
        lambda f: f.own_team or not (f.needs_contract and f.has_contract),
    ),
    Rule(
        "prescriptions.eligibility",
        lambda f: "还不适合开长期处方：" + "、".join(f.not_met) + "。",
        "请先开普通处方，调好了再说；把原因告诉病人。",
        lambda f: not f.not_met,
        "/assessment",
    ),
    Rule(
        "prescriptions.first_assessment",
        "第一次开，要写下病史、现在的情况、用药、按时吃没有、控制得怎样。",
        "请在“评估”里写几句。",
        lambda f: f.note_written or _renewal(f),
        "/note",
    ),
    Rule(
        "prescriptions.examine_in_person",
        "要当面看过病人才能开。",
        "请病人来一趟，或上门看过再开。",
        lambda f: f.examined,
        "/examined",
    ),
    Rule(
        "prescriptions.issuer",
        lambda f: f.issuer_text,
        lambda f: "请主治及以上医师来开第一次，以后您可以接着开。" if not _renewal(f) else "请上级医师来开。",
        lambda f: f.issuer_fits,
    ),
    Rule(
        "prescriptions.max_days",
        _over_cap,
        _shorter,
        lambda f: f.days + f.carry_days <= NATIONAL_CAP_DAYS,
        "/days",
    ),
    Rule(
        "prescriptions.disease_days",
        lambda f: f"本县{f.condition_name}的长期处方最多开 {f.disease_days} 天，这里写了 {f.days} 天。",
        _shorter,
        lambda f: not f.listed or f.days <= f.disease_days,
        "/days",
    ),
    Rule(
        "prescriptions.over_four_weeks",
        "超过四周，要教会病人怎么吃、怎么自己量、什么时候要来，写进病历，还要病人同意。",
        "教过以后勾上“已教会”，写好评估，再请病人签名或在手机上同意；也可以只开 28 天。",
        lambda f: f.days <= USUAL_DAYS or (f.educated and f.note_written and f.confirmation_chosen),
        "/confirmation",
    ),
    Rule(
        "prescriptions.excluded_class",
        lambda f: "这些药不能开长期处方：" + "、".join(f.excluded) + "。",
        "请从长期处方里去掉，按普通处方开。",
        lambda f: not f.excluded,
        "/items",
    ),
    Rule(
        "prescriptions.unknown_drug",
        lambda f: "药品目录里没有：" + "、".join(f.unknown_drugs) + "。",
        "请从目录里选药。",
        lambda f: not f.unknown_drugs,
        "/items",
    ),
    Rule(
        "prescriptions.filing",
        lambda f: f"{f.institution_name}没有这些药：" + "、".join(f.not_stocked) + "。",
        "请先办备案采购，药到了再开；或换成有的药。",
        lambda f: not f.not_stocked,
        "/items",
    ),
    Rule(
        "prescriptions.one_open",
        lambda f: f"{f.pending}，还没有取完药。",
        "取完再开；写错了请先停掉那一张。",
        lambda f: f.pending is None,
    ),
    Rule(
        "prescriptions.stopped",
        lambda f: f"病人的长期处方因为{f.frozen}停住了，还没有医生决定。",
        "请先看病人，决定接着用还是停掉。",
        lambda f: f.frozen is None,
    ),
    Rule(
        "prescriptions.last_reading",
        lambda f: f"最近 {f.reading_days} 天没有量过，不知道控制得怎样。",
        "请先量一量，记下来再开。",
        lambda f: f.readings_fresh or not _renewal(f),
    ),
    Rule(
        "prescriptions.goal_reached",
        lambda f: "最近量的没有达标：" + "、".join(f.goal_missed) + "。",
        "请调药，停掉现在这张；调好以后按第一次重新评估。再量一次已经达标的，记下来就能开。",
        lambda f: not f.goal_missed or not _renewal(f),
    ),
    Rule(
        "prescriptions.pickup_place",
        "这个地方不是取药点。",
        "请改在卫生院取药，或由村医代领。",
        lambda f: f.pickup_place,
        "/pickup_at",
    ),
)


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """What is known when a pharmacist looks at it."""

    days: int
    confirmed: bool
    own: bool


REVIEW_RULES: tuple[Rule[ReviewFacts], ...] = (
    Rule(
        "prescriptions.own_review",
        "自己开的处方不能自己审。",
        "请另一位药师来审。",
        lambda f: not f.own,
    ),
    Rule(
        "prescriptions.over_four_weeks",
        lambda f: f"这张开了 {f.days} 天，超过四周，病人还没有同意。",
        "请病人在手机上点“同意”，或请医生当面补签。",
        lambda f: f.days <= USUAL_DAYS or f.confirmed,
    ),
)


@dataclass(frozen=True, slots=True)
class DispenseFacts:
    """What is known at the pharmacy's counter."""

    today: date
    window_from: date


DISPENSE_RULES: tuple[Rule[DispenseFacts], ...] = (
    Rule(
        "prescriptions.window",
        lambda f: f"还没到取药时间，{f.window_from.month} 月 {f.window_from.day} 日起可以取。",
        lambda f: f"请 {f.window_from.month} 月 {f.window_from.day} 日以后再来；手里的药还够吃。",
        lambda f: f.today >= f.window_from,
    ),
)


@dataclass(frozen=True, slots=True)
class PickupFacts:
    """What was seen when drugs are handed over."""

    by_other: bool
    other_allowed: bool
    patient_digits_match: bool
    collector_complete: bool
    knows_patient: bool
    signed: bool


PICKUP_RULES: tuple[Rule[PickupFacts], ...] = (
    Rule(
        "prescriptions.pickup_by_other",
        "本县要本人来取药。",
        "请本人来取；来不了请村医送到家。",
        lambda f: f.other_allowed or not f.by_other,
    ),
    Rule(
        "prescriptions.pickup_papers",
        lambda f: (
            "病人身份证的后四位对不上。"
            if not f.patient_digits_match
            else "替别人取药，要看两个人的身份证，登记代领人的姓名和证件后四位。"
        ),
        lambda f: (
            "请核对是不是这个人，再填一次。" if not f.patient_digits_match else "请补上代领人的姓名、关系和证件后四位。"
        ),
        lambda f: f.patient_digits_match and (f.collector_complete or not f.by_other),
        "/patient_digits",
    ),
    Rule(
        "prescriptions.pickup_knows",
        "代领的人要知道病人的基本情况。",
        "请问清病人现在怎样、药怎么吃；说不清的请打电话问病人。",
        lambda f: f.knows_patient or not f.by_other,
        "/knows_patient",
    ),
    Rule(
        "prescriptions.pickup_signed",
        "还没有签名。",
        "请在屏幕上签，或在登记本上签了再勾“已在纸上签”。",
        lambda f: f.signed,
        "/signature",
    ),
)
