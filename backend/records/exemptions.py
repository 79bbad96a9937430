"""Who is taken without a look at the certificate: what the county lists, each bound to what it speaks of. MS-4.1b."""

from dataclasses import dataclass

from backend.alliance.packs.pack import Pack
from backend.alliance.packs.sections.referral import VerificationExemption
from backend.alliance.reach import condition_of
from backend.kernel.rules import Rule, require


@dataclass(frozen=True, slots=True)
class Offered:
    """An exemption that may be said at a house; one that the law binds to a disease comes once for each."""

    exemption: VerificationExemption
    condition: str | None
    text: str


@dataclass(frozen=True, slots=True)
class ExemptionFacts:
    """What was said at the door, and the houses that the county designates for that disease."""

    bound: bool
    reason: str
    house: str
    disease: str
    designated: tuple[str, ...]
    here: bool


def _instead(facts: ExemptionFacts) -> str:
    others = f"管这个病的定点机构是：{'、'.join(facts.designated)}。" if facts.designated else ""
    return f"请按“没有转诊”登记，照样看病、照样收住。{others}"


EXEMPTION: tuple[Rule[ExemptionFacts], ...] = (
    Rule(
        code="records.exemption_fits",
        text=lambda facts: (
            f"“{facts.reason}”要写明是哪种病，只有定点机构能用。"
            if not facts.disease
            else f"{facts.house}不是{facts.disease}的定点机构，不能按“{facts.reason}”登记。"
        ),
        instead=_instead,
        holds=lambda facts: not facts.bound or facts.here,
        pointer="/exemption",
    ),
)


def offered(county: Pack, institution: str) -> list[Offered]:
    """Return what may be said at a house: of what the law binds, only the diseases the house is designated for."""
    found = []
    for one in county.referral.verification_exemptions:
        if one.only_for is None:
            found.append(Offered(one, None, one.text))
            continue
        found += [
            Offered(one, special.condition, f"{one.text}：{_disease(county, special.condition)}")
            for special in county.referral.special_diseases
            if institution in special.institutions
        ]
    return found


def require_fits(
    county: Pack,
    institution: str,
    exemption: VerificationExemption,
    condition: str | None,
    diagnosis: str | None = None,
) -> None:
    """Raise RuleBroken unless the house is the one the law means. A diagnosis that is known is asked, not the clerk."""
    disease = condition_of(county, diagnosis) if diagnosis else condition
    houses = county.referral.designated(disease)
    facts = ExemptionFacts(
        bound=exemption.only_for is not None,
        reason=exemption.text,
        house=county.institutions.institution(institution).name,
        disease=_disease(county, disease) if disease else "这种病" if diagnosis else "",
        designated=tuple(county.institutions.institution(code).name for code in houses),
        here=institution in houses,
    )
    require(EXEMPTION, facts, county.source)


def _disease(county: Pack, code: str) -> str:
    return next((one.name for one in county.capability.conditions if one.code == code), code)
