"""A resident's home: one next thing, my doctor, what is under way. Each room tells its own part."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from backend.alliance.queries import pack, village_name
from backend.booking.instants import say
from backend.booking.models import WaitlistEntry
from backend.booking.queries import place_of_referral, places_of_resident
from backend.booking.states import AppointmentStatus, WaitStatus
from backend.booking.wait_list import ahead_of
from backend.chat.models import Conversation
from backend.chat.queries import unread
from backend.chat.states import Side
from backend.contracts.models import CareTeam
from backend.contracts.queries import open_request, team_of
from backend.contracts.wording import answer_text
from backend.followup.queries import practitioner_name
from backend.journey.family import family_of
from backend.journey.nexts import awaits_time, nexts_of, ordinary_of
from backend.journey.saying import place_name
from backend.journey.schemas import DoctorOut, HomeOut, UnderWayOut
from backend.kernel.roles import Actor
from backend.people.models import Resident
from backend.records.views import department_name
from backend.referrals.models import Referral
from backend.referrals.now import goes_at_once, now_of
from backend.referrals.states import LIVE, ReferralStatus
from backend.referrals.tracks import tracks_of
from backend.referrals.voice import voice_of
from backend.store import clock
from backend.store.db import session

_THERE = Referral.status == ReferralStatus.ARRIVED
NEWS = timedelta(days=7)
"""So long a result that came back stands on the home."""


def home_of(actor: Actor, resident: Resident) -> HomeOut:
    """Return the home of a person, as they or their family see it."""
    county_id = actor.county_id
    return HomeOut(
        resident_id=resident.id,
        name=resident.name,
        birth_year=resident.birth_on.year,
        village=village_name(county_id, resident.village),
        next=next(nexts_of(actor, resident.id), None),
        doctor=_doctor(county_id, resident.id),
        under_way=[
            *_referrals(actor, resident.id),
            *_appointments(county_id, resident.id),
            *_waiting(county_id, resident.id),
            *_request(county_id, resident.id),
        ],
        family=list(family_of(actor)),
    )


def _doctor(county_id: str, resident_id: UUID) -> DoctorOut | None:
    team = team_of(county_id, resident_id)
    if team is None:
        return None
    conversation = session().scalar(
        select(Conversation).where(
            Conversation.county_id == county_id,
            Conversation.resident_id == resident_id,
            Conversation.team_id == team.team_id,
        )
    )
    return DoctorOut(
        team_id=team.team_id,
        name=practitioner_name(county_id, team.family_doctor_id) or team.name,
        team=team.name,
        institution=place_name(county_id, team.institution),
        phone=team.phone,
        answer_text=answer_text(team.answer_minutes),
        unread=unread(conversation, Side.RESIDENT) if conversation else 0,
        conversation_id=conversation.id if conversation else None,
    )


def _referrals(actor: Actor, resident_id: UUID) -> Iterator[UnderWayOut]:
    rows = session().scalars(
        select(Referral)
        .where(
            Referral.county_id == actor.county_id,
            Referral.resident_id == resident_id,
            or_(Referral.status.in_(LIVE), and_(Referral.direction == "up", or_(_THERE, _lately_back()))),
        )
        .order_by(Referral.id.desc())
    )
    for row in rows:
        issued, urgent = row.status == ReferralStatus.ISSUED, goes_at_once(row)
        back = row.status == ReferralStatus.CLOSED
        # The same words and the same hour as on the page of its progress.
        t = tracks_of(row)
        now = now_of(t, voice_of(t, actor))
        up = row.direction == "up"
        way, room = ("转诊到", _room(row.county_id, row.to_department)) if up else ("转回", "")
        yield UnderWayOut(
            kind="referral",
            title=f"{way}{place_name(actor.county_id, row.to_institution)}{room}",
            text=_standing(row) if issued and not urgent else now.title,
            due_at=None if issued else now.due_at,
            tag="急诊" if urgent else "证明开好了" if issued else "结果来了" if back else "在办",
            tone="danger" if urgent else "ok" if issued or back else "wait",
            page=f"/features/referrals/pages/status?id={row.id}",
        )


def _lately_back() -> ColumnElement[bool]:
    # What the hospital wrote stands where it was said that news stands first.
    return and_(
        Referral.status == ReferralStatus.CLOSED,
        Referral.result_sealed.is_not(None),
        Referral.ended_at > clock.sql_now() - NEWS,
    )


def _room(county_id: str, department: str | None) -> str:
    return department_name(pack(county_id), department) or "" if department else ""


def _standing(row: Referral) -> str:
    if row.direction == "down":
        return "都办好了，等那边的医生接您"
    if awaits_time(row):
        return "还没选时间，证明在手机里"
    place = place_of_referral(row.county_id, row.id)
    sure = place is not None and place.status in (AppointmentStatus.BOOKED, AppointmentStatus.PENDING)
    if sure or ordinary_of(row) is not None:
        return "按约好的时间去，证明在手机里"
    if row.category == "stay":
        return "床位先打电话问清再去，急的直接去；证明在手机里"
    return "带身份证和医保卡去，证明在手机里"


def _appointments(county_id: str, resident_id: UUID) -> Iterator[UnderWayOut]:
    for row, held in places_of_resident(county_id, resident_id, (AppointmentStatus.BOOKED, AppointmentStatus.PENDING)):
        sure = row.status == AppointmentStatus.BOOKED
        tag = "停诊了" if held.stopped_at else "约好了" if sure else "等医院确认"
        yield UnderWayOut(
            kind="appointment",
            title=f"{say(row.starts_at)} {'的检查' if row.order_id else '的号'}",
            text=f"{place_name(county_id, held.institution)}{_room(county_id, row.department)} · {held.title}",
            tag=tag,
            tone="danger" if held.stopped_at else "ok" if sure else "wait",
            page=f"/features/booking/pages/appointment?id={row.id}",
        )


def _waiting(county_id: str, resident_id: UUID) -> Iterator[UnderWayOut]:
    rows = session().scalars(
        select(WaitlistEntry).where(
            WaitlistEntry.county_id == county_id,
            WaitlistEntry.resident_id == resident_id,
            WaitlistEntry.status == WaitStatus.WAITING,
        )
    )
    for row in rows:
        ahead = ahead_of(row)
        yield UnderWayOut(
            kind="waitlist",
            title=f"候补{place_name(county_id, row.institution)}",
            text=f"前面还有 {ahead} 位" if ahead else "排在第一位，有人退号就问您",
            tag="候补",
            tone="wait",
            page=f"/features/booking/pages/waiting?id={row.id}",
        )


def _request(county_id: str, resident_id: UUID) -> Iterator[UnderWayOut]:
    row = open_request(county_id, resident_id)
    if row is not None:
        team = session().get_one(CareTeam, (county_id, row.team_id))
        yield UnderWayOut(
            kind="contract",
            title=f"签约{team.name}",
            text=f"等{place_name(county_id, row.institution)}的医生答应",
            tag="等答复",
            tone="wait",
            page="/features/contracts/pages/mine",
        )
