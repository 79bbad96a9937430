"""The hospital's track: asked while signatures run, passed on by the clerk, answered with a way out. MS-4.2.1."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, select

from backend.alliance.queries import pack
from backend.kernel.errors import Conflict, Invalid, NotFound
from backend.kernel.roles import Actor, Role, system_actor
from backend.people.hands import already
from backend.referrals import comeback, waiting
from backend.referrals.department_open import is_open
from backend.referrals.department_tasks import for_department
from backend.referrals.events import ReferralAnswered
from backend.referrals.models import Referral, ReferralAnswer
from backend.referrals.replies import Reply, put_reply
from backend.referrals.states import ANSWERS, ASKING, QUESTIONS, AnswerAction, AnswerStatus
from backend.store import access, audit, clock, events
from backend.store.db import session

LIVE = (AnswerStatus.ASKED, AnswerStatus.PASSED_ON, AnswerStatus.ANNOUNCED, AnswerStatus.ACCEPTED)
WAITING = (*QUESTIONS, AnswerStatus.ANNOUNCED)
_ASKED_OF_HOUSE = (waiting.ANSWER, waiting.DEPARTMENT, waiting.ANNOUNCED, waiting.ASKED_AGAIN)


def ask(referral: Referral) -> ReferralAnswer:
    """Ask the hospital, unless it was asked already; an emergency is announced and waits for nobody."""
    live = live_answer(referral)
    if live is not None:
        return live
    now = clock.now()
    county = pack(referral.county_id)
    minutes = waiting.answer_minutes(county, referral.to_institution)
    row = ReferralAnswer(
        county_id=referral.county_id,
        referral_id=referral.id,
        institution=referral.to_institution,
        department=referral.to_department,
        status=AnswerStatus.ANNOUNCED if referral.emergency else AnswerStatus.ASKED,
        due_at=now
        if referral.emergency
        else waiting.office_of(referral.county_id, referral.to_institution, now).after_minutes(now, minutes).at,
    )
    session().add(row)
    session().flush()
    no_department = is_open(referral, row)
    if no_department:
        minutes = county.referral.receiving.department_limit_working_minutes
        row.due_at = waiting.office_of(referral.county_id, referral.to_institution, now).after_minutes(now, minutes).at
    if comeback.promised(referral):
        _keep_promise(referral, row)
    elif county.institutions.institution(referral.to_institution).outside:
        # Nobody there uses this system: the treating doctor phones and writes down what they said.
        waiting.for_doctor(referral, waiting.ANSWER, str(row.id), {"phone": True, "answer_id": str(row.id)})
    elif no_department:
        for_department(referral, row)
    else:
        waiting.for_answer(referral, row)
    return row


def _keep_promise(referral: Referral, row: ReferralAnswer) -> None:
    # The way back up: the hospital said yes when it sent the patient down (domain-review 2.9).
    days = pack(referral.county_id).referral.limits.way_back_days
    row.status = ANSWERS.next(AnswerStatus.ASKED, AnswerAction.ACCEPT, system_actor(referral.county_id))
    row.note, row.answered_at = f"下转时说好的：{days} 天内回来不用重新排队，先到转诊服务台", clock.now()
    session().flush()
    waiting.for_coming_back(referral, row)
    _tell_answered(referral, row)


def _tell_answered(referral: Referral, row: ReferralAnswer) -> None:
    events.publish(
        ReferralAnswered(
            county_id=referral.county_id,
            referral_id=referral.id,
            resident_id=referral.resident_id,
            institution=row.institution,
            department=row.department,
            accepted=row.status == AnswerStatus.ACCEPTED,
        )
    )


def waiting_for(actor: Actor) -> Select[ReferralAnswer]:
    """Return what waits for this house's answer; a row whose referral cannot be opened is never listed."""
    open_to_them = exists().where(
        Referral.county_id == ReferralAnswer.county_id,
        Referral.id == ReferralAnswer.referral_id,
        Referral.status.in_(ASKING),
        access.visible(Referral, actor, "referral.read"),
    )
    return access.scoped_query(ReferralAnswer, actor, "referral.answer").where(
        ReferralAnswer.status.in_(WAITING), open_to_them
    )


def overtake(actor: Actor, referral: Referral, *, ended: bool, changed: bool = False) -> None:
    """Another place is asked, the referral ended, or its words changed: the question and its answer no longer stand.

    A yes was for one diagnosis, one reason and one department: of others the hospital is asked anew, and what is
    booked there is kept until it says no.
    """
    live = live_answer(referral)
    if live is None or (covers_place(live, referral) and not ended and not changed):
        return
    before = AnswerStatus(live.status)
    live.status = ANSWERS.next(before, AnswerAction.OVERTAKE, actor)
    session().flush()
    for kind in (*_ASKED_OF_HOUSE, waiting.COMING_BACK, waiting.SAID, waiting.ADDED):
        waiting.done(referral, kind, "overtaken")


def covers_place(row: ReferralAnswer, referral: Referral) -> bool:
    """Say whether a question was about the hospital and the department that the referral names now."""
    return (row.institution, row.department) == (referral.to_institution, referral.to_department)


def lapse(referral: Referral) -> None:
    """The referral is over and asks nothing: a question that nobody answered stands no longer."""
    live = live_answer(referral)
    if live is not None and live.status in QUESTIONS:
        overtake(system_actor(referral.county_id), referral, ended=True)


def answer(
    actor: Actor, referral: Referral, reply: Reply, *, by_phone: bool = False, said_at: datetime | None = None
) -> ReferralAnswer:
    """Write down the hospital's yes or no. Raises RuleBroken: a clerk never declines, and a no shows another way."""
    row = _of_outside(referral) if by_phone else question(actor, referral, "referral.answer")
    if by_phone and not reply.contact.strip():
        raise Invalid("contact_missing", "请写上对方医院是谁答复的、电话多少。")
    if said_at is not None and said_at > clock.now():
        raise Invalid("said_later", "电话还没打到那个时候，请写什么时候问的。")
    before = AnswerStatus(row.status)
    put_reply(actor, referral, row, reply, from_outside=by_phone, who="服务台")
    row.said_at = said_at
    row.answered_by = actor.practitioner_id
    answered(actor, referral, row, before, {"by_phone": by_phone})
    return row


def answered(
    actor: Actor, referral: Referral, row: ReferralAnswer, before: AnswerStatus, detail: dict[str, Any]
) -> None:
    """Write down that a question has its answer: the trail, who waits no more, and who is told."""
    row.answered_at = clock.now()
    session().flush()
    audit.record(
        session(),
        actor,
        "referral.answer",
        "referral_answer",
        row.id,
        resident_id=referral.resident_id,
        before=before,
        after=row.status,
        detail={"reason": row.decline_reason} | detail,
    )
    for kind in _ASKED_OF_HOUSE:
        waiting.done(referral, kind, row.status)
    if row.status == AnswerStatus.DECLINED:
        waiting.for_doctor(referral, waiting.REDIRECT, str(row.id), {"reason": row.decline_reason})
    _tell_answered(referral, row)


def pass_on(actor: Actor, referral: Referral, role: Role) -> ReferralAnswer:
    """The clerk gives it to the department or the medical office, who decide. Deadline: half of the county's."""
    row = question(actor, referral, "referral.answer")
    if row.status == AnswerStatus.PASSED_ON:
        raise Conflict("already_passed_on", already(row.county_id, "referral_answer", row.id, "转出去了"))
    section = pack(actor.county_id).referral.receiving
    if role not in section.decline_roles and role is not Role.MEDICAL_OFFICE:
        raise Invalid("wrong_role", "请转给科室医生、科主任或医务科。")
    before = AnswerStatus(row.status)
    row.status = ANSWERS.next(before, AnswerAction.PASS_ON, actor)
    row.passed_to_role, row.passed_by = role, actor.practitioner_id
    row.due_at = passed_on_due(row)
    session().flush()
    waiting.for_passed_on(referral, row, role, row.due_at)
    audit.record(
        session(),
        actor,
        "referral.answer",
        "referral_answer",
        row.id,
        resident_id=referral.resident_id,
        before=before,
        after=row.status,
        detail={"to": role},
    )
    return row


def passed_on_due(row: ReferralAnswer) -> datetime:
    """Return until when whoever a question is passed on to has time: half of the county's, in the house's hours."""
    now = clock.now()
    minutes = pack(row.county_id).referral.receiving.answer_limit_working_minutes
    return waiting.office_of(row.county_id, row.institution, now).after_minutes(now, max(minutes // 2, 30)).at


def live_answer(referral: Referral) -> ReferralAnswer | None:
    """Return the question that stands now, answered with yes or not answered; None after a no."""
    return session().scalar(
        select(ReferralAnswer).where(
            ReferralAnswer.county_id == referral.county_id,
            ReferralAnswer.referral_id == referral.id,
            ReferralAnswer.status.in_(LIVE),
        )
    )


def last_answer(referral: Referral) -> ReferralAnswer | None:
    """Return the newest question, whatever came of it."""
    return session().scalar(
        select(ReferralAnswer)
        .where(ReferralAnswer.county_id == referral.county_id, ReferralAnswer.referral_id == referral.id)
        .order_by(ReferralAnswer.id.desc())
        .limit(1)
    )


def question(actor: Actor, referral: Referral, action: str) -> ReferralAnswer:
    """Return the question that waits, locked, if this actor may do the action on it. Raises Conflict when answered."""
    row = last_answer(referral)
    if row is None:
        raise NotFound("not_found", "没有找到，或者您现在不能看。请回上一页刷新。")
    return _waits(access.authorize(ReferralAnswer, row.id, actor, action, lock=True))


def _of_outside(referral: Referral) -> ReferralAnswer:
    row = last_answer(referral)
    if row is None:
        raise Conflict("not_asked", "这张转诊还没有提交，医院还没有被问。请先签字提交。")
    if not pack(referral.county_id).institutions.institution(row.institution).outside:
        raise Conflict("answers_itself", "这家医院自己在这里答复，请等他们的转诊服务台。")
    return _waits(row)


def _waits(row: ReferralAnswer) -> ReferralAnswer:
    if row.status not in WAITING:
        raise Conflict("already_answered", already(row.county_id, "referral_answer", row.id, "答复过了"))
    return row


def find(county_id: str, referral_id: UUID) -> Referral:
    """Return a referral for the hospital's track, locked; whether the actor is asked is judged on the answer."""
    row = session().scalar(
        select(Referral)
        .where(Referral.county_id == county_id, Referral.id == referral_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound("not_found", "没有找到，或者您现在不能看。请回上一页刷新。")
    return row
