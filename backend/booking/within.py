"""The last day of a certificate: the statements judge by it (`WITHIN_CERTIFICATE`), here the refusal gets its words."""

from datetime import date
from uuid import UUID

from backend.alliance.queries import source_lookup
from backend.booking.models import Appointment, Slot
from backend.booking.rules import WITHIN, DayFacts
from backend.booking.states import SlotPool
from backend.kernel.errors import RuleBroken
from backend.kernel.rules import require
from backend.records.models_orders import ExaminationOrder
from backend.referrals.queries import last_day
from backend.store.db import session


def too_late(county_id: str, referral_id: UUID | None, day: date) -> RuleBroken | None:
    """Return the refusal of a day after the certificate's last, or None when it lies within, or nothing is issued."""
    last = last_day(county_id, referral_id) if referral_id is not None else None
    try:
        require(WITHIN, DayFacts(day, last), source_lookup(county_id))
    except RuleBroken as broken:
        return broken
    return None


def last_day_of(row: Appointment) -> date | None:
    """Return the last day an appointment may be moved to by the certificate it rests on, or None without one."""
    referral_id = _paper_of(row)
    return last_day(row.county_id, referral_id) if referral_id is not None else None


def too_late_to_move(row: Appointment, day: date) -> RuleBroken | None:
    """Return the refusal of moving an appointment to a day after its certificate's last, or None."""
    return too_late(row.county_id, _paper_of(row), day)


def _paper_of(row: Appointment) -> UUID | None:
    """Return the referral a place rests on; of examinations only a time that is kept for referred patients does."""
    if row.order_id is None:
        return row.referral_id
    slot = session().get_one(Slot, (row.county_id, row.slot_id))
    if slot.pool != SlotPool.REFERRAL:
        return None
    return session().get_one(ExaminationOrder, (row.county_id, row.order_id)).referral_id
