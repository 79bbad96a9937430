"""Who is asked about an answer by telephone: its doctor looks, the treating doctor hears, the desk sorts it out."""

from backend.alliance.queries import pack
from backend.referrals.models import Referral, ReferralAnswer
from backend.referrals.waiting import (
    ASKED_AGAIN,
    DISOWNED,
    SAID,
    for_desk,
    medical_office,
    office_of,
    open_for,
    treating,
)
from backend.store import clock
from backend.worklist.service import Owner


def for_said(referral: Referral, answer: ReferralAnswer) -> None:
    """Something was written down in a doctor's name: they look within the county's time, on their list.

    A no that nobody looked at goes to the medical office: whoever wrote it down may have been wrong.
    """
    assert answer.answered_by is not None
    minutes = pack(referral.county_id).referral.receiving.phone_check_working_minutes
    now, no = clock.now(), answer.status == "declined"
    open_for(
        referral,
        SAID,
        Owner(practitioner_id=answer.answered_by),
        office_of(referral.county_id, answer.institution, now).after_minutes(now, minutes).at,
        key=f"{SAID}:{answer.id}",
        priority="urgent" if no else "routine",
        ladder=[medical_office(answer.institution, minutes)] if no else [],
        named=False,  # the name comes with the consent, on the page
        detail={"answer_id": str(answer.id)},
    )


def for_asked_again(referral: Referral, answer: ReferralAnswer) -> None:
    """The treating doctor told the patient of an answer that was none; off their list once the house answers anew."""
    open_for(
        referral,
        ASKED_AGAIN,
        treating(referral),
        answer.due_at,
        key=f"{ASKED_AGAIN}:{answer.id}",
        priority="urgent",
        detail={"answer_id": str(answer.id)},
    )


def for_disowned(referral: Referral, answer: ReferralAnswer) -> None:
    """A doctor says it was not so when others have gone on with it: the desk phones and sorts it out."""
    for_desk(referral, answer, DISOWNED)
