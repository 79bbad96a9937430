"""What became of the places kept for referred patients: kept, taken, given back, and how many are experts'. XM-5.4b."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select

from backend.booking.models import ScheduleSession, Slot
from backend.booking.states import SlotPool
from backend.store.db import session


def quota_of(county_id: str, institution: str, first: date, last: date) -> Sequence[Any]:
    """Return by department, over the sessions of some days: places, kept ones, experts' kept ones, taken, given back.

    `kept` counts what was promised, also where it has been given back since.
    """
    referral = Slot.pool == SlotPool.REFERRAL
    kept = Slot.capacity + Slot.given_back
    return (
        session()
        .execute(
            select(
                ScheduleSession.department,
                func.sum(Slot.capacity).label("places"),
                func.coalesce(func.sum(kept).filter(referral), 0).label("kept"),
                func.coalesce(func.sum(kept).filter(referral, ScheduleSession.expert), 0).label("expert_kept"),
                func.coalesce(func.sum(Slot.taken).filter(referral), 0).label("taken"),
                func.coalesce(func.sum(Slot.given_back).filter(referral), 0).label("given_back"),
                func.sum(Slot.over).label("added"),
            )
            .join(Slot, (Slot.county_id == ScheduleSession.county_id) & (Slot.session_id == ScheduleSession.id))
            .where(
                ScheduleSession.county_id == county_id,
                ScheduleSession.institution == institution,
                ScheduleSession.kind != "examination",
                ScheduleSession.day.between(first, last),
                ScheduleSession.stopped_at.is_(None),
            )
            .group_by(ScheduleSession.department)
            .order_by(ScheduleSession.department)
        )
        .all()
    )
