"""Beds for the tests: a question asked with a referral, staff who answer, and a name that no other test gives a bed."""

from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select, text

from backend.booking import queries_beds
from backend.booking.models_beds import BedRequest
from backend.jobs import relay
from backend.kernel.clock import local_day
from backend.kernel.roles import Role
from backend.records import stays, wards
from backend.records.models import Stay
from backend.records.states import Disposition
from backend.records.stays import Admission
from backend.referrals.events import ReferralSubmitted
from backend.referrals.models import Referral
from backend.store import clock, events
from backend.store.db import session, transaction
from backend.worklist.models import Task
from tests import factories
from tests.factories import Person
from tests.integration.booking import scene

HOSPITALS = {"xinmi": "first-hospital", "mangshi": "people-hospital"}
_numbers = count(1000)


def fresh_bed() -> str:
    """A bed that no other test has given to anybody."""
    return f"{next(_numbers)} 床"


def empty_wards(app: Flask) -> None:
    """Nobody waits for a bed, none is kept, none was just freed: tests share the few that a department keeps."""
    relay.drain(app)
    with app.app_context(), transaction() as current:
        current.execute(
            text(
                "UPDATE bed_request SET status = 'released', kept_place = NULL"
                " WHERE status IN ('asked', 'passed_on', 'waiting', 'proposed', 'held')"
            )
        )


def ask(app: Flask, category: str = "stay", *, county: str = "xinmi", **values: Any) -> tuple[Referral, UUID | None]:
    """A referral that was just sent, and its question for a bed."""
    emergency, wanted = values.pop("emergency", False), values.pop("wanted_on", None)
    with app.app_context(), transaction() as current:
        values = {"county_id": county, "to": HOSPITALS[county], "answer": "asked"} | values
        referral = scene.make_referral(current, **values)
        referral.category, referral.emergency, referral.wanted_on = category, emergency, wanted
        current.flush()
        submitted(referral)
        bed = queries_beds.bed_of_referral(county, referral.id)
        return referral, bed.id if bed else None


def asked(app: Flask, **values: Any) -> UUID:
    """The id of a question for a bed that was just asked."""
    bed_id = ask(app, **values)[1]
    assert bed_id is not None
    return bed_id


def submitted(referral: Referral, to: str | None = None) -> None:
    events.publish(
        ReferralSubmitted(
            county_id=referral.county_id,
            referral_id=referral.id,
            resident_id=referral.resident_id,
            from_institution=referral.from_institution,
            to_institution=to or referral.to_institution,
            direction="up",
        )
    )


def staff(app: Flask, role: Role, institution: str = scene.HOSPITAL, county: str = "xinmi") -> Person:
    return factories.staff_person(app, institution, role, county_id=county)[0]


def row(bed_id: UUID | None, county: str = "xinmi") -> BedRequest:
    assert bed_id is not None
    return queries_beds.bed_request(county, bed_id)


def status(bed_id: UUID | None, county: str = "xinmi") -> str:
    return row(bed_id, county).status


def tasks(focus: UUID, kind: str = "booking.bed", *, state: str = "open") -> list[Task]:
    query = select(Task).where(Task.focus_id == focus, Task.kind == kind, Task.status == state)
    return list(session().scalars(query.execution_options(populate_existing=True)))


def in_days(days: int) -> date:
    return local_day(clock.now()) + timedelta(days=days)


def lie(app: Flask, bed: str, *, department: str = "cardiology", referral: Referral | None = None) -> UUID:
    """Somebody is admitted to a bed, as referred or not; returns the stay."""
    clerk = staff(app, Role.DESK_CLERK)
    with app.app_context(), transaction() as current:
        resident_id = referral.resident_id if referral else factories.make_resident(current).id
        how = "referred" if referral else "not_referred"
        admission = Admission(resident_id, department, how, bed=bed, referral_id=referral.id if referral else None)
        return stays.admit(clerk.actor(), admission).id


def leave(app: Flask, stay_id: UUID) -> None:
    """They are discharged home."""
    with app.app_context(), transaction():
        stay = session().get_one(Stay, ("xinmi", stay_id))
        doctor, _ = factories.staff_person(app, stay.institution, Role.WARD_DOCTOR, department=stay.department)
        wards.discharge(doctor.actor(), stay_id, Disposition.HOME)
