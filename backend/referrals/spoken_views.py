"""An answer by telephone as its doctor reads it: what was written down, by whom, about whom as far as they may know."""

from datetime import date
from typing import Literal

from sqlalchemy import select

from backend.alliance.queries import pack
from backend.kernel.roles import Actor
from backend.people.models import Practitioner
from backend.records.views import department_name, institution_name
from backend.referrals import spoken, waiting
from backend.referrals.bodies import Named
from backend.referrals.bodies_spoken import SpokenBody
from backend.referrals.models import Referral, ReferralAnswer
from backend.referrals.sight import masked, may_name
from backend.referrals.states import AnswerStatus
from backend.referrals.tracks import tracks_of
from backend.referrals.views import person_view, source_body
from backend.store import access
from backend.store.db import session
from backend.worklist.models import Task
from backend.worklist.states import TaskStatus


def spoken_body(row: ReferralAnswer, actor: Actor) -> SpokenBody:
    """Return what was written down; a house that is no longer asked reads nothing of the patient."""
    county = pack(row.county_id)
    referral = session().get_one(Referral, (row.county_id, row.referral_id))
    seen = _opened(referral, actor)
    t = tracks_of(referral)
    named = seen and may_name(t, actor)
    reasons = (*county.referral.receiving.decline_reasons, *county.referral.handover.decline_reasons)
    standing, task, mine = _standing(row), _task(row), row.answered_by == actor.practitioner_id
    open_still = mine and standing == "stands"
    clerk = session().get(Practitioner, (row.county_id, row.written_by)) if row.written_by else None
    assert row.answered_at is not None
    code = row.department
    return SpokenBody(
        id=row.id,
        referral_id=referral.id if seen else None,
        standing=standing,
        accepted=row.decline_reason is None,
        said_by=row.contact,
        written_by=clerk.name if clerk else "",
        written_by_phone=_desk_phone(row) or (clerk.phone if clerk else ""),
        written_at=row.answered_at,
        look_by=task.due_at if task else None,
        question=county.referral.receiving.phone_check_text,
        from_name=institution_name(county, referral.from_institution) or "",
        person=person_view(referral) if named else None,
        masked=masked(referral) if seen and not named else None,
        diagnosis_text=referral.diagnosis_text if seen else None,
        department=Named(code=code, name=department_name(county, code) or "") if code else None,
        day=_day(row),
        reason=next((one.text for one in reasons if one.code == row.decline_reason), None),
        alternative_name=institution_name(county, row.alternative_institution),
        alternative_department=department_name(county, row.alternative_department),
        free_on=row.free_on,
        asks_again=spoken.may_undo(row),
        disowned_at=row.disowned_at,
        task_id=task.id if task and _whose(task, actor) else None,
        actions=[*(["confirm"] if task and _whose(task, actor) else []), *(["disown"] if open_still else [])],
        source=source_body(county, county.referral.receiving.source),
    )


def _opened(referral: Referral, actor: Actor) -> bool:
    readable = session().scalar(
        select(Referral.id).where(
            Referral.county_id == referral.county_id,
            Referral.id == referral.id,
            access.visible(Referral, actor, "referral.read"),
        )
    )
    if readable is None:
        return False
    access.authorize(Referral, referral.id, actor, "referral.read")  # leaves who read it
    return True


def _standing(row: ReferralAnswer) -> Literal["stands", "asked_again", "at_desk", "overtaken"]:
    if row.status == AnswerStatus.DISOWNED:
        return "asked_again"
    if row.disowned_at is not None:
        return "at_desk"
    return "overtaken" if row.status == AnswerStatus.OVERTAKEN else "stands"


def _task(row: ReferralAnswer) -> Task | None:
    return session().scalar(
        select(Task).where(
            Task.county_id == row.county_id,
            Task.dedupe_key == f"{waiting.SAID}:{row.id}",
            Task.status == TaskStatus.OPEN,
        )
    )


def _whose(task: Task, actor: Actor) -> bool:
    if task.practitioner_id is not None:
        return task.practitioner_id == actor.practitioner_id
    return task.institution == actor.institution and task.role in actor.roles


def _desk_phone(row: ReferralAnswer) -> str:
    desk = pack(row.county_id).institutions.institution(row.institution).desk
    return desk.phones[0] if desk and desk.phones else ""


def _day(row: ReferralAnswer) -> date | None:
    said = row.moved.get("wanted_on")
    return date.fromisoformat(said[1]) if said else None
