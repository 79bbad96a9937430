"""What a case says about its department: until when the desk is to choose one, or who chose which."""

from dataclasses import dataclass
from datetime import datetime

from backend.desk.words import near
from backend.kernel.clock import local_day
from backend.kernel.roles import Role
from backend.referrals.department_open import is_open
from backend.referrals.tracks import Tracks
from backend.referrals.views import find_doctor
from backend.store import clock


@dataclass(frozen=True, slots=True)
class Chosen:
    """The department that this house gave it to: by whom, when, and whether somebody there is asked."""

    by: str
    at: datetime
    again: bool
    asked: bool


def open_until(t: Tracks) -> str:
    """Return until when the desk is to choose a department ("今天 11:00 前"), or nothing where one is named."""
    if t.answer is None or not is_open(t.referral, t.answer):
        return ""
    now, due = clock.now(), t.answer.due_at
    return f"{near(due, local_day(now))} {'前' if due > now else '就到时限了，快分'}"


def chosen(t: Tracks) -> Chosen | None:
    """Return who gave it to the department where it is now, or None where the doctor below had named it."""
    if t.answer is None or not t.departments:
        return None
    last = t.departments[-1]
    if (last.institution, last.to_department) != (t.answer.institution, t.answer.department):
        return None
    who = find_doctor(last.county_id, last.practitioner_id)
    return Chosen(
        by=who.name if who else "",
        at=last.created_at,
        again=last.from_department is not None,
        asked=t.answer.passed_to_role != Role.MEDICAL_OFFICE,
    )
