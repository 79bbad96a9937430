"""Referrals up and down by institution and month. XM-5.4, MS-4.2."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from backend.alliance.queries import pack as pack_of
from backend.oversight.months import within
from backend.referrals.models import Referral
from backend.referrals.states import ENDED, LIVE, ReferralStatus
from backend.store.db import session

DONE = (ReferralStatus.ISSUED, ReferralStatus.ARRIVED, ReferralStatus.CLOSED)
"""With a certificate: really on the way, or arrived."""


@dataclass(frozen=True, slots=True)
class ReferralRow:
    """One institution's referrals of a month: asked up, with certificate, arrived, ended without; taken down."""

    institution: str
    name: str
    up: int
    issued: int
    arrived: int
    told: int  # of the arrived: at a hospital outside, as family, paper or telephone told it
    under_way: int
    ended: int
    down_bed: int
    down_home: int


def referral_rows(county_id: str, month: date) -> list[ReferralRow]:
    """Return each institution's referrals of a month, by status as of now; drafts are nobody's business yet."""
    pack = pack_of(county_id)
    outside = {one.code for one in pack.institutions.institutions if one.outside}
    parts = (Referral.from_institution, Referral.to_institution, Referral.direction, Referral.category, Referral.status)
    rows = (
        session()
        .execute(
            select(*parts, func.count())
            .where(Referral.county_id == county_id, within(Referral.submitted_at, month))
            .group_by(*parts)
        )
        .all()
    )
    found: dict[str, Counter[str]] = {}
    for institution, target, direction, category, status, number in rows:
        counts = found.setdefault(institution, Counter())
        if direction == "down":
            counts[f"down_{category}"] += number if status in DONE else 0
            continue
        counts["up"] += number
        counts["issued"] += number if status in DONE else 0
        counts["arrived"] += number if status in DONE[1:] else 0
        counts["told"] += number if status in DONE[1:] and target in outside else 0
        counts["under_way"] += number if status in LIVE else 0
        counts["ended"] += number if status in ENDED else 0
    return [
        ReferralRow(
            institution=one.code,
            name=one.short_name,
            up=found[one.code]["up"],
            issued=found[one.code]["issued"],
            arrived=found[one.code]["arrived"],
            told=found[one.code]["told"],
            under_way=found[one.code]["under_way"],
            ended=found[one.code]["ended"],
            down_bed=found[one.code]["down_bed"],
            down_home=found[one.code]["down_home"],
        )
        for one in pack.institutions.institutions
        if one.code in found
    ]
