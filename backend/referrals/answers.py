"""The hospital's track: asked while signatures run, passed on by the clerk, answered with a way out. MS-4.2.1."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import Select, exists, select

from backend.alliance.queries import pack
from backend.kernel.errors import Conflict, Invalid, NotFound
from backend.kernel.roles import Actor, Role, system_actor
from backend.kernel.rules import require
from backend.people.hands import already
from backend.referrals import comeback, waiting
from backend.referrals.events import ReferralAnswered
from backend.referrals.models import Referral, ReferralAnswer
from backend.referrals.states import ANSWERS, ASKING, AnswerAction, AnswerStatus
from backend.referrals.track_rules import DECLINE_RULES, DeclineFacts
from backend.store import access, audit, clock, events
from backend.store.db import session

LIVE = (AnswerStatus.ASKED, AnswerStatus.PASSED_ON, AnswerStatus.ANNOUNCED, AnswerStatus.ACCEPTED)
QUESTIONS = (AnswerStatus.ASKED, AnswerStatus.PASSED_ON)
WAITING = (*QUESTIONS, AnswerStatus.ANNOUNCED)


@dataclass(frozen=True, slots=True)
class Reply:
    """A yes with where and whom to ask, or a no with a reason and another way."""

    accept: bool
    department: str | None = None
    contact: str = ""
    note: str = ""
    day: date | None = None
    reason: str | None = None
    alternative_institution: str | None = None
    alternative_department: str | None = None
    free_on: date | None = None


def ask(referral: Referral) -> ReferralAnswer:
    """Ask the hospital, unless it was asked already; an emergency is announced and waits for nobody."""
    live = live_answer(referral)
    if live is not None:
        return live
    now = clock.now()
    county = pack(referral.county_id)
    minutes = county.referral.receiving.answer_limit_working_minutes
    if county.institutions.institution(referral.to_institution).level == "township":
        minutes = county.referral.limits.township_answer_working_minutes
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
    if comeback.promised(referral):
        _keep_promise(referral, row)
    elif county.institutions.institution(referral.to_institution).outside:
        # Nobody there uses this system: the treating doctor phones and writes down what they said.
        waiting.for_doctor(referral, waiting.ANSWER, str(row.id), {"phone": True, "answer_id": str(row.id)})
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
    for kind in (waiting.ANSWER, waiting.ANNOUNCED, waiting.COMING_BACK):
        waiting.done(referral, kind, "overtaken")


def covers_place(row: ReferralAnswer, referral: Referral) -> bool:
    """Say whether a question was about the hospital and the department that the referral names now."""
    return (row.institution, row.department) == (referral.to_institution, referral.to_department)


def lapse(referral: Referral) -> None:
    """The referral is over and asks nothing: a question that nobody answered stands no longer."""
    live = live_answer(referral)
    if live is not None and live.status in QUESTIONS:
        overtake(system_actor(referral.county_id), referral, ended=True)


def answer(actor: Actor, referral: Referral, reply: Reply, *, by_phone: bool = False) -> ReferralAnswer:
    """Write down the hospital's yes or no. Raises RuleBroken: a clerk never declines, and a no shows another way."""
    row = _mine(actor, referral, by_phone=by_phone)
    if by_phone and not reply.contact.strip():
        raise Invalid("contact_missing", "请写上对方医院是谁答复的、电话多少。")
    before = AnswerStatus(row.status)
    if reply.accept:
        _accept(actor, referral, row, reply)
    else:
        _decline(actor, referral, row, reply, by_phone=by_phone)
    row.contact, row.note = reply.contact, reply.note
    row.answered_by, row.answered_at = actor.practitioner_id, clock.now()
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
        detail={"reason": row.decline_reason, "by_phone": by_phone},
    )
    for kind in (waiting.ANSWER, waiting.ANNOUNCED):
        waiting.done(referral, kind, row.status)
    if not reply.accept:
        waiting.for_doctor(referral, waiting.REDIRECT, str(row.id), {"reason": row.decline_reason})
    _tell_answered(referral, row)
    return row


def pass_on(actor: Actor, referral: Referral, role: Role) -> ReferralAnswer:
    """The clerk gives it to the department or the medical office, who decide. Deadline: half of the county's."""
    row = _mine(actor, referral, by_phone=False)
    if row.status == AnswerStatus.PASSED_ON:
        raise Conflict("already_passed_on", already(row.county_id, "referral_answer", row.id, "转出去了"))
    section = pack(actor.county_id).referral.receiving
    if role not in section.decline_roles and role is not Role.MEDICAL_OFFICE:
        raise Invalid("wrong_role", "请转给科室医生、科主任或医务科。")
    before = AnswerStatus(row.status)
    row.status = ANSWERS.next(before, AnswerAction.PASS_ON, actor)
    row.passed_to_role, row.passed_by = role, actor.practitioner_id
    now = clock.now()
    hours = waiting.office_of(actor.county_id, row.institution, now)
    row.due_at = hours.after_minutes(now, max(section.answer_limit_working_minutes // 2, 30)).at
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


def _mine(actor: Actor, referral: Referral, *, by_phone: bool) -> ReferralAnswer:
    row = last_answer(referral)
    if row is None and by_phone:
        raise Conflict("not_asked", "这张转诊还没有提交，医院还没有被问。请先签字提交。")
    if row is None:
        raise NotFound("not_found", "没有找到，或者您现在不能看。请回上一页刷新。")
    if not by_phone:
        row = access.authorize(ReferralAnswer, row.id, actor, "referral.answer", lock=True)
    elif not pack(referral.county_id).institutions.institution(row.institution).outside:
        raise Conflict("answers_itself", "这家医院自己在这里答复，请等他们的转诊服务台。")
    if row.status not in WAITING:
        raise Conflict("already_answered", already(row.county_id, "referral_answer", row.id, "答复过了"))
    return row


def _accept(actor: Actor, referral: Referral, row: ReferralAnswer, reply: Reply) -> None:
    county = pack(row.county_id)
    if reply.department is not None:
        if reply.department not in county.institutions.institution(row.institution).departments:
            raise Invalid("no_department", "没有这个科，请从列表里选。")
        # Another department or day inside the hospital is the hospital's own business: signatures stand.
        row.department = referral.to_department = reply.department
    if reply.day is not None:
        referral.wanted_on = reply.day
    row.status = ANSWERS.next(AnswerStatus(row.status), AnswerAction.ACCEPT, actor)


def _decline(actor: Actor, referral: Referral, row: ReferralAnswer, reply: Reply, *, by_phone: bool) -> None:
    county = pack(row.county_id)
    down = referral.direction == "down"
    section = county.referral.handover if down else county.referral.receiving
    if down and not any((reply.alternative_institution, reply.alternative_department, reply.free_on)):
        # On the way down there is always another way: the patient stays where they are.
        reply = replace(reply, alternative_institution=referral.from_institution)
    reason = next((one for one in section.decline_reasons if one.code == reply.reason), None)
    facts = DeclineFacts(
        # On the phone the hospital itself spoke; the doctor only writes it down.
        may_decline=by_phone or actor.has(*section.decline_roles),
        deciders="接诊的医生或院领导" if down else "科室医生、科主任或医务科",
        reason_known=reason is not None,
        reasons=tuple(one.text for one in section.decline_reasons),
        needs_date=reason is not None and reason.needs_date,
        needs_department=reason is not None and reason.needs_department,
        date=reply.free_on is not None,
        department=reply.alternative_department is not None,
        another_way=any((reply.alternative_institution, reply.alternative_department, reply.free_on)),
    )
    require(DECLINE_RULES, facts, county.source)
    _known(row, reply)
    row.decline_reason = reply.reason
    row.alternative_institution, row.alternative_department = (
        reply.alternative_institution,
        reply.alternative_department,
    )
    row.free_on = reply.free_on
    row.status = ANSWERS.next(AnswerStatus(row.status), AnswerAction.DECLINE, actor)


def _known(row: ReferralAnswer, reply: Reply) -> None:
    section = pack(row.county_id).institutions
    target = reply.alternative_institution or row.institution
    try:
        entry = section.institution(target)
    except KeyError as error:
        raise Invalid("no_institution", "本县的名单里没有这家医院，请从列表里选。") from error
    if reply.alternative_department is not None and reply.alternative_department not in entry.departments:
        raise Invalid("no_department", f"{entry.name}没有这个科，请从列表里选。")


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
