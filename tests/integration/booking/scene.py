"""Sessions and places for the tests of booking, each made fresh."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.booking.models import Appointment, ScheduleSession, Slot
from backend.kernel.clock import local_day
from backend.kernel.roles import Role
from backend.referrals.content import content_of
from backend.referrals.models import Referral, ReferralAnswer, ReferralConsent
from backend.store import clock
from backend.store.db import session, transaction
from tests import factories

HOSPITAL = "first-hospital"
TOWNSHIPS = {"xinmi": "th-yuanzhuang", "mangshi": "th-fengping"}


def make_referral(
    current: Session,
    resident_id: UUID | None = None,
    *,
    county_id: str = "xinmi",
    to: str = HOSPITAL,
    department: str | None = "cardiology",
    status: str = "submitted",
    consent: str | None = "given",
    answer: str | None = "accepted",
    practitioner_id: UUID | None = None,
    direction: str = "up",
) -> Referral:
    """A referral up with its tracks as told: by default consented, and the hospital said yes."""
    if resident_id is None:
        resident_id = factories.make_resident(current, county_id).id
    if practitioner_id is None:
        practitioner_id = factories.make_practitioner(
            current, TOWNSHIPS[county_id], Role.FAMILY_DOCTOR, county_id=county_id
        ).id
    referral = Referral(
        county_id=county_id,
        direction=direction,
        category="outpatient",
        status=status,
        resident_id=resident_id,
        practitioner_id=practitioner_id,
        from_institution=TOWNSHIPS[county_id],
        to_institution=to,
        to_department=department,
        diagnosis_text="高血压 3 级",
        indication="undiagnosed",
        pack_version="2026.1",
        offered=[],
        records=[],
        emergency=False,
        own_wish=False,
        choice_by_patient=False,
        no_records=False,
        submitted_at=clock.now(current),
    )
    referral.content_hash = content_of(referral).digest
    current.add(referral)
    current.flush()
    if consent is not None:
        current.add(
            ReferralConsent(
                county_id=county_id,
                referral_id=referral.id,
                resident_id=resident_id,
                status=consent,
                covers_hash=referral.content_hash,
                text_code="consent-up",
                text_version="2026-1",
                text_hash="t",
                explained_by=practitioner_id,
                given_by="self",
                signature_file_id=uuid4(),
                given_at=clock.now(current),
            )
        )
    if answer is not None:
        current.add(
            ReferralAnswer(
                county_id=county_id,
                referral_id=referral.id,
                institution=to,
                department=department,
                status=answer,
                due_at=clock.now(current),
                answered_at=clock.now(current) if answer in ("accepted", "declined") else None,
                decline_reason="no-bed" if answer == "declined" else None,
                alternative_department="neurology" if answer == "declined" else None,
            )
        )
    current.flush()
    return referral


def make_slots(
    current: Session,
    count: int = 1,
    capacity: int = 1,
    *,
    county_id: str = "xinmi",
    department: str = "cardiology",
    in_days: float = 3,
    one_session: bool = False,
    institution: str = HOSPITAL,
    pool: str = "referral",
    **values: Any,
) -> list[Slot]:
    """Places of a pool (the referral pool's), by default each in a session of its own on a day of its own."""
    made, on = [], None
    for number in range(count):
        starts_at = clock.now(current) + timedelta(days=in_days + (0 if one_session else number), minutes=number * 5)
        if on is None or not one_session:
            on = make_session(current, starts_at, county_id=county_id, department=department, institution=institution)
        slot = Slot(
            county_id=county_id,
            session_id=on.id,
            starts_at=starts_at,
            pool=pool,
            capacity=capacity,
            taken=0,
            **values,
        )
        current.add(slot)
        made.append(slot)
    current.flush()
    return made


def make_session(
    current: Session,
    starts_at: datetime,
    *,
    county_id: str = "xinmi",
    department: str = "cardiology",
    institution: str = HOSPITAL,
) -> ScheduleSession:
    """One session of a template that nobody else has."""
    on = ScheduleSession(
        county_id=county_id,
        template=f"t{uuid4().hex}",
        institution=institution,
        department=department,
        title="普通门诊 上午",
        day=local_day(starts_at),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=4),
        place="门诊楼一层 双向转诊服务台",
    )
    current.add(on)
    current.flush()
    return on


def counted(slot_id: UUID, county_id: str = "xinmi") -> tuple[int, int]:
    """What the counter says, and how many appointments really hold a place."""
    with transaction() as current:
        taken = current.scalar(select(Slot.taken).where(Slot.county_id == county_id, Slot.id == slot_id))
        rows = current.scalars(
            select(Appointment.id).where(
                Appointment.county_id == county_id,
                Appointment.slot_id == slot_id,
                Appointment.status != "cancelled",
            )
        ).all()
    assert taken is not None
    return taken, len(rows)


def appointment(appointment_id: UUID, county_id: str = "xinmi") -> Appointment:
    found = session().get(Appointment, (county_id, appointment_id), populate_existing=True)
    assert found is not None
    return found
