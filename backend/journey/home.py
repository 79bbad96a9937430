"""A resident's home: one next thing, my doctor, what is under way. Each room tells its own part."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from backend.alliance.queries import pack
from backend.booking.models import Appointment
from backend.booking.queries import session_of
from backend.booking.states import AppointmentStatus
from backend.contracts.queries import open_request, team_of
from backend.followup.plans import protocol_of
from backend.followup.queries import due_of_resident, plans_by_id
from backend.followup.reading import village_name
from backend.journey.schemas import DoctorOut, HomeOut, NextOut, UnderWayOut
from backend.kernel.clock import SHANGHAI, local_day
from backend.kernel.roles import Actor
from backend.people.models import Resident
from backend.referrals.models import Referral, ReferralConsent
from backend.referrals.states import LIVE, ConsentStatus, ReferralStatus
from backend.store import clock
from backend.store.db import session

_WEEKDAYS = "一二三四五六日"


def home_of(actor: Actor, resident: Resident) -> HomeOut:
    """Return the home of a person, as they or their family see it."""
    county_id = actor.county_id
    nexts = [
        *_consents(county_id, resident.id),
        *_follow_ups(county_id, resident.id),
        *_sign_up(county_id, resident.id),
    ]
    return HomeOut(
        resident_id=resident.id,
        name=resident.name,
        birth_year=resident.birth_on.year,
        village=village_name(county_id, resident.village),
        next=nexts[0] if nexts else None,
        doctor=_doctor(county_id, resident.id),
        under_way=[*_referrals(county_id, resident.id), *_appointments(county_id, resident.id)],
    )


def _consents(county_id: str, resident_id: UUID) -> list[NextOut]:
    rows = session().scalars(
        select(Referral)
        .join(
            ReferralConsent,
            (ReferralConsent.county_id == Referral.county_id) & (ReferralConsent.referral_id == Referral.id),
        )
        .where(
            Referral.county_id == county_id,
            Referral.resident_id == resident_id,
            Referral.status.in_(LIVE),
            ReferralConsent.status == ConsentStatus.ASKED,
        )
    )
    return [
        NextOut(
            kind="consent",
            title="医生建议转诊，请您看一看",
            text=f"转到{_place(county_id, row.to_institution)}。听明白了再签，不想去也可以说。",
            button="看明白再签",
            page=f"/features/referrals/pages/consent?id={row.id}",
        )
        for row in rows
    ]


def _follow_ups(county_id: str, resident_id: UUID) -> list[NextOut]:
    today = local_day(clock.now())
    due = due_of_resident(county_id, resident_id, today + timedelta(days=3))
    plans = plans_by_id(county_id, [visit.plan_id for visit in due])
    found = []
    for visit in due:
        plan = plans[visit.plan_id]
        protocol = protocol_of(pack(county_id), plan.condition, plan.started_on)
        what = {"hypertension": "量血压", "diabetes": "测血糖"}.get(plan.condition, "填一下身体情况")
        when = "今天该" if visit.due_on <= today else f"{visit.due_on.month}月{visit.due_on.day}日前该"
        late = visit.due_on < today
        found.append(
            NextOut(
                kind="follow_up",
                title=f"{when}{what}了",
                text=f"{protocol.plain}随访。"
                + ("已经过了日子，填了医生就放心了。" if late else "填好医生马上能看到。"),
                button="现在填",
                page=f"/features/followup/pages/form?id={visit.id}",
            )
        )
    return found


def _sign_up(county_id: str, resident_id: UUID) -> list[NextOut]:
    if team_of(county_id, resident_id) is not None or open_request(county_id, resident_id) is not None:
        return []
    return [
        NextOut(
            kind="sign_up",
            title="选一位家庭医生",
            text="签了约，有事随时问，转诊有优先号，慢病能开长期药。",
            button="看看有哪些医生",
            page="/features/contracts/pages/teams",
        )
    ]


def _doctor(county_id: str, resident_id: UUID) -> DoctorOut | None:
    team = team_of(county_id, resident_id)
    if team is None:
        return None
    return DoctorOut(
        team_id=team.team_id,
        name=team.name,
        institution=_place(county_id, team.institution),
        phone=team.phone,
        answer_minutes=team.answer_minutes,
        unread=0,
        conversation_id=None,
    )


def _referrals(county_id: str, resident_id: UUID) -> list[UnderWayOut]:
    rows = session().scalars(
        select(Referral)
        .where(Referral.county_id == county_id, Referral.resident_id == resident_id, Referral.status.in_(LIVE))
        .order_by(Referral.id.desc())
    )
    found = []
    for row in rows:
        issued = row.status == ReferralStatus.ISSUED
        way = "转诊" if row.direction == "up" else "回乡里"
        found.append(
            UnderWayOut(
                kind="referral",
                title=f"{way}：{_place(county_id, row.to_institution)}",
                text="证明已经开好，按约好的时间去。" if issued else "正在办，号会一直给您留着。",
                tag="办好了" if issued else "在办",
                tone="ok" if issued else "wait",
                page=f"/features/referrals/pages/status?id={row.id}",
            )
        )
    return found


def _appointments(county_id: str, resident_id: UUID) -> list[UnderWayOut]:
    rows = session().scalars(
        select(Appointment).where(
            Appointment.county_id == county_id,
            Appointment.resident_id == resident_id,
            Appointment.status == AppointmentStatus.BOOKED,
        )
    )
    found = []
    for row in rows:
        held = session_of(row)
        at = row.starts_at.astimezone(SHANGHAI)
        found.append(
            UnderWayOut(
                kind="appointment",
                title=f"约好的号：{at.month}月{at.day}日 周{_WEEKDAYS[at.weekday()]} {at:%H:%M}",
                text=f"{_place(county_id, held.institution)} · {held.title}",
                tag="已约好",
                tone="ok",
                page=f"/features/booking/pages/appointment?id={row.id}",
            )
        )
    return found


def _place(county_id: str, institution: str) -> str:
    return pack(county_id).institutions.institution(institution).name
