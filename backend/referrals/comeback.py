"""The way back up: within the county's days for the same illness, to the same hospital, without a queue. MS-4.2.3c.

The hospital said yes when it sent the patient down (the family's page says so); consent, signatures and standards are
those of every referral.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from backend.alliance.queries import pack
from backend.kernel.clock import local_day
from backend.kernel.rules import Rule, require
from backend.records.timeline import entries_of
from backend.referrals.drafts import Draft
from backend.referrals.models import Referral
from backend.referrals.states import ReferralStatus
from backend.store import clock
from backend.store.db import session


@dataclass(frozen=True, slots=True)
class WayBackFacts:
    """What is looked at when somebody who was sent down is to go back up."""

    taken_over: bool
    days: int  # since a team took over
    most: int


WAY_BACK: Rule[WayBackFacts] = Rule(
    code="referral.way_back_days",
    text=lambda facts: (
        f"接回来已经 {facts.days} 天，过了 {facts.most} 天；超过这个天数要按平常的转诊办。"
        if facts.taken_over
        else "这位病人还没有接回来，不用再转上去。"
    ),
    instead=lambda facts: (
        "请照平常的办法开转诊；急病不受影响，直接打 120。" if facts.taken_over else "病人还在医院，请打电话给病区。"
    ),
    holds=lambda facts: facts.taken_over and facts.days <= facts.most,
)


def may_come_back(down: Referral) -> bool:
    """Say whether the way back without a queue is open for somebody who was sent down."""
    return down.direction == "down" and WAY_BACK.holds(_facts(down))


def open_way_back(county_id: str, resident_id: UUID, institution: str) -> tuple[Referral, date] | None:
    """Return the newest way down from a hospital by which somebody may come back without a queue, and until when."""
    down = session().scalar(
        select(Referral)
        .where(
            Referral.county_id == county_id,
            Referral.resident_id == resident_id,
            Referral.from_institution == institution,
            Referral.direction == "down",
            Referral.arrived_at.is_not(None),
        )
        .order_by(Referral.arrived_at.desc())
        .limit(1)
    )
    if down is None or down.arrived_at is None or not may_come_back(down):
        return None
    most = pack(county_id).referral.limits.way_back_days
    return down, local_day(down.arrived_at) + timedelta(days=most)


def promised(referral: Referral) -> bool:
    """Say whether the hospital that is asked is the one that sent this patient down and said they may come back."""
    if referral.back_from_id is None:
        return False
    down = session().get(Referral, (referral.county_id, referral.back_from_id))
    return down is not None and down.from_institution == referral.to_institution


def draft_of(down: Referral, given: Draft) -> Draft:
    """Return the draft of the way back: same illness, same hospital, its records. Raises RuleBroken after the days."""
    require([WAY_BACK], _facts(down), pack(down.county_id).source)
    wanted = [("stay", down.stay_id)] if down.stay_id else []
    stays = tuple((entry.kind, entry.id) for entry in entries_of(down.county_id, down.resident_id, wanted))
    return replace(
        given,
        to_institution=down.from_institution,
        to_department=down.from_department,
        diagnosis_code=down.diagnosis_code,
        diagnosis_text=down.diagnosis_text,
        records=stays,
        no_records=not stays,
    )


def _facts(down: Referral) -> WayBackFacts:
    most = pack(down.county_id).referral.limits.way_back_days
    taken = down.arrived_at is not None and down.status in (ReferralStatus.ARRIVED, ReferralStatus.CLOSED)
    if down.arrived_at is None or not taken:
        return WayBackFacts(False, 0, most)
    passed = local_day(clock.now()) - local_day(down.arrived_at)
    return WayBackFacts(True, passed // timedelta(days=1), most)
