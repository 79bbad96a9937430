"""What coming back saves: going on in the hospital against going on below, line by line with whose rule. XM-5.6c."""

from dataclasses import asdict, dataclass
from typing import Any

from backend.alliance.packs.pack import Pack
from backend.alliance.queries import pack
from backend.insurance.rules import StayFacts, estimate_stay
from backend.insurance.service import ExplainedLine, explain_stay
from backend.kernel.clock import age_on, local_day
from backend.people.models import Resident
from backend.referrals.models import Referral
from backend.store import clock
from backend.store.db import session

SPENT_FEN, FURTHER_FEN = 500_000, 300_000
"""An example: 5,000 yuan of eligible cost so far, 3,000 yuan more to come."""


@dataclass(frozen=True, slots=True)
class Savings:
    """Going on for `further_fen` costs the person so much above and so much below; None when it cannot be said."""

    applies: bool
    further_fen: int
    own_above_fen: int | None
    own_below_fen: int | None
    lines: tuple[ExplainedLine, ...]
    covers: str
    agency_phone: str
    sample: bool


def savings_of(referral: Referral) -> Savings:
    """Work out what the family reads before they agree. Every figure is an estimate and marked as one."""
    county = pack(referral.county_id)
    explained = explain_stay(referral.county_id, _facts(county, referral, referral.to_institution))
    own_above, own_below = _own(county, referral)
    return Savings(
        applies=explained.applies,
        further_fen=FURTHER_FEN,
        own_above_fen=own_above,
        own_below_fen=own_below,
        lines=explained.lines,
        covers=explained.covers,
        agency_phone=explained.agency_phone,
        sample=explained.sample,
    )


def as_shown(savings: Savings) -> dict[str, Any]:
    """Return the estimate as it is kept with the referral: figures and whose rules, no more."""
    kept = asdict(savings)
    kept["lines"] = [{"code": line.code, "fen": line.fen, "source": line.source.id} for line in savings.lines]
    return kept


def _own(county: Pack, referral: Referral) -> tuple[int | None, int | None]:
    above = estimate_stay(county.insurance, _facts(county, referral, referral.from_institution, going_on=True))
    if not above.applies:
        return None, None
    further_above = above.fund_pays(SPENT_FEN + FURTHER_FEN) - above.fund_pays(SPENT_FEN)
    if referral.category == "home":
        return FURTHER_FEN - further_above, 0
    below = estimate_stay(county.insurance, _facts(county, referral, referral.to_institution))
    if not below.applies:
        return None, None
    return FURTHER_FEN - further_above, FURTHER_FEN - below.fund_pays(FURTHER_FEN)


def _facts(county: Pack, referral: Referral, institution: str, *, going_on: bool = False) -> StayFacts:
    resident = session().get(Resident, (referral.county_id, referral.resident_id))
    assert resident is not None
    today = local_day(clock.now())
    entry = county.institutions.institution(institution)
    return StayFacts(
        level=entry.level,
        on=today,
        age=age_on(resident.birth_on, today),
        insurance=resident.insurance,
        insured_here=resident.insured_here,
        direction="stay" if going_on else "down",
        category="stay" if going_on else referral.category,
        from_level=county.institutions.institution(referral.from_institution).level,
        groups=frozenset(resident.key_groups),
        institution_kind=entry.kind,
    )
