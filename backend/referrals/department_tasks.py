"""Who is asked which department it is: the desk first; then the doctors of the department that it chose."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from backend.alliance.queries import pack
from backend.people.colleagues import Colleague
from backend.referrals.models import Referral, ReferralAnswer
from backend.referrals.waiting import ANSWER, DEPARTMENT, desk_role, done, medical_office, open_for
from backend.worklist.service import Owner


def for_department(referral: Referral, answer: ReferralAnswer) -> None:
    """Nobody below knew the department: the house's desk says which, by the deadline of the question as it is now."""
    minutes = pack(referral.county_id).referral.receiving.department_limit_working_minutes
    open_for(
        referral,
        DEPARTMENT,
        Owner(role=desk_role(referral.county_id, answer.institution), institution=answer.institution),
        answer.due_at,
        key=f"{DEPARTMENT}:{answer.id}",
        ladder=[medical_office(answer.institution, minutes)],
        named=False,  # a house that is asked learns the name with the consent
        detail={"answer_id": str(answer.id)},
    )


def for_doctors(
    referral: Referral, answer: ReferralAnswer, assignment: UUID, doctors: Sequence[Colleague], due: datetime
) -> None:
    """A department was chosen: its doctors have the question from now on, and whoever had it before has it no more.

    One of them is enough. Overdue it goes up once, with the first; without a doctor there the medical office has it.
    """
    for kind in (DEPARTMENT, ANSWER):
        done(referral, kind, "assigned")
    office = medical_office(answer.institution, 60)
    owners = [Owner(practitioner_id=one.practitioner.id) for one in doctors]
    for place, owner in enumerate(owners or [Owner(role=office["role"], institution=answer.institution)]):
        open_for(
            referral,
            ANSWER,
            owner,
            due,
            key=f"{ANSWER}:{answer.id}:{assignment}:{place}",
            priority="urgent",
            ladder=[office] if owners and place == 0 else [],
            named=False,
            detail={"answer_id": str(answer.id)},
        )
