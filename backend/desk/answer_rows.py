"""What waits for this house's answer, as rows: only what needs a person; emergencies apart, they have gone ahead."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select

from backend.alliance.queries import pack
from backend.booking import queries as places
from backend.booking.models import Appointment
from backend.booking.states import AppointmentStatus
from backend.desk.spoken_rows import disowned_before
from backend.desk.words import Left, left, near
from backend.kernel.clock import local_day
from backend.kernel.roles import Actor
from backend.records.views import department_name, institution_name
from backend.referrals import service
from backend.referrals.department_open import is_open
from backend.referrals.lines import answer_line, asked_about
from backend.referrals.models import Referral, ReferralAnswer
from backend.referrals.states import GIVEN, QUESTIONS, ReferralStatus
from backend.referrals.tracks import Tracks, tracks_of
from backend.referrals.views import person_view
from backend.referrals.waiting import PAPERS, office_of
from backend.store import access, clock
from backend.store.db import session
from backend.worklist.service import open_task_of

FirstDays = dict[str | None, date | None]
"""The first day with a free place, by department: many questions are about the same one."""
WANTS = {"outpatient": "门诊", "stay": "床位", "examination": "检查", "bed": "床位", "home": "接回家管"}
FILTERS = (
    ("all", "全部"),
    ("open", "没写科室"),
    ("bed", "床位"),
    ("examination", "检查"),
    ("extra", "加号"),
    ("soon", "快到时限"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One question: by when, who, what is wanted, from whom, why, how far the signatures are."""

    referral_id: UUID
    due: Left
    name: str
    about: str
    guardian: bool
    kind: str  # bed | examination | extra | other
    wants: str
    from_name: str
    why: str
    signed: str
    complete: bool
    passed_to: str | None
    open: bool  # nobody below had said which department, and nobody here has yet
    again: bool  # its doctor said that what was written down was not so


@dataclass(frozen=True, slots=True)
class Emergency:
    """Somebody who has gone ahead; what is due is paper, never a yes."""

    referral_id: UUID
    who: str
    where: str
    diagnosis: str
    papers: str


def rows(actor: Actor) -> list[Row]:
    """Return every question of this house that is not answered, what is due first on top."""
    now = clock.now()
    free: FirstDays = {}
    return [_row(row, actor, now, free) for row in sorted(_questions(actor), key=lambda row: row.due_at)]


def waits(actor: Actor, referral_id: UUID) -> bool:
    """Say whether a referral's question is one of them."""
    return any(row.referral_id == referral_id for row in _questions(actor))


def chosen(all_rows: list[Row], which: str) -> list[Row]:
    """Return the rows of one filter."""
    if which == "soon":
        return [row for row in all_rows if row.due.pressing]
    if which == "open":
        return [row for row in all_rows if row.open]
    return all_rows if which == "all" else [row for row in all_rows if row.kind == which]


def emergencies(actor: Actor) -> list[Emergency]:
    """Return emergencies sent here whose papers are not complete."""
    query = access.scoped_query(Referral, actor, "referral.read").where(
        Referral.emergency,
        Referral.to_institution == actor.institution,
        Referral.status.in_([ReferralStatus.SUBMITTED, ReferralStatus.RETURNED, ReferralStatus.ARRIVED]),
    )
    found = [tracks_of(row) for row in session().scalars(query.order_by(Referral.id.desc()).limit(20))]
    return [_emergency(t) for t in found if t.certificate is None]


def confirmed_today(actor: Actor) -> int:
    """Return how many places of the referral pool confirmed themselves today: nothing to press for them."""
    today = local_day(clock.now())
    query = select(func.count()).where(
        Appointment.county_id == actor.county_id,
        Appointment.institution == actor.institution,
        Appointment.kind == "referral_pool",
        Appointment.status.not_in([AppointmentStatus.OFFERED, AppointmentStatus.CANCELLED]),
        func.date(func.timezone("Asia/Shanghai", Appointment.created_at)) == today,
    )
    return int(session().scalar(query) or 0)


def _questions(actor: Actor) -> list[ReferralAnswer]:
    waiting = service.list_to_answer(actor)
    return [row for row in waiting if row.status in QUESTIONS and row.institution == actor.institution]


def _row(row: ReferralAnswer, actor: Actor, now: datetime, free: FirstDays) -> Row:
    t = asked_about(row)
    referral, line = t.referral, answer_line(t, row, actor)
    kind, wants = _wants(referral, row, local_day(now), free)
    signed, complete = signatures(t)
    named = line.person is not None
    return Row(
        referral_id=referral.id,
        due=left(office_of(row.county_id, row.institution, now), now, row.due_at),
        name=line.person.name if line.person else line.masked,
        about=f"{line.person.birth_year}年 {line.person.village}" if line.person else "同意后显示姓名",
        guardian=named and t.consent is not None and t.consent.given_by == "guardian",
        kind=kind,
        wants=wants,
        from_name=line.from_name,
        why=line.indication,
        signed=signed,
        complete=complete,
        passed_to=row.passed_to_role,
        open=is_open(referral, row),
        again=disowned_before(referral) is not None,
    )


def _wants(referral: Referral, row: ReferralAnswer, today: date, free: FirstDays) -> tuple[str, str]:
    county = pack(referral.county_id)
    code = row.department or referral.to_department
    department = department_name(county, code) or "科室待定"
    day = f"{referral.wanted_on:%m-%d} 前" if referral.wanted_on and referral.wanted_on > today else ""
    day = "今天" if referral.wanted_on == today else day
    kind, word = "other", WANTS[referral.category]
    if referral.category in ("stay", "bed"):
        kind = "bed"
    elif referral.category == "examination":
        kind = "examination"
    elif not _has_place(referral, code, free):
        # No place is left in time: to come means to be squeezed in.
        kind, word = "extra", "加号"
    return kind, " · ".join(part for part in (word, department, day) if part)


def _has_place(referral: Referral, department: str | None, free: FirstDays) -> bool:
    if department not in free:
        found = places.free_places(referral.county_id, referral.to_institution, department, limit=1)
        free[department] = found[0].day if found else None
    first = free[department]
    return first is not None and (referral.wanted_on is None or first <= referral.wanted_on)


def signatures(t: Tracks) -> tuple[str, bool]:
    """Return how many of the steps are signed, and whether all are."""
    done = sum(step.status in GIVEN for step in t.steps)
    whole = bool(t.steps) and done == len(t.steps)
    return ("齐" if whole else f"{done} / {len(t.steps)}", whole)


def _emergency(t: Tracks) -> Emergency:
    referral = t.referral
    task = open_task_of(referral.county_id, ("referral", referral.id), PAPERS)
    missing = (0 if t.consented else 1) + sum(step.status not in GIVEN for step in t.steps)
    person, today = person_view(referral), local_day(clock.now())
    came = referral.arrived_at
    due = f"，{near(task.due_at, today)} 前" if task else ""
    return Emergency(
        referral_id=referral.id,
        who=f"{person.name}（{person.birth_year}年 {person.village}）",
        where=f"{near(came, today)} 已到" if came else f"{_left_at(t, today)}，直接到急诊",
        diagnosis=referral.diagnosis_text,
        papers=f"证明待补 {missing} 项{due}",
    )


def _left_at(t: Tracks, today: date) -> str:
    sent = t.referral.submitted_at
    place = institution_name(t.county, t.referral.from_institution) or ""
    return f"{near(sent, today)} 从{place}送来" if sent else f"从{place}送来"
