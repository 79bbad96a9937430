"""Reads of places and appointments."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, true

from backend.alliance.queries import pack
from backend.booking.models import Appointment, ScheduleSession, Slot, WaitlistEntry
from backend.booking.rules import TrackFacts
from backend.booking.states import AppointmentStatus, SlotPool, WaitStatus
from backend.kernel.clock import local_day
from backend.kernel.errors import NotFound
from backend.people.models import Resident
from backend.referrals.certificate_state import latest, state_of
from backend.referrals.department_open import departments_of, is_open
from backend.referrals.models import Referral, ReferralAnswer, ReferralConsent
from backend.referrals.queries import goes_again, last_day
from backend.referrals.states import LIVE as LIVE_REFERRALS
from backend.referrals.states import ConsentStatus, ReferralStatus
from backend.store import clock
from backend.store.db import session

LIVE = (AppointmentStatus.HELD, AppointmentStatus.PENDING, AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED)


def free_places(
    county_id: str,
    institution: str,
    department: str | None,
    *,
    pool: str = SlotPool.REFERRAL,
    until: date | None = None,
    limit: int = 200,
) -> Sequence[Any]:
    """Return the free places of a pool still ahead and let go, by time: slot, session and how many are left.

    `until` is the last day that may be had, where there is one (a certificate's).
    """
    query = (
        select(
            Slot.id,
            Slot.session_id,
            Slot.starts_at,
            (Slot.capacity - Slot.taken).label("left"),
            ScheduleSession.day,
            ScheduleSession.title,
            ScheduleSession.place,
            ScheduleSession.expert,
        )
        .join(ScheduleSession, (ScheduleSession.county_id == Slot.county_id) & (ScheduleSession.id == Slot.session_id))
        .where(
            ScheduleSession.county_id == county_id,
            ScheduleSession.institution == institution,
            ScheduleSession.kind != "examination",
            ScheduleSession.stopped_at.is_(None),
            Slot.pool == pool,
            Slot.taken < Slot.capacity,
            or_(Slot.opens_at.is_(None), Slot.opens_at <= clock.sql_now()),
            Slot.starts_at > clock.sql_now(),
        )
        .order_by(Slot.starts_at, Slot.id)
        .limit(limit)
    )
    if until is not None:
        query = query.where(ScheduleSession.day <= until)
    return session().execute(query.where(ScheduleSession.department == department) if department else query).all()


def slot_with_session(county_id: str, slot_id: UUID) -> tuple[Slot, ScheduleSession] | None:
    """Return a slot and its session, or None."""
    row = (
        session()
        .execute(
            select(Slot, ScheduleSession)
            .join(
                ScheduleSession,
                (ScheduleSession.county_id == Slot.county_id) & (ScheduleSession.id == Slot.session_id),
            )
            .where(Slot.county_id == county_id, Slot.id == slot_id)
        )
        .one_or_none()
    )
    return None if row is None else (row.Slot, row.ScheduleSession)


def appointment(county_id: str, appointment_id: UUID) -> Appointment:
    """Return an appointment that is known to exist, as it is now."""
    found = session().get(Appointment, (county_id, appointment_id), populate_existing=True)
    assert found is not None
    return found


def session_of(row: Appointment) -> ScheduleSession:
    """Return the session an appointment is in."""
    found = slot_with_session(row.county_id, row.slot_id)
    assert found is not None
    return found[1]


def track_facts(county_id: str, referral_id: UUID) -> TrackFacts:
    """Return how far a referral's tracks are, for the rules that explain a refusal. Raises NotFound."""
    referral = session().get(Referral, (county_id, referral_id), populate_existing=True)
    if referral is None:
        raise NotFound("not_found", "没有找到这次转诊，请回上一页刷新。")
    consented = session().scalar(
        select(ReferralConsent.id).where(
            ReferralConsent.county_id == county_id,
            ReferralConsent.referral_id == referral_id,
            ReferralConsent.status == ConsentStatus.GIVEN,
            ReferralConsent.covers_hash == referral.content_hash,
        )
    )
    row = session().scalar(
        select(ReferralAnswer)
        .where(
            ReferralAnswer.county_id == county_id,
            ReferralAnswer.referral_id == referral_id,
            ReferralAnswer.institution == referral.to_institution,
        )
        .order_by(ReferralAnswer.id.desc())
        .limit(1)
    )
    hospital = pack(county_id).institutions.institution(referral.to_institution)
    phones = hospital.desk.phones if hospital.desk else hospital.phones
    resident = session().get_one(Resident, (county_id, referral.resident_id))
    last = last_day(county_id, referral_id)
    under_way = ReferralStatus(referral.status) in LIVE_REFERRALS and (last is None or local_day(clock.now()) <= last)
    return TrackFacts(
        alive=resident.died_on is None,
        live=under_way or goes_again(county_id, referral_id),
        over=_paper_over(referral),
        consent_given=consented is not None,
        answer=row.status if row else None,
        sorted_by=row.due_at if row and is_open(referral, row) else None,
        named=referral.to_department is not None or not departments_of(pack(county_id), referral.to_institution),
        hospital=hospital.short_name,
        phone="、".join(phones),
    )


def _paper_over(referral: Referral) -> str:
    paper = latest(referral)
    state = state_of(paper) if paper is not None else None
    if paper is None or state is None or state.word not in ("expired", "used"):
        return ""
    if state.word == "used":
        return "转诊证明能住院的次数已经用完"
    return f"转诊证明{paper.valid_until:%-m月%-d日}已经过期"


def place_of_referral(county_id: str, referral_id: UUID) -> Appointment | None:
    """Return the place a referral has now, or the last one it had; None when it never had one."""
    return session().scalar(
        select(Appointment)
        .where(Appointment.county_id == county_id, Appointment.referral_id == referral_id)
        .order_by((Appointment.status == AppointmentStatus.CANCELLED), Appointment.id.desc())
        .limit(1)
    )


def offer_instead_of(county_id: str, appointment_id: UUID) -> Appointment | None:
    """Return the open offer that would replace an appointment, or None."""
    return session().scalar(
        select(Appointment).where(
            Appointment.county_id == county_id,
            Appointment.replaces_id == appointment_id,
            Appointment.status == AppointmentStatus.OFFERED,
        )
    )


def places_of_resident(
    county_id: str, resident_id: UUID, statuses: Collection[AppointmentStatus]
) -> Sequence[tuple[Appointment, ScheduleSession]]:
    """Return the places a person has in these statuses, each with its session, the soonest first."""
    rows = session().execute(
        select(Appointment, ScheduleSession)
        .join(Slot, (Slot.county_id == Appointment.county_id) & (Slot.id == Appointment.slot_id))
        .join(ScheduleSession, (ScheduleSession.county_id == Slot.county_id) & (ScheduleSession.id == Slot.session_id))
        .where(
            Appointment.county_id == county_id,
            Appointment.resident_id == resident_id,
            Appointment.status.in_(statuses),
        )
        .order_by(Appointment.starts_at, Appointment.id)
    )
    return [(row.Appointment, row.ScheduleSession) for row in rows]


def place_today(
    county_id: str, resident_id: UUID, institution: str, department: str | None, *, examination: bool
) -> Appointment | None:
    """Return the first place without a referral that a person has at a hospital (in a department) today, or None."""
    return session().scalar(
        select(Appointment)
        .where(
            Appointment.county_id == county_id,
            Appointment.resident_id == resident_id,
            Appointment.institution == institution,
            Appointment.department == department if department else true(),
            Appointment.day == local_day(clock.now()),
            Appointment.referral_id.is_(None),
            Appointment.order_id.is_not(None) if examination else Appointment.order_id.is_(None),
            Appointment.status.in_([AppointmentStatus.PENDING, AppointmentStatus.BOOKED]),
        )
        .order_by(Appointment.starts_at)
        .limit(1)
    )


def offer_of_wait(county_id: str, wait_id: UUID) -> Appointment | None:
    """Return the open offer that somebody on the wait list has, or None."""
    return session().scalar(
        select(Appointment).where(
            Appointment.county_id == county_id,
            Appointment.wait_id == wait_id,
            Appointment.status == AppointmentStatus.OFFERED,
        )
    )


def waits_for_place(county_id: str, referral_id: UUID) -> bool:
    """Say whether somebody is on the wait list for this referral, or has an offer of it."""
    return (
        session().scalar(
            select(WaitlistEntry.id)
            .where(
                WaitlistEntry.county_id == county_id,
                WaitlistEntry.referral_id == referral_id,
                WaitlistEntry.status.in_((WaitStatus.WAITING, WaitStatus.OFFERED)),
            )
            .limit(1)
        )
        is not None
    )


def places_of_referral(county_id: str, referral_id: UUID) -> Sequence[Appointment]:
    """Return every place a referral has ahead: booked, waiting for the desk, or offered."""
    open_ones = (AppointmentStatus.OFFERED, AppointmentStatus.PENDING, AppointmentStatus.BOOKED)
    return (
        session()
        .scalars(
            select(Appointment)
            .where(
                Appointment.county_id == county_id,
                Appointment.referral_id == referral_id,
                Appointment.status.in_(open_ones),
            )
            .order_by(Appointment.id)
        )
        .all()
    )


def live_on_day(county_id: str, resident_id: UUID, institution: str, department: str, day: date) -> Appointment | None:
    """Return the live appointment a person has with a department on a day."""
    return session().scalar(
        select(Appointment).where(
            Appointment.county_id == county_id,
            Appointment.resident_id == resident_id,
            Appointment.institution == institution,
            Appointment.department == department,
            Appointment.day == day,
            Appointment.status.in_(LIVE),
        )
    )


def board(county_id: str, institution: str, first: date, last: date, department: str | None = None) -> Sequence[Any]:
    """Return (department, day, left, kept) of the referral pool for the days in between, what is over not counted."""
    ahead = Slot.starts_at > clock.sql_now()
    query = (
        select(
            ScheduleSession.department,
            ScheduleSession.day,
            func.coalesce(func.sum(Slot.capacity - Slot.taken).filter(ahead), 0).label("left"),
            func.sum(Slot.capacity).label("kept"),
        )
        .join(Slot, (Slot.county_id == ScheduleSession.county_id) & (Slot.session_id == ScheduleSession.id))
        .where(
            ScheduleSession.county_id == county_id,
            ScheduleSession.institution == institution,
            ScheduleSession.day.between(first, last),
            ScheduleSession.kind != "examination",
            ScheduleSession.stopped_at.is_(None),
            Slot.pool == SlotPool.REFERRAL,
        )
        .group_by(ScheduleSession.department, ScheduleSession.day)
        .order_by(ScheduleSession.day, ScheduleSession.department)
    )
    return session().execute(query.where(ScheduleSession.department == department) if department else query).all()
