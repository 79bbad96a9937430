"""Who came to see a doctor is on the list of the department until the result goes back, which is chased. XM-5.4a."""

from datetime import timedelta

from backend.alliance.queries import pack
from backend.kernel.roles import Role
from backend.people.colleagues import MOST, Wanted, colleagues
from backend.referrals import waiting
from backend.referrals.models import Referral
from backend.referrals.models_certificate import Arrival
from backend.referrals.states import DOCTORS
from backend.store import clock
from backend.worklist.service import Owner, open_task

TO_SEE = "referral.to_see"


def after_arrival(referral: Referral, row: Arrival) -> None:
    """Put an arrival on the list of whoever sees the patient, and chase the result when it does not come in time."""
    if row.category == "outpatient":
        _for_doctors(referral, row)
    open_task(
        referral.county_id,
        waiting.RESULT,
        Owner(role=Role.DESK_CLERK, institution=referral.to_institution),
        dedupe_key=f"{waiting.RESULT}:{row.id}",  # each visit has its own result
        due_at=clock.now() + _allowed(referral),
        focus=(waiting.FOCUS, referral.id),
        resident_id=referral.resident_id,
        ladder=[
            waiting.medical_office(referral.to_institution, 24 * 60),
            waiting.treating(referral).step(24 * 60),
        ],
    )


def _for_doctors(referral: Referral, row: Arrival) -> None:
    # A stay is on its ward's list; who sees a doctor would be on nobody's. Without a department all of them look.
    department = row.department or referral.to_department
    wanted = Wanted(referral.to_institution, DOCTORS, department)
    found = colleagues(referral.county_id, wanted, "", MOST) if department else []
    owners = [Owner(practitioner_id=one.practitioner.id) for one in found]
    for owner in owners or [Owner(role=Role.SPECIALIST, institution=referral.to_institution)]:
        waiting.open_for(
            referral,
            TO_SEE,
            owner,
            clock.now() + _allowed(referral),
            key=f"{TO_SEE}:{row.id}:{owner.practitioner_id or owner.role}",
        )


def _allowed(referral: Referral) -> timedelta:
    return timedelta(days=pack(referral.county_id).referral.limits.result_back_days)
