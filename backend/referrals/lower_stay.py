"""The stay below that somebody goes up out of: with it only the difference of the deductibles is due. XM-5.6c."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import or_, select

from backend.alliance.packs.pack import Pack
from backend.alliance.packs.sections.insurance import UpDifference
from backend.alliance.queries import pack
from backend.kernel.clock import local_day
from backend.kernel.errors import NotFound
from backend.kernel.roles import Actor
from backend.kernel.rules import Rule, require
from backend.records.models import Stay
from backend.store import clock
from backend.store.db import session


@dataclass(frozen=True, slots=True)
class LowerStayFacts:
    """How long ago a stay ended, and within how many hours one goes up out of it (None: the county has no rule)."""

    ended: timedelta | None
    hours: int | None


LOWER_STAY: Rule[LowerStayFacts] = Rule(
    code="referral.lower_stay",
    text=lambda facts: f"那次住院出院已经超过 {facts.hours} 小时，起付线不能只补差额。",
    instead="不写这次住院，照样可以转；起付线按那边医院的标准付。",
    holds=lambda facts: facts.ended is None or facts.hours is None or facts.ended <= timedelta(hours=facts.hours),
    pointer="/stay_id",
)


def difference_of(county: Pack, institution: str) -> UpDifference | None:
    """Return the county's rule for somebody who goes up out of a stay in this house, or None."""
    rule = county.insurance.up_difference
    day = local_day(clock.now())
    level = county.institutions.institution(institution).level
    return rule if rule is not None and rule.in_force(day) and level in rule.from_levels else None


def find_lower_stay(county_id: str, resident_id: UUID, institution: str) -> Stay | None:
    """Return the stay that runs in this house, or has just ended there as the county's rule counts it."""
    rule = difference_of(pack(county_id), institution)
    since = clock.now() - timedelta(hours=rule.gap_hours if rule else 0)
    return session().scalar(
        select(Stay)
        .where(
            Stay.county_id == county_id,
            Stay.resident_id == resident_id,
            Stay.institution == institution,
            or_(Stay.discharged_at.is_(None), Stay.discharged_at >= since),
        )
        .order_by(Stay.admitted_at.desc())
        .limit(1)
    )


def require_lower_stay(actor: Actor, resident_id: UUID, stay_id: UUID) -> Stay:
    """Return the stay that was named. Raises NotFound for none of theirs here, RuleBroken when too old."""
    stay = session().get(Stay, (actor.county_id, stay_id))
    if stay is None or stay.resident_id != resident_id or stay.institution != actor.institution:
        raise NotFound("stay_not_found", "没有找到这次住院，请回到病人那一页再开转诊。")
    county = pack(actor.county_id)
    rule = difference_of(county, stay.institution)
    ended = None if stay.discharged_at is None else clock.now() - stay.discharged_at
    require([LOWER_STAY], LowerStayFacts(ended, rule.gap_hours if rule else None), county.source)
    return stay
