"""As what somebody comes through the door, and what it changes in the bill, by how the person is insured. MS-4.1b."""

from backend.alliance.packs.pack import Pack
from backend.alliance.packs.sections.referral import VerificationExemption
from backend.insurance.rules import not_under_these_rules
from backend.people.models import Resident
from backend.referrals.certificate_state import State
from backend.referrals.models import Referral
from backend.referrals.states import LIVE
from backend.referrals.verification import Verified


def came_as(
    county: Pack,
    resident: Resident,
    category: str,
    known: VerificationExemption | None,
    referral: Referral | None,
    verified: Verified | None,
) -> tuple[str, str]:
    """Return how the register calls it, and the note on the bill; `known` is the county's exemption that was said."""
    if verified is not None and verified.state.serves(category) and verified.signed is not False:
        return "referred", with_paper(county, resident, late=verified.state.late)
    if known is not None:
        return known.group, f"{known.text}：不用先看证明，手续后补。"
    change = without_paper(county, resident)
    if verified is not None:
        return "not_referred", f"{_why_not(verified.state, category)}；照常看病，{change}"
    if referral is not None and referral.status in LIVE:
        return "not_referred", f"证明还没开好，照常看病；{_when_it_follows(county, resident)}{change}"
    return "not_referred", f"没有转诊证明，照常看病，{change}"


def with_paper(county: Pack, resident: Resident, *, late: bool = False, followed: bool = False) -> str:
    """Return what a good certificate means for this person's bill."""
    other = _other_scheme(county, resident)
    if other is not None:
        return f"{'证明后补，' if followed else ''}按转诊登记，优先安排。{other}"
    if followed:
        return "证明后补，按转诊报销。"
    return "按转诊报销，签字下个上班日补上。" if late else "按转诊报销。"


def without_paper(county: Pack, resident: Resident) -> str:
    """Return what a missing certificate changes for this person; nothing for whom the rule does not reach."""
    other = _other_scheme(county, resident)
    if other is not None:
        return other
    rule = county.insurance.without_certificate
    if rule is None:
        return "报销按没有转诊算。"
    return f"{rule.text}{'（样例）' if rule.sample else ''}"


def _other_scheme(county: Pack, resident: Resident) -> str | None:
    return not_under_these_rules(county.insurance, resident.insurance, insured_here=resident.insured_here)


def _when_it_follows(county: Pack, resident: Resident) -> str:
    if _other_scheme(county, resident) is not None:
        return "证明补上后按转诊登记。"
    return "证明补上后按转诊报销。补不上时"


def _why_not(state: State, category: str) -> str:
    if state.word == "used" and not state.serves(category):
        return "这张证明能住院的次数已经用完"
    return state.text
