"""May this health record be tied to this WeChat? Never by knowing a number; by a phone on file or in person."""

from dataclasses import dataclass

from backend.kernel.rules import Rule

MOST_PROXIED = 5


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """What is known when somebody says: this record is mine."""

    found: int  # records with this phone, or 1 for a code handed over in person
    in_person: bool
    taken: bool  # by another WeChat account
    has_own: bool  # this account already has its own record
    needs_guardian: bool
    agreed: bool  # to the use of health data, by itself


@dataclass(frozen=True, slots=True)
class FamilyFacts:
    """What is known when somebody is to act for another."""

    kind: str
    own_record: bool
    proxied: int
    needs_guardian: bool
    agreed: bool


_GO = "请带身份证找村医或卫生院，看过证件当面给您一个交接码。"
_AGREED = "要先单独同意使用健康信息，才能把档案连到手机上。"
_AGREE = "请回上一步，看过说明后勾选同意。不同意也能到窗口办理。"

CLAIM: tuple[Rule[ClaimFacts], ...] = (
    Rule("claim.agreed", _AGREED, _AGREE, lambda f: f.agreed),
    Rule(
        "claim.one_own",
        "这个微信已经连着您自己的档案了。",
        "家里人的档案，请用家人代办的交接码连。",
        lambda f: not f.has_own,
    ),
    Rule("claim.phone_known", "健康档案里没有登记这个手机号。", _GO, lambda f: f.found > 0),
    Rule("claim.phone_shared", "这个手机号在档案里登记了不止一个人，不能确定是哪一位。", _GO, lambda f: f.found < 2),
    Rule(
        "claim.free",
        "这份档案已经连在另一个微信上。",
        "换了微信，或者不是您连的，" + _GO,
        lambda f: f.in_person or not f.taken,
    ),
    Rule(
        "claim.grown_up",
        "这份档案的主人未满 18 周岁，或者要由监护人作主。",
        "请监护人带户口簿找村医或卫生院，登记为监护人。",
        lambda f: f.in_person or not f.needs_guardian,
    ),
)

FAMILY: tuple[Rule[FamilyFacts], ...] = (
    Rule("family.agreed", _AGREED, _AGREE, lambda f: f.agreed),
    Rule(
        "family.not_self", "这是您自己的档案，不用登记代办。", "请回首页，直接办自己的事。", lambda f: not f.own_record
    ),
    Rule(
        "family.most",
        f"一个微信最多替 {MOST_PROXIED} 位家人代办。",
        "请先在“家人”里去掉不再代办的人，或请别的家人来登记。",
        lambda f: f.kind != "proxy" or f.proxied < MOST_PROXIED,
    ),
    Rule(
        "family.guardian_due",
        "这个人已经成年，能自己作主，不用监护人。",
        "帮忙跑腿请登记为家人代办；由法院认定需要监护人的，请带判决书到卫生院更正档案。",
        lambda f: f.kind != "guardian" or f.needs_guardian,
    ),
)
