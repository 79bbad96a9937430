"""The receiving desk says which department it goes to, where the doctor below had left it open. MS-4.2.1, XM-5.4b.

This is passing on: neither a yes nor a no, and nothing that was signed or agreed to speaks of a department
(`content`, docs/decisions/0013). One statement decides between two clerks; the other is told who was first.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, text

from backend.alliance.queries import pack
from backend.kernel.errors import Conflict, Forbidden
from backend.kernel.ids import new_id
from backend.kernel.roles import Actor, Role
from backend.kernel.rules import require
from backend.people.colleagues import MOST, Colleague, Wanted, colleagues
from backend.people.hands import already
from backend.records.views import department_name
from backend.referrals import answers, rescheduling
from backend.referrals.department_open import departments_of, is_open
from backend.referrals.department_rules import ASSIGN_RULES, AssignFacts
from backend.referrals.department_tasks import for_doctors
from backend.referrals.models import Referral, ReferralAnswer
from backend.referrals.models_department import DepartmentAssignment
from backend.referrals.states import ANSWERS, ASKING, QUESTIONS, AnswerAction, AnswerStatus
from backend.store import audit
from backend.store.db import session

ASKED_AT_ONCE = 12
"""So many doctors of a department are asked; the others see it in the list of the house."""
ASSIGNERS = (Role.DESK_CLERK, Role.MEDICAL_OFFICE)

_ASSIGN = text(
    """
    WITH given AS (
        UPDATE referral_answer a
        SET department = :department, status = :after, passed_to_role = :role, passed_by = :by, due_at = :due
        FROM referral r
        WHERE a.county_id = :county AND a.id = :answer AND a.status = :before
          AND a.department IS NOT DISTINCT FROM CAST(:seen AS text) AND a.department IS DISTINCT FROM :department
          AND r.county_id = a.county_id AND r.id = a.referral_id AND r.to_institution = a.institution
          AND r.status = ANY(:asking)
          AND (a.department IS NULL
               OR EXISTS (SELECT 1 FROM department_assignment d
                          WHERE d.county_id = a.county_id AND d.referral_id = a.referral_id
                            AND d.institution = a.institution AND d.to_department = a.department))
        RETURNING a.county_id, a.id, a.referral_id, a.institution
    ), moved AS (
        UPDATE referral r SET to_department = :department, version = r.version + 1
        FROM given g WHERE r.county_id = g.county_id AND r.id = g.referral_id
        RETURNING r.county_id, r.id, r.resident_id
    )
    INSERT INTO department_assignment (county_id, id, referral_id, answer_id, resident_id, institution,
        from_department, to_department, practitioner_id)
    SELECT g.county_id, :id, g.referral_id, g.id, m.resident_id, g.institution, CAST(:seen AS text), :department, :by
    FROM given g JOIN moved m ON m.county_id = g.county_id AND m.id = g.referral_id
    RETURNING id
    """
)


def assign(actor: Actor, referral_id: UUID, department: str, instead_of: str | None = None) -> ReferralAnswer:
    """Give a question to a department of the house; its doctors have it from now on.

    `instead_of` is the department that stood on the screen. Raises RuleBroken for a department that is none of the
    house or was named below; Conflict when a colleague was quicker or the answer is there.
    """
    referral = answers.find(actor.county_id, referral_id)
    row = answers.question(actor, referral, "referral.assign_department")
    if actor.practitioner_id is None:
        raise Forbidden("role_may_not", "您现在的身份不能分科。")
    if row.status not in QUESTIONS:
        raise Conflict("not_asked", "急诊不用分科，病人直接到急诊。")
    county, before, seen = pack(row.county_id), AnswerStatus(row.status), instead_of or None
    if row.department != seen:
        raise _someone_did(row)
    facts = AssignFacts(
        ours=is_ours(referral, row, history(referral)),
        department=department_name(county, row.department) or "",
        known=department in {one.code for one in departments_of(county, row.institution)},
        same=department == row.department,
    )
    require(ASSIGN_RULES, facts, county.source)
    doctors = _doctors_of(row, department)
    after, due = ANSWERS.next(before, AnswerAction.ASSIGN, actor), answers.passed_on_due(row)
    stood = referral.wanted_on, referral.to_department
    session().flush()
    made = session().scalar(
        _ASSIGN,
        {
            "id": new_id(),
            "county": row.county_id,
            "answer": row.id,
            "department": department,
            "seen": seen,
            "before": before,
            "after": after,
            "role": doctors[0].roles[0] if doctors else Role.MEDICAL_OFFICE,
            "by": actor.practitioner_id,
            "due": due,
            "asking": list(ASKING),
        },
    )
    session().refresh(row)
    if made is None:
        raise _someone_did(row)
    session().refresh(referral)
    audit.record(
        session(),
        actor,
        "referral.assign_department",
        "referral_answer",
        row.id,
        resident_id=referral.resident_id,
        before=before,
        after=after,
        detail={"from": seen, "to": department, "doctors": len(doctors)},
    )
    for_doctors(referral, row, made, doctors, due)
    rescheduling.tell_moved(referral, stood)
    return row


def may_assign(actor: Actor, referral: Referral, row: ReferralAnswer, chosen: Sequence[DepartmentAssignment]) -> bool:
    """Say whether this actor may say now which department it goes to."""
    here = actor.practitioner_id is not None and actor.institution == row.institution and actor.has(*ASSIGNERS)
    return here and row.status in QUESTIONS and is_ours(referral, row, chosen)


def is_ours(referral: Referral, row: ReferralAnswer, chosen: Sequence[DepartmentAssignment]) -> bool:
    """Say whether the department is the house's to choose: left open below, or chosen here before."""
    return is_open(referral, row) or any(
        (one.institution, one.to_department) == (row.institution, row.department) for one in chosen
    )


def history(referral: Referral) -> list[DepartmentAssignment]:
    """Return every choice of a department by a house that was asked, the first one first."""
    rows = session().scalars(
        select(DepartmentAssignment)
        .where(
            DepartmentAssignment.county_id == referral.county_id,
            DepartmentAssignment.referral_id == referral.id,
        )
        .order_by(DepartmentAssignment.id)
    )
    return list(rows)


def _doctors_of(row: ReferralAnswer, department: str) -> Sequence[Colleague]:
    """Return who answers for a department today, its head first; a clerk is none of them."""
    section = pack(row.county_id).referral.receiving
    roles = tuple(role for role in section.decline_roles if role is not Role.MEDICAL_OFFICE)
    found = colleagues(row.county_id, Wanted(row.institution, roles, department), "", MOST)
    return sorted(found, key=lambda one: Role.DEPARTMENT_HEAD not in one.roles)[:ASKED_AT_ONCE]


def _someone_did(row: ReferralAnswer) -> Conflict:
    name = department_name(pack(row.county_id), row.department)
    if row.status not in QUESTIONS:
        return Conflict("already_answered", already(row.county_id, "referral_answer", row.id, "答复过了"))
    did = f"分到{name}了" if name else "动过这张单"
    return Conflict("already_assigned", already(row.county_id, "referral_answer", row.id, did))
