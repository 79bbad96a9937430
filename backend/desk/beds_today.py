"""Who comes to a bed that is kept for today: awaited like whoever has a place, but at no hour."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import exists
from sqlalchemy.sql import Select

from backend.alliance.queries import pack
from backend.booking.models import Appointment
from backend.booking.models_beds import BedRequest
from backend.booking.queries import LIVE
from backend.booking.states import BedStatus
from backend.kernel.roles import Actor
from backend.records.views import department_name, person_of
from backend.referrals.certificate_state import latest, state_of
from backend.referrals.models import Referral
from backend.referrals.sight import masked, may_name
from backend.referrals.tracks import tracks_of
from backend.store import access
from backend.store.db import session


def kept(actor: Actor, today: date) -> Select[BedRequest]:
    """Return the beds of this house kept for today or still empty from before; who has a place today stands there."""
    there = exists().where(
        Appointment.county_id == BedRequest.county_id,
        Appointment.referral_id == BedRequest.referral_id,
        Appointment.institution == BedRequest.institution,
        Appointment.day == today,
        Appointment.status.in_(LIVE),
    )
    return access.scoped_query(BedRequest, actor, "bed.read").where(
        BedRequest.institution == actor.institution,
        BedRequest.status == BedStatus.HELD,
        BedRequest.needed_by <= today,
        ~there,
    )


def rows(actor: Actor, today: date) -> list[dict[str, Any]]:
    """Return them as rows of the arrivals; nobody is named before they agreed."""
    found = session().scalars(kept(actor, today).order_by(BedRequest.needed_by, BedRequest.id).limit(300))
    return [_row(actor, row, _referral(row.county_id, row.referral_id)) for row in found]


def _row(actor: Actor, row: BedRequest, referral: Referral) -> dict[str, Any]:
    named = may_name(tracks_of(referral), actor)
    person = person_of(row.county_id, row.resident_id)
    certificate = latest(referral)
    paper = state_of(certificate).text if certificate else "证明还没开好"
    return {
        "id": row.id,
        "day": row.needed_by,
        "name": person.name if named else masked(referral),
        "about": f"{person.birth_year}年 {person.village}" if named else "同意后显示姓名",
        "department": department_name(pack(row.county_id), row.department),
        "bed": row.bed,
        "certificate": paper,
    }


def _referral(county_id: str, referral_id: UUID) -> Referral:
    return session().get_one(Referral, (county_id, referral_id))
