"""The one thing that is happening with a referral, put together from its tracks. The words are in `now`."""

from datetime import datetime

from backend.kernel.clock import local_day
from backend.records.views import department_name, institution_name
from backend.referrals.bodies import NowBody
from backend.referrals.department_open import is_open
from backend.referrals.models import ReferralAnswer
from backend.referrals.states import AnswerStatus
from backend.referrals.tracks import Tracks
from backend.store import clock
from backend.worklist.service import open_task_of


def waited_for(
    t: Tracks,
    kind: str,
    code: str,
    title: str,
    next_: str,
    *,
    who: str | None = None,
    phone: str = "",
    yours: bool = False,
) -> NowBody:
    """Return what waits for somebody, with the hours of the task that stands for it."""
    task = open_task_of(t.referral.county_id, ("referral", t.referral.id), kind)
    return moment(
        t,
        code,
        title,
        who=who or t.doctor_name,
        where=institution_name(t.county, t.referral.from_institution) or "",
        phone=phone or doctor_phone(t),
        next_=next_,
        since=task.created_at if task else None,
        due=task.due_at if task else None,
        yours=yours,
    )


def moment(
    t: Tracks,
    code: str,
    title: str,
    *,
    detail: str = "",
    who: str = "",
    where: str = "",
    phone: str = "",
    urgent_phone: str = "",
    next_: str = "",
    since: datetime | None = None,
    due: datetime | None = None,
    yours: bool = False,
) -> NowBody:
    """Return what is happening now; whatever is not said is empty."""
    at = clock.now()
    return NowBody(
        code=code,
        title=title,
        detail=detail,
        who=who,
        where=where,
        phone=phone,
        urgent_phone=urgent_phone,
        since=since,
        due_at=due,
        overdue=due is not None and due < at,
        calendar_known=due is None or t.county.holidays.known(local_day(due)),
        next=next_,
        yours=yours,
    )


def answering(t: Tracks, row: ReferralAnswer, desk: str) -> str:
    """Return what the house that is asked does just now; which department comes before whether."""
    if is_open(t.referral, row):
        return "没写去哪个科，医务科在定" if row.status == AnswerStatus.PASSED_ON else f"没写去哪个科，{desk}在分"
    if row.status != AnswerStatus.PASSED_ON:
        return f"{desk}在看"
    chosen = department_name(t.county, row.department) if t.departments else None
    return f"分到了{chosen}，科室正在定" if chosen else "科室正在定"


def doctor_phone(t: Tracks) -> str:
    """Return the treating doctor's telephone."""
    return t.doctor.phone if t.doctor else ""


def duty_phone(t: Tracks, institution: str) -> str:
    """Return the telephone of a house that is answered also at night."""
    entry = t.county.institutions.institution(institution)
    phones = (entry.desk.phones if entry.desk else ()) or entry.phones
    return phones[-1] if phones else ""


def phone_of(t: Tracks, institution: str) -> str:
    """Return the telephone of a house, its referral desk's where there is one."""
    entry = t.county.institutions.institution(institution)
    phones = entry.desk.phones if entry.desk else entry.phones
    return phones[0] if phones else ""
