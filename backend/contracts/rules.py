"""May this contract be signed, and may it be accepted now? FD-01, FD-04, FD-07, XM-5.2c, MS-4.6."""

from dataclasses import dataclass
from datetime import date

from backend.contracts.states import SignedBy
from backend.kernel.clock import age_on
from backend.kernel.rules import Rule


@dataclass(frozen=True, slots=True)
class SignFacts:
    """What is known when somebody signs; counts and days are as of now."""

    who: str
    signed_by: SignedBy
    has_signature: bool
    needs_guardian: bool
    guardian_named: bool
    alive: bool
    months_here: int | None  # None: the county's own insured person, no question
    residence_months: int
    package_name: str
    package_groups: frozenset[str]
    resident_groups: frozenset[str]
    group_names: str
    same_household: bool
    household_allowed: bool
    team_open: bool
    taken: int
    cap: int
    asked_elsewhere: str | None  # the team that has not answered yet
    same_team: bool  # the running contract is with this very team, and it is no renewal
    switching: bool
    switch_free: bool
    switches: int
    switches_allowed: int
    months_with_team: int
    switch_after_months: int
    switch_text: str


def _signed_rightly(facts: SignFacts) -> bool:
    if not facts.has_signature:
        return False
    if facts.needs_guardian:
        helped = facts.signed_by is SignedBy.HELPED and facts.guardian_named
        return facts.signed_by is SignedBy.GUARDIAN or helped
    return facts.signed_by is not SignedBy.GUARDIAN


def _who_signs(facts: SignFacts) -> str:
    if facts.needs_guardian and facts.signed_by not in {SignedBy.GUARDIAN, SignedBy.HELPED}:
        return f"{facts.who}要由监护人来签。"
    if facts.needs_guardian and facts.signed_by is SignedBy.HELPED and not facts.guardian_named:
        return f"{facts.who}要由监护人当面签，还没写监护人是谁。"
    if facts.signed_by is SignedBy.GUARDIAN and not facts.needs_guardian:
        return f"{facts.who}自己能做主，要本人签。"
    return f"{facts.who}还没有签名。"


def _how_to_sign(facts: SignFacts) -> str:
    if facts.needs_guardian:
        return "请监护人用自己的手机来签，或请村医到家里帮忙。"
    return "请本人在屏幕上写上名字。"


def _switch_reason(facts: SignFacts) -> str:
    if facts.months_with_team < facts.switch_after_months:
        return f"和现在的医生小组还没签满 {facts.switch_after_months} 个月。"
    return f"这一年已经换过 {facts.switches} 次医生小组。"


SIGN_RULES: tuple[Rule[SignFacts], ...] = (
    Rule("contracts.signer", _who_signs, _how_to_sign, _signed_rightly, "/signature"),
    Rule("contracts.alive", "档案上这个人已经过世。", "如果写错了，请找村医改档案。", lambda f: f.alive),
    Rule(
        "contracts.one_contract",
        lambda f: (
            f"{f.who}已经在等「{f.asked_elsewhere}」答复，一个人只能签一个医生小组。"
            if f.asked_elsewhere
            else f"{f.who}已经和这个小组签着约，一个人只能有一份。"
        ),
        lambda f: "可以等答复，或先撤回那一份再签。" if f.asked_elsewhere else "快到期时点「续签」就行。",
        lambda f: f.asked_elsewhere is None and not f.same_team,
    ),
    Rule(
        "contracts.switch",
        _switch_reason,
        lambda f: f"规矩是：{f.switch_text}。急着换请找乡镇卫生院公共卫生科。",
        lambda f: (
            not f.switching
            or f.switch_free
            or (f.switches < f.switches_allowed and f.months_with_team >= f.switch_after_months)
        ),
    ),
    Rule(
        "contracts.residence",
        lambda f: f"在本县住满 {f.residence_months} 个月才能签约。",
        "住满了再来签。看病、急救不受影响。",
        lambda f: f.months_here is None or f.months_here >= f.residence_months,
        "/months_here",
    ),
    Rule(
        "contracts.package",
        lambda f: f"「{f.package_name}」是给{f.group_names}的，{f.who}的档案上没有这一项。",
        "可以先签基本包；确实有这个病，请医生看过后记到档案上。",
        lambda f: not f.package_groups or not f.package_groups.isdisjoint(f.resident_groups),
        "/package",
    ),
    Rule(
        "contracts.household",
        lambda f: f"{f.who}和您不在一户，不能签在一起。" if f.household_allowed else "本县还没有开通一家人一起签。",
        "请分开签，一人一份。",
        lambda f: f.same_household and f.household_allowed,
        "/members",
    ),
    Rule("contracts.team_open", "这个小组现在不收人。", "请另选一个小组。", lambda f: f.team_open, "/team_id"),
    Rule(
        "contracts.cap",
        lambda f: f"这个小组已经签了 {f.taken} 人，最多 {f.cap} 人，满了。",
        "请另选一个小组。",
        lambda f: f.taken < f.cap,
        "/team_id",
    ),
)


@dataclass(frozen=True, slots=True)
class AcceptFacts:
    """What is known when a team accepts."""

    signed: int
    cap: int
    other_contract: str | None  # a running contract that this one does not replace
    waiting_days: int  # days until a switch may take effect
    ready_on: date


ACCEPT_RULES: tuple[Rule[AcceptFacts], ...] = (
    Rule(
        "contracts.cap",
        lambda f: f"小组已经签了 {f.signed} 人，最多 {f.cap} 人。",
        "请答复居民签不了，请居民另选小组。",
        lambda f: f.signed < f.cap,
    ),
    Rule(
        "contracts.one_contract",
        lambda f: f"居民现在和「{f.other_contract}」签着约，一个人只能有一份。",
        "请居民撤回这份，重新申请换小组。",
        lambda f: f.other_contract is None,
    ),
    Rule(
        "contracts.switch",
        lambda f: f"换小组要提前说，还要等 {f.waiting_days} 天。",
        lambda f: f"{f.ready_on.month} 月 {f.ready_on.day} 日起可以接收；这之前由原来的小组照管。",
        lambda f: f.waiting_days <= 0,
    ),
)


@dataclass(frozen=True, slots=True)
class GroupRule:
    """Who belongs to a key group, as the pack says: by age, by an illness on file, or by an imported list (FD-05)."""

    code: str
    age_from: int | None = None
    age_to: int | None = None
    condition: str | None = None
    listed: bool = False


def groups_of(
    groups: tuple[GroupRule, ...], birth_on: date, conditions: frozenset[str], listed: frozenset[str], day: date
) -> frozenset[str]:
    """Return the codes of every key group a person belongs to on a day."""
    age = age_on(birth_on, day)

    def belongs(group: GroupRule) -> bool:
        if group.listed:
            return group.code in listed
        if group.condition is not None:
            return group.condition in conditions
        return (group.age_from or 0) <= age <= (150 if group.age_to is None else group.age_to)

    return frozenset(group.code for group in groups if belongs(group))


@dataclass(frozen=True, slots=True)
class AreaFacts:
    """What is known when a village doctor is scored, or a village given into somebody's charge."""

    name: str
    in_charge: bool


AREA_RULES: tuple[Rule[AreaFacts], ...] = (
    Rule(
        "contracts.area_supervision",
        lambda f: f"{f.name}不在您包的村里，只能看、只能评自己包的村。",
        "要换包的村，请找卫生院公共卫生科。",
        lambda f: f.in_charge,
    ),
)
