"""今天到院: who has a place here today, who has come, and what confirmed itself today."""

from datetime import date
from uuid import UUID

from flask import Blueprint
from sqlalchemy import func

from backend.alliance.queries import pack
from backend.booking.models import Appointment
from backend.booking.states import AppointmentStatus
from backend.desk.forms import choice
from backend.desk.frame import draw
from backend.kernel.clock import local_day
from backend.kernel.roles import Actor
from backend.records.views import department_name, person_of
from backend.referrals.certificate_state import latest, state_of
from backend.referrals.models import Referral
from backend.store import access, clock
from backend.store.db import session
from backend.web.pages import page

pages = Blueprint("desk_arrivals", __name__, url_prefix="/arrivals")


@pages.get("")
@page("appointment.read")
def show(actor: Actor) -> str:
    which = choice("show", ("today", "made"), "today")
    today = local_day(clock.now())
    return draw(
        "desk/arrivals.html",
        actor,
        "arrivals",
        part="desk/arrivals_list.html",
        which=which,
        today=today,
        rows=[_row(row) for row in _appointments(actor, which, today)],
    )


def _appointments(actor: Actor, which: str, today: date) -> list[Appointment]:
    query = access.scoped_query(Appointment, actor, "appointment.read").where(
        Appointment.institution == actor.institution, Appointment.status != AppointmentStatus.CANCELLED
    )
    made_on = func.date(func.timezone("Asia/Shanghai", Appointment.created_at))
    query = query.where(Appointment.day == today if which == "today" else made_on == today)
    return list(session().scalars(query.order_by(Appointment.starts_at, Appointment.id).limit(300)))


def _row(row: Appointment) -> dict[str, object]:
    return {
        "id": row.id,
        "at": row.starts_at,
        "person": person_of(row.county_id, row.resident_id),
        "department": department_name(pack(row.county_id), row.department),
        "status": row.status,
        "by_doctor": row.by_doctor,
        "certificate": _certificate(row.county_id, row.referral_id),
    }


def _certificate(county_id: str, referral_id: UUID | None) -> str:
    referral = session().get(Referral, (county_id, referral_id)) if referral_id else None
    found = latest(referral) if referral else None
    return state_of(found).text if found else "证明还没开好"
