"""What a person has to do next, in order: an emergency, danger, a consent, a place, a look due, signing up."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from backend.alliance.queries import pack
from backend.booking.beside import ordinary_with
from backend.booking.instants import say
from backend.booking.models import Appointment, ScheduleSession
from backend.booking.queries import LIVE as LIVE_PLACES
from backend.booking.queries import place_of_referral, places_of_resident, waits_for_place
from backend.booking.states import AppointmentStatus as Status
from backend.contracts.queries import open_request, team_of
from backend.followup.models import FollowUpPlan, FollowUpVisit
from backend.followup.plans import protocol_begun_with
from backend.followup.queries import due_of_resident, plans_by_id, practitioner_name
from backend.followup.results import show_result
from backend.journey.saying import last_value_text, near_day_text, place_name
from backend.journey.schemas import NextOut
from backend.kernel.clock import SHANGHAI, local_day
from backend.kernel.roles import Actor
from backend.records.queries import latest_readings
from backend.referrals.consents import refusal
from backend.referrals.models import Referral, ReferralConsent
from backend.referrals.now import goes_at_once
from backend.referrals.queries import bookable, last_day
from backend.referrals.states import LIVE, ConsentStatus
from backend.store import clock
from backend.store.db import session
from backend.worklist.models import Task
from backend.worklist.states import TaskStatus

DUE_WITHIN = timedelta(days=3)
"""A look is asked for so many days before; then it may be done at any time."""
GO_WITHIN = timedelta(hours=20)
"""A place is the next thing from the evening before."""
STILL_THERE = timedelta(hours=2)
"""Whoever is late still finds where to go."""


def nexts_of(actor: Actor, resident_id: UUID) -> Iterator[NextOut]:
    """Yield what is to be done, the first first, as this reader may do it; whoever wants only that takes one."""
    county_id = actor.county_id
    yield from _emergencies(county_id, resident_id)
    yield from _dangers(county_id, resident_id)
    yield from _consents(actor, resident_id)
    yield from _places(county_id, resident_id)
    yield from _times(county_id, resident_id)
    yield from _looks(county_id, resident_id)
    yield from _sign_up(county_id, resident_id)


def _emergencies(county_id: str, resident_id: UUID) -> Iterator[NextOut]:
    """Whom a doctor sends at once: going comes before every paper. MS-4.2.1."""
    phone = pack(county_id).county.emergency_phone
    for row in _under_way(county_id, resident_id):
        if goes_at_once(row):
            yield NextOut(
                kind="emergency",
                title=f"现在就去急诊，病情重打 {phone}",
                text=f"去{place_name(county_id, row.to_institution)}的急诊，不等签字、不等床位，手续会自己跟上。",
                button="看去哪里",
                page=f"/features/referrals/pages/status?id={row.id}",
                phone=phone,
            )


def _under_way(county_id: str, resident_id: UUID) -> Iterator[Referral]:
    yield from session().scalars(
        select(Referral)
        .where(Referral.county_id == county_id, Referral.resident_id == resident_id, Referral.status.in_(LIVE))
        .order_by(Referral.id.desc())
    )


def _dangers(county_id: str, resident_id: UUID) -> Iterator[NextOut]:
    rows = session().execute(
        select(Task, FollowUpVisit)
        .join(FollowUpVisit, (FollowUpVisit.county_id == Task.county_id) & (FollowUpVisit.id == Task.focus_id))
        .where(
            Task.county_id == county_id,
            Task.resident_id == resident_id,
            Task.kind == "danger_value",
            Task.status == TaskStatus.OPEN,
        )
        .order_by(Task.id.desc())
    )
    for task, visit in rows:
        result = show_result(visit)
        if result is None or result.standing is None:
            continue
        yield NextOut(
            kind="danger",
            title="刚才的情况危险，别等",
            text=f"{result.advice} {result.standing.owner}已经收到。",
            button="看现在怎么办",
            page=f"/features/followup/pages/result?id={visit.id}",
            phone=result.emergency_phone,
            due_at=task.due_at,
        )


def _consents(actor: Actor, resident_id: UUID) -> Iterator[NextOut]:
    rows = session().scalars(
        select(Referral)
        .join(
            ReferralConsent,
            (ReferralConsent.county_id == Referral.county_id) & (ReferralConsent.referral_id == Referral.id),
        )
        .where(
            Referral.county_id == actor.county_id,
            Referral.resident_id == resident_id,
            Referral.status.in_(LIVE),
            ReferralConsent.status == ConsentStatus.ASKED,
        )
    )
    for row in rows:
        to, refused = place_name(actor.county_id, row.to_institution), refusal(actor, row)
        if row.direction == "down":
            yield NextOut(
                kind="consent",
                title="医生说可以回去养了，请您和家里人看一看",
                text=f"回{to}：谁照看、省多少、怎样马上回来。{refused.text if refused else '不想回也可以说。'}",
                # The page shows how it is arranged; the signature comes after it.
                button="先看怎么安排",
                page=f"/features/handover/pages/family?id={row.id}",
            )
            continue
        yield NextOut(
            kind="consent",
            title="医生建议转诊，请您看一看",
            text=f"转到{to}。{refused.text if refused else '听明白了再签，不想去也可以说。'}",
            # Whoever may not sign is not sent to sign: the same page tells them what can be done.
            button="看怎么办" if refused else "看明白再签",
            page=f"/features/referrals/pages/consent?id={row.id}",
        )


def _times(county_id: str, resident_id: UUID) -> Iterator[NextOut]:
    """A hospital that said yes, and no time there: nobody else chooses it, and who waits for one has been asked."""
    for row in _under_way(county_id, resident_id):
        if awaits_time(row) and not waits_for_place(county_id, row.id):
            yield NextOut(
                kind="choose_time",
                title="选个时间去看",
                text=f"{place_name(county_id, row.to_institution)}说可以来。转诊优先号，选好就是您的，不用等签字。",
                button="选时间",
                page=f"/features/booking/pages/places?referral={row.id}",
            )


def awaits_time(row: Referral) -> bool:
    """Say whether this referral wants a time at an out-patient clinic here, could have one, and has none.

    An ordinary place with the department is a time as well: the certificate counts there.
    """
    here = not pack(row.county_id).institutions.institution(row.to_institution).outside
    if (row.direction, row.category) != ("up", "outpatient") or row.emergency or not (here and row.to_department):
        return False
    place = place_of_referral(row.county_id, row.id)
    has = place is not None and place.status in (*LIVE_PLACES, Status.OFFERED, Status.FULFILLED)
    if has or ordinary_of(row) is not None:
        return False
    return bookable(row.county_id, row.id) is not None


def ordinary_of(row: Referral) -> Appointment | None:
    """Return the ordinary place with the referral's department where the certificate still counts, or None."""
    until = last_day(row.county_id, row.id)
    return ordinary_with(row.county_id, row.resident_id, row.to_institution, row.to_department, until=until)


def _places(county_id: str, resident_id: UUID) -> Iterator[NextOut]:
    """Places: those kept only until the person answers, then those that will not take place, then the next one."""
    now = clock.now()
    own = places_of_resident(county_id, resident_id, (Status.OFFERED, Status.HELD, Status.PENDING, Status.BOOKED))
    kept = [(row, on) for row, on in own if row.status in (Status.OFFERED, Status.HELD)]
    unanswered = [(row, on) for row, on in kept if row.held_until is not None and row.held_until > now]
    for row, on in sorted(unanswered, key=lambda pair: pair[0].held_until or now):
        yield _unanswered(
            row, on, next((old for old, was in own if old.id == row.replaces_id and was.stopped_at), None)
        )
    sure = [(row, on) for row, on in own if row.status in (Status.PENDING, Status.BOOKED)]
    answering = {row.replaces_id for row, _ in unanswered}
    for row, on in sure:
        # With another time on offer there is one thing to do, and it was said.
        if on.stopped_at is not None and row.starts_at > now and row.id not in answering:
            yield _stopped(row, on)
    for row, on in sure:
        soon = now - STILL_THERE <= row.starts_at <= now + GO_WITHIN
        if row.status == Status.BOOKED and on.stopped_at is None and soon:
            yield _to_go(row, on)


def _unanswered(row: Appointment, on: ScheduleSession, stopped: Appointment | None) -> NextOut:
    """What is kept until they answer; `stopped` is the place of a stopped session that it would replace."""
    offered = row.status == Status.OFFERED
    where = f"{say(row.starts_at)}，{place_name(row.county_id, on.institution)} · {on.title}"
    if stopped is not None:
        where = f"原来约的{say(stopped.starts_at)}停诊了，换到{where}"
    by = (row.held_until or row.starts_at).astimezone(SHANGHAI)
    until = f"{near_day_text(by.date(), local_day(clock.now()))} {by:%-H:%M}"
    title = "换一个看病的时间，您看行不行" if row.replaces_id else "候补到了，有号了" if offered else "占着的号等您确认"
    return NextOut(
        kind="offer" if offered else "hold",
        title=title,
        text=f"{where}。给您留到{until}，没答复，号就给别人。"
        if offered
        else f"{where}。给您留到{until}，没确认，号自己退回。",
        button="去答复" if offered else "去确认",
        page=f"/features/booking/pages/appointment?id={row.id}",
        due_at=row.held_until,
    )


def _stopped(row: Appointment, on: ScheduleSession) -> NextOut:
    return NextOut(
        kind="stopped",
        title="约的门诊停了，请别跑空",
        text=f"{say(row.starts_at)} {place_name(row.county_id, on.institution)}。会有人打电话商量，也可以自己重新选。",
        button="看怎么办",
        page=f"/features/booking/pages/appointment?id={row.id}",
    )


def _to_go(row: Appointment, on: ScheduleSession) -> NextOut:
    at = row.starts_at.astimezone(SHANGHAI)
    when = f"{near_day_text(at.date(), local_day(clock.now()))} {at:%-H:%M}"
    place = place_name(row.county_id, on.institution)
    item = pack(row.county_id).booking.examination(on.item) if on.item else None
    prepare = item.prepare if item else ()
    return NextOut(
        kind="appointment",
        title=f"{when} 去做{item.name}" if item else f"{when} 去看病",
        # An examination fails for want of what was to be done the evening before.
        text=f"{place}。{'；'.join(prepare)}。" if prepare else f"{place} · {on.title}。带上身份证，早到半小时。",
        button="看怎么准备、去哪里" if prepare else "看去哪里、带什么",
        page=f"/features/booking/pages/appointment?id={row.id}",
        due_at=row.starts_at,
    )


def _looks(county_id: str, resident_id: UUID) -> Iterator[NextOut]:
    today = local_day(clock.now())
    due = due_of_resident(county_id, resident_id, today + DUE_WITHIN)
    plans = plans_by_id(county_id, [visit.plan_id for visit in due])
    for visit in due:
        yield _look(plans[visit.plan_id], visit, today)


def _look(plan: FollowUpPlan, visit: FollowUpVisit, today: date) -> NextOut:
    protocol = protocol_begun_with(plan)
    measured = [one for one in protocol.measures if one.required]
    what, button = _WHAT.get(plan.condition, ("说说身体怎么样", "现在填"))
    last = latest_readings(plan.county_id, [plan.resident_id], [one.code for one in measured])
    doctor = practitioner_name(plan.county_id, plan.village_practitioner_id or plan.practitioner_id)
    late = (today - visit.due_on).days
    if late > 0:
        title, ask = f"该{what}了", f"晚了 {late} 天，填了{doctor}医生就放心了。"
    elif late == 0:
        title, ask = f"今天该{what}了", f"填好{doctor}医生马上能看到。"
    else:
        title, ask = f"{visit.due_on.month}月{visit.due_on.day}日前{what}", f"{doctor}医生请您这几天量一次。"
    return NextOut(
        kind="follow_up",
        title=title,
        text=f"{last_value_text(last, today)}{ask}",
        button=button,
        page=f"/features/followup/pages/form?id={visit.id}",
    )


_WHAT = {"hypertension": ("量血压", "填今天的血压"), "diabetes": ("测血糖", "填今天的血糖")}


def _sign_up(county_id: str, resident_id: UUID) -> Iterator[NextOut]:
    if team_of(county_id, resident_id) is None and open_request(county_id, resident_id) is None:
        months = pack(county_id).contracts.term.months
        yield NextOut(
            kind="sign_up",
            title="选一位家庭医生",
            text=f"签一次管 {months} 个月：有事随时问，转诊有优先号，慢病能开长期药。",
            button="看看有哪些医生",
            page="/features/contracts/pages/teams",
        )
