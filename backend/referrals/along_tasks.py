"""More was put along after the hospital had answered: whoever holds the answer is told once, until they have looked."""

from backend.kernel.roles import Actor
from backend.notices.service import plan_notice
from backend.people.colleagues import Wanted, colleague
from backend.referrals import answers, waiting
from backend.referrals.models import Referral, ReferralAnswer
from backend.referrals.outside_reports import is_outside
from backend.referrals.sight import may_name
from backend.referrals.states import DECIDERS, AnswerStatus
from backend.referrals.tracks import tracks_of
from backend.store import access, clock
from backend.store.db import session
from backend.web import live
from backend.wechat.templates import NoticeKind
from backend.worklist.models import Task
from backend.worklist.service import Owner, complete_task, open_task_of
from backend.worklist.states import TaskStatus

_HOLDS = (AnswerStatus.ACCEPTED, AnswerStatus.ANNOUNCED)
_HOUR = 60


def after_adding(referral: Referral) -> None:
    """Tell whoever holds the answer that more has come; several things they have not looked at are one line.

    The referral is locked: two that are put in at once find the same line. Nobody is named, the page does that for
    whoever may see it.
    """
    answer = answers.live_answer(referral)
    if answer is None or answer.status not in _HOLDS or is_outside(referral):
        return  # who has not answered reads it with the question, and a hospital outside has no page here
    if open_task_of(referral.county_id, (waiting.FOCUS, referral.id), waiting.ADDED) is not None:
        return
    _tell(referral, answer)


def looked(actor: Actor, referral: Referral) -> None:
    """Close the line of whoever looks at what went along; before consent they see nothing, so it stays."""
    if actor.roles.isdisjoint(access.catalogue.get("task.complete").grants):
        return  # the patient's own side reads what goes along too, and has no list
    mine = (
        access.scoped_query(Task, actor, "task.complete")
        .where(
            Task.kind == waiting.ADDED,
            Task.focus_kind == waiting.FOCUS,
            Task.focus_id == referral.id,
            Task.status == TaskStatus.OPEN,
        )
        .order_by(Task.id)
    )
    found = session().scalars(mine).all()
    if found and may_name(tracks_of(referral), actor):
        for task in found:
            complete_task(actor, task.id, "seen")
        live.hint(referral.county_id, f"institution:{referral.to_institution}", "referral", referral.id)


def _tell(referral: Referral, answer: ReferralAnswer) -> None:
    now = clock.now()
    desk = Owner(role=waiting.desk_role(referral.county_id, answer.institution), institution=answer.institution)
    # A doctor who answered is told by name; what a clerk answered is whoever's sits at the desk now.
    wanted = Wanted(answer.institution, DECIDERS)
    held = answer.answered_by and colleague(referral.county_id, wanted, answer.answered_by)
    owner = Owner(practitioner_id=answer.answered_by) if held else desk
    task = waiting.open_for(
        referral,
        waiting.ADDED,
        owner,
        waiting.office_of(referral.county_id, answer.institution, now).after_minutes(now, 2 * _HOUR).at,
        key=f"{waiting.ADDED}:{answer.id}:{now.isoformat()}",
        priority="urgent" if referral.emergency else "routine",
        ladder=[desk.step(2 * _HOUR)] if held else [],
        named=False,
        detail={"answer_id": str(answer.id)},
    )
    if held and task is not None:
        plan_notice(
            referral.county_id,
            NoticeKind.TASK_WAITING,
            dedupe_key=f"{waiting.ADDED}:{task}",
            focus=(waiting.FOCUS, referral.id),
            practitioner_id=answer.answered_by,
            page=f"features/referrals/pages/status?id={referral.id}",
            fallback=desk.step(2 * _HOUR),
        )
