"""An answer by telephone: a clerk writes down what a named doctor said, and the doctor may say that it was not so.

The yes or no is the doctor's, and is judged by the doctor's rights: a clerk passes on and never declines. MS-4.2.1,
XM-5.4b, MS-4.1a; `docs/decisions/0018`.
"""

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, select, update
from sqlalchemy.orm import aliased

from backend.alliance.queries import pack
from backend.kernel.errors import Conflict, NotFound
from backend.kernel.roles import Actor, Role
from backend.kernel.rules import require
from backend.people.colleagues import Colleague, Wanted, colleague, colleagues
from backend.people.queries import actor_of
from backend.records.views import department_name
from backend.referrals import answers, arrivals, replies, spoken_tasks, waiting
from backend.referrals.events import ReferralAskedAgain
from backend.referrals.models import Referral, ReferralAnswer
from backend.referrals.models_certificate import ReferralCertificate
from backend.referrals.moving import touch
from backend.referrals.replies import Reply
from backend.referrals.states import ANSWERS, DECIDERS, AnswerAction, AnswerStatus, ReferralStatus
from backend.referrals.track_rules import SPEAKER_RULES, SpeakerFacts
from backend.store import access, audit, clock, events
from backend.store.db import session
from backend.worklist.queries import ROLE_NAMES

MOST = 12
"""So many names fit on a form; whoever is not among them is asked for by more letters."""
STANDING = (AnswerStatus.ACCEPTED, AnswerStatus.DECLINED)
UNDER_WAY = (ReferralStatus.SUBMITTED, ReferralStatus.RETURNED)


@dataclass(frozen=True, slots=True)
class Disowned:
    """What came of a doctor's word: asked again, or on the desk's list because others went on with it already."""

    answer: ReferralAnswer
    asked_again: bool


def who_may_have_said(
    actor: Actor, referral: Referral, department: str | None, asked: str, *, yes: bool
) -> list[Colleague]:
    """Return whom a clerk may name for a yes or a no: of the asked department, or the house's medical office."""
    row = answers.question(actor, referral, "referral.write_down")
    wanted = _wanted(row, department or row.department)
    if not yes:
        wanted = replace(wanted, roles=replies.section_of(referral).decline_roles)
    return colleagues(row.county_id, wanted, asked, MOST)


def write_down(actor: Actor, referral_id: UUID, reply: Reply, said_by: UUID) -> ReferralAnswer:
    """Write down the yes or no that a named doctor of the asked department gave by telephone.

    Raises RuleBroken: for whoever is not of that department today, for the clerk's own name, and for a no by somebody
    who could not have said it here either.
    """
    referral = answers.find(actor.county_id, referral_id)
    row = answers.question(actor, referral, "referral.write_down")
    department = reply.department if reply.accept and reply.department else row.department
    found = colleague(row.county_id, _wanted(row, department), said_by)
    place = department_name(pack(row.county_id), department) or "接诊科室"
    facts = SpeakerFacts(
        known=found is not None, own=said_by == actor.practitioner_id, who=f"{place}的医生、科主任或医务科的人"
    )
    require(SPEAKER_RULES, facts, pack(row.county_id).source)
    assert found is not None
    speaker = actor_of(session(), found.account)
    before = AnswerStatus(row.status)
    replies.put_reply(
        speaker,
        referral,
        row,
        replace(reply, contact=found.practitioner.name),
        from_outside=False,
        who=f"{ROLE_NAMES[found.roles[0]]}{found.practitioner.name}",
    )
    row.answered_by, row.written_by = found.practitioner.id, actor.practitioner_id
    said = {"said_by": str(found.practitioner.id), "written_by": str(actor.practitioner_id)}
    answers.answered(actor, referral, row, before, said)
    spoken_tasks.for_said(referral, row)
    touch(referral)
    arrivals.issue_when_ready(referral)
    return row


def find(actor: Actor, answer_id: UUID) -> ReferralAnswer:
    """Return what was written down, for its doctor or the house's medical office. Raises NotFound for other answers."""
    row = access.authorize(ReferralAnswer, answer_id, actor, "referral.said")
    if row.written_by is None:
        raise NotFound("not_found", "没有找到，或者您现在不能看。请回上一页刷新。")
    return row


def disown(actor: Actor, answer_id: UUID) -> Disowned:
    """Say: that is not what I said. Before the certificate the answer is void and the house is asked again.

    Later, or when the patient came, went elsewhere or gave up, others have gone on with it: the desk gets a task and
    nothing is undone behind anybody's back. Raises Conflict the second time, and when the words were changed since.
    """
    answer = access.authorize(ReferralAnswer, answer_id, actor, "referral.disown")
    referral = answers.find(actor.county_id, answer.referral_id)
    session().refresh(answer)
    before = AnswerStatus(answer.status)
    if before == AnswerStatus.OVERTAKEN:
        raise Conflict("answer_overtaken", "转诊的内容后来改了，这条答复已经不算数，不用再说。")
    asked_again = before in STANDING and _void(actor, answer, before)
    if not asked_again and not _mark(answer):
        raise Conflict("disowned_before", "您已经说过不是您说的，服务台知道了，不用再说一遍。")
    session().refresh(answer)
    audit.record(
        session(),
        actor,
        "referral.disown",
        "referral_answer",
        answer.id,
        resident_id=referral.resident_id,
        before=before,
        after=answer.status,
        detail={"written_by": str(answer.written_by), "asked_again": asked_again},
    )
    waiting.done(referral, waiting.SAID, "disowned")
    if asked_again:
        _ask_again(referral, answer)
    else:
        spoken_tasks.for_disowned(referral, answer)
    return Disowned(answer, asked_again)


def may_undo(answer: ReferralAnswer) -> bool:
    """Say whether the doctor's word alone would still void this answer."""
    return bool(session().scalar(select(exists().where(*_undone(answer)))))


def _void(actor: Actor, answer: ReferralAnswer, before: AnswerStatus) -> bool:
    # One statement decides: two taps, a certificate or another question in between leave it without a row.
    after = ANSWERS.next(before, AnswerAction.DISOWN, actor)
    done = session().scalar(
        update(ReferralAnswer)
        .where(*_undone(answer), ReferralAnswer.status == before)
        .values(status=after, disowned_at=clock.now())
        .returning(ReferralAnswer.id)
        .execution_options(synchronize_session=False)
    )
    return done is not None


def _mark(answer: ReferralAnswer) -> bool:
    done = session().scalar(
        update(ReferralAnswer)
        .where(*_is(answer), ReferralAnswer.disowned_at.is_(None))
        .values(disowned_at=clock.now())
        .returning(ReferralAnswer.id)
        .execution_options(synchronize_session=False)
    )
    return done is not None


def _is(answer: ReferralAnswer) -> tuple[ColumnElement[bool], ...]:
    return (
        ReferralAnswer.county_id == answer.county_id,
        ReferralAnswer.id == answer.id,
        ReferralAnswer.written_by.is_not(None),
    )


def _undone(answer: ReferralAnswer) -> tuple[ColumnElement[bool], ...]:
    """Nothing depends on it: under way, not on paper, still asked of this house, and the newest question."""
    later = aliased(ReferralAnswer)
    same = and_(Referral.county_id == ReferralAnswer.county_id, Referral.id == ReferralAnswer.referral_id)
    return (
        *_is(answer),
        ReferralAnswer.disowned_at.is_(None),
        ReferralAnswer.status.in_(STANDING),
        exists().where(same, Referral.status.in_(UNDER_WAY), Referral.to_institution == ReferralAnswer.institution),
        ~exists().where(
            ReferralCertificate.county_id == ReferralAnswer.county_id,
            ReferralCertificate.referral_id == ReferralAnswer.referral_id,
        ),
        ~exists().where(
            later.county_id == ReferralAnswer.county_id,
            later.referral_id == ReferralAnswer.referral_id,
            later.id > ReferralAnswer.id,
        ),
    )


def _ask_again(referral: Referral, answer: ReferralAnswer) -> None:
    replies.take_back(referral, answer)
    session().flush()
    waiting.done(referral, waiting.REDIRECT, "asked_again")
    spoken_tasks.for_asked_again(referral, answers.ask(referral))
    events.publish(
        ReferralAskedAgain(
            county_id=referral.county_id,
            referral_id=referral.id,
            resident_id=referral.resident_id,
            institution=answer.institution,
        )
    )
    touch(referral)


def _wanted(row: ReferralAnswer, department: str | None) -> Wanted:
    return Wanted(row.institution, DECIDERS, department, whole_house=(Role.MEDICAL_OFFICE,))
