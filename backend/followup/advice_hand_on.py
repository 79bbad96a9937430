"""An advice whose named doctor is away goes on with another doctor of the house: its office hands it on. MS-4.2.3c."""

from uuid import UUID

from sqlalchemy import update

from backend.alliance.queries import pack
from backend.followup.advice import FOCUS, ask_below, moved, office_below
from backend.followup.advice_rules import check_hand_on
from backend.followup.models import FollowUpPlan
from backend.followup.models_advice import PlanAdvice
from backend.followup.states import ADVICES, PlanAdviceAction, PlanAdviceStatus
from backend.kernel.errors import Conflict, Invalid
from backend.kernel.roles import Actor, Role
from backend.people.colleagues import MOST, Colleague, Wanted, colleague, colleagues
from backend.records.service import end_grants, grant
from backend.store import access, audit, clock
from backend.store.db import session
from backend.worklist.service import close_tasks


def who_may_answer(row: PlanAdvice) -> list[Colleague]:
    """Return the family doctors of the house who work there today, without who is asked now."""
    found = colleagues(row.county_id, _wanted(row), "", MOST)
    return [one for one in found if one.practitioner.id != row.asked_id]


def reasons(county_id: str) -> dict[str, str]:
    """Return why a doctor of a house may be stood in for, in the county's words: as for a referral."""
    return {one.code: one.text for one in pack(county_id).referral.reassign.reasons}


def hand_on(actor: Actor, advice_id: UUID, to: UUID, reason: str) -> PlanAdvice:
    """Let another doctor of the house answer, with the county's time anew, and with sight until it is answered.

    Raises Invalid for a reason or a doctor that is not on the list, Conflict when it was answered or handed on before.
    """
    row = access.authorize(PlanAdvice, advice_id, actor, "plan_advice.hand_on", lock=True)
    found = colleague(row.county_id, _wanted(row), to)
    wrong = check_hand_on(reason, reasons(row.county_id), known=found is not None, same=to == row.asked_id)
    if wrong:
        raise Invalid("hand_on_wrong", wrong[0].text, violations=wrong)
    before, asked = PlanAdviceStatus(row.status), row.asked_id
    ADVICES.next(before, PlanAdviceAction.HAND_ON, actor)
    minutes = pack(row.county_id).followup.upper_doctor.answer_working_minutes
    plan = session().get_one(FollowUpPlan, (row.county_id, row.plan_id))
    done = session().scalar(
        update(PlanAdvice)
        .where(
            PlanAdvice.county_id == row.county_id,
            PlanAdvice.id == row.id,
            PlanAdvice.status == before,
            PlanAdvice.asked_id == asked,
        )
        .values(
            asked_id=to,
            due_at=office_below(plan).after_minutes(clock.now(), minutes).at,
            chased_at=None,
            version=PlanAdvice.version + 1,
        )
        .returning(PlanAdvice.id)
    )
    if done is None:
        raise Conflict("advice_moved", "同事刚才已经办了，请刷新后再看。")
    session().refresh(row)
    audit.record(
        session(),
        actor,
        "plan_advice.hand_on",
        FOCUS,
        row.id,
        resident_id=row.resident_id,
        before=before,
        after=row.status,
        detail={"from": str(asked), "to": str(to), "reason": reason},
    )
    end_grants(row.county_id, FOCUS, row.id)
    grant(row.county_id, row.resident_id, FOCUS, row.id, [f"practitioner:{to}"])
    close_tasks(row.county_id, (FOCUS, row.id), "handed_on")
    ask_below(plan, row, to, key=f"{FOCUS}:{row.id}:{row.version}")
    moved(row)
    return row


def _wanted(row: PlanAdvice) -> Wanted:
    return Wanted(row.institution, (Role.FAMILY_DOCTOR,))
