"""Telling about beds: patient and referring doctor how it stands, and the desk who is next for one that was freed."""

from backend.booking import bed_course, queries_beds
from backend.booking.events import BedAnswered, BedFreed
from backend.booking.states import BedStatus
from backend.notices.service import plan_notice
from backend.records.bed_names import bed_name
from backend.records.events import PatientDischarged
from backend.records.models import Stay
from backend.referrals import waiting
from backend.referrals.models import Referral
from backend.store.db import session
from backend.web import live
from backend.wechat.templates import NoticeKind

TOLD = (BedStatus.HELD, BedStatus.WAITING, BedStatus.DECLINED, BedStatus.ASKED)
"""Asked, where it was kept and lost; who decides inside the house is nobody's news."""


def on_answered(event: BedAnswered) -> None:
    """Tell patient and doctor; whom WeChat does not reach is told by the doctor."""
    row = queries_beds.bed_request(event.county_id, event.bed_id)
    if row.status not in TOLD:
        return
    referral = session().get_one(Referral, (event.county_id, event.referral_id))
    # An emergency goes at once: it is told where to lie when it is there.
    if not referral.emergency:
        waiting.tell_resident(referral, f"bed:{row.id}:{row.version}")
    live.hint(row.county_id, f"institution:{referral.from_institution}", "bed", row.id)
    plan_notice(
        row.county_id,
        NoticeKind.REFERRAL_MOVED,
        dedupe_key=f"referral:{referral.id}:doctor:bed:{row.id}:{row.version}",
        focus=(waiting.FOCUS, referral.id),
        practitioner_id=referral.practitioner_id,
        page=f"features/referrals/pages/status?id={referral.id}",
        fallback=waiting.treating(referral).step(240),
    )


def on_freed(event: BedFreed) -> None:
    """Propose a bed that was given back to the first in order."""
    bed_course.propose(event.county_id, event.institution, event.department, event.bed)


def on_discharged(event: PatientDischarged) -> None:
    """Propose the bed of whoever has left to the first in order."""
    stay = session().get_one(Stay, (event.county_id, event.stay_id))
    bed = bed_name(stay.bed)
    if bed is not None:
        bed_course.propose(event.county_id, stay.institution, stay.department, bed)
