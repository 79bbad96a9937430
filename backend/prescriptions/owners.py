"""Who is asked about a prescription: the contract doctor first, else who wrote it; who phones; by when."""

from datetime import datetime
from typing import Any
from uuid import UUID

from backend.alliance.packs.pack import Pack
from backend.alliance.queries import pack as pack_of
from backend.alliance.working_time import Office, office
from backend.contracts.owners import phone_step
from backend.contracts.queries import team_of
from backend.kernel.roles import Role
from backend.people.models import Resident
from backend.prescriptions.models import LongPrescription
from backend.prescriptions.queries import today
from backend.store import clock
from backend.store.db import session
from backend.worklist.service import Owner

DAY_MINUTES = 24 * 60


def doctor_of(prescription: LongPrescription) -> UUID:
    """Return the doctor who decides now: the family doctor under contract today, else the one who wrote it."""
    team = team_of(prescription.county_id, prescription.resident_id)
    if team is not None and team.family_doctor_id is not None:
        return team.family_doctor_id
    return prescription.practitioner_id


def head_step(institution: str) -> dict[str, Any]:
    """Return the rung above a doctor: whoever heads the department there."""
    return Owner(role=Role.DEPARTMENT_HEAD, institution=institution).step(DAY_MINUTES)


def phone_of(county_id: str, resident_id: UUID, practitioner_id: UUID) -> dict[str, Any]:
    """Return who phones whom WeChat does not reach: the team's village doctor, the village's, else the doctor."""
    team = team_of(county_id, resident_id)
    if team is not None:
        return phone_step(county_id, team.team_id)
    village = session().get_one(Resident, (county_id, resident_id)).village
    for place in pack_of(county_id).institutions.institutions:
        if place.kind == "village_clinic" and village in place.villages:
            return Owner(role=Role.VILLAGE_DOCTOR, institution=place.code).step(DAY_MINUTES)
    return Owner(practitioner_id=practitioner_id).step(DAY_MINUTES)


def within_hours(pack: Pack, institution: str, hours: int) -> datetime:
    """Return when so many working hours of the institution have passed."""
    return _office(pack, institution).after_minutes(clock.now(), hours * 60).at


def next_working_day(pack: Pack, institution: str) -> datetime:
    """Return the end of the institution's next working day."""
    return _office(pack, institution).after_days(clock.now(), 1).at


def _office(pack: Pack, institution: str) -> Office:
    level = pack.institutions.institution(institution).level
    name = "township" if level in {"township", "village"} else "referral_desk"
    return office(pack, name, today(), institution)
