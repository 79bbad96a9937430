"""今天到院: who has a place here today and who has come; at the door verified, registered, and admitted to a bed."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, make_response, render_template, request
from sqlalchemy import func

from backend.alliance.queries import pack
from backend.alliance.reach import SURGERY_GRADES
from backend.booking.models import Appointment
from backend.booking.models_beds import BedRequest
from backend.booking.states import AppointmentStatus
from backend.booking.views import KIND_NAMES
from backend.desk import beds_today, booking_rows, door
from backend.desk.forms import choice, text
from backend.desk.frame import draw
from backend.desk.register_rows import CAME_AS
from backend.desk.said import with_word
from backend.kernel.clock import local_day
from backend.kernel.errors import Malformed
from backend.kernel.roles import Actor
from backend.people.models import Resident
from backend.records.exemptions import offered
from backend.records.models import Stay
from backend.records.stay_views import scope_body
from backend.records.stays import Admission, admit
from backend.records.views import department_name, person_of
from backend.referrals import arrivals
from backend.referrals.arrivals import Coming
from backend.referrals.certificate_state import latest, state_of
from backend.referrals.door_words import without_paper
from backend.referrals.models import Referral
from backend.referrals.models_certificate import Arrival, ReferralCertificate
from backend.referrals.sight import require_named
from backend.store import access, clock
from backend.store.db import session
from backend.web.list_traces import leave_trace
from backend.web.pages import page

pages = Blueprint("desk_arrivals", __name__, url_prefix="/arrivals")
_NOT_COMING = (AppointmentStatus.HELD, AppointmentStatus.OFFERED, AppointmentStatus.CANCELLED)
_GRADES = ("0", "1", "2", "3", "4")
CATEGORIES = {"outpatient": "门诊", "stay": "住院", "examination": "检查"}


@pages.get("")
@page("arrival.read")
def show(actor: Actor) -> str:
    return _page(actor, choice("show", ("today", "made", "come"), "today"))


@pages.post("/look")
@page("arrival.write")
def look(actor: Actor) -> str:
    said = text("q", 400)
    picked = _id("resident_id")
    guests = [one for one in door.look(actor, said) if picked in (None, one.person.id)]
    if len(guests) == 1:
        return _guest(actor, guests[0])
    return render_template("desk/guests.html", guests=guests, said=said)


@pages.get("/<uuid:appointment_id>")
@page("appointment.read")
def one(actor: Actor, appointment_id: UUID) -> str:
    row = access.authorize(Appointment, appointment_id, actor, "appointment.read")
    if row.referral_id is not None:
        require_named(session().get_one(Referral, (row.county_id, row.referral_id)), actor)
    return _guest(actor, door.of_appointment(actor, row))


@pages.get("/beds/<uuid:bed_id>")
@page("bed.read")
def one_in_bed(actor: Actor, bed_id: UUID) -> str:
    row = access.authorize(BedRequest, bed_id, actor, "bed.read")
    referral = require_named(session().get_one(Referral, (row.county_id, row.referral_id)), actor)
    return _guest(actor, door.of_referral(actor, referral))


@pages.post("/register")
@page("arrival.write")
def register(actor: Actor) -> Response:
    category = choice("category", tuple(CATEGORIES), "outpatient")
    exemption, _, condition = text("exemption", 121).partition("/")
    coming = Coming(
        category=category,
        department=text("department", 60) or None,
        certificate=text("certificate", 400) or None,
        referral_id=_id("referral_id"),
        resident_id=_id("resident_id"),
        exemption=exemption or None,
        condition=condition or None,
        on_paper=request.form.get("on_paper") == "yes",
    )
    row = arrivals.register(actor, coming)
    said = f"登记好了：{CAME_AS[row.came_as]}。{row.benefit_note}"
    if category == "stay":
        stay = admit(actor, _admission(row, text("bed", 20), coming.condition))
        where = department_name(pack(actor.county_id), stay.department) or ""
        said += f"收住{where}{' ' + stay.bed if stay.bed else ''}。{_flag(stay)}"
    return with_word(make_response(_page(actor, "come")), said)


def _techniques(county_id: str) -> tuple[str, ...]:
    return ("", *(one.code for one in pack(county_id).capability.techniques))


def _flag(stay: Stay) -> str:
    """Return what of the stay this house may not do and who can, for whoever takes the patient in."""
    found = scope_body(stay)
    if found is None:
        return ""
    able = "、".join(one.name for one in found.who_can)
    then = found.choice_text or "请病区医生和病人商量怎么办"
    return f"请留意：{found.text}{'能做的有：' + able + '。' if able else ''}{then}。"


def _admission(row: Arrival, bed: str, condition: str | None) -> Admission:
    referral = session().get(Referral, (row.county_id, row.referral_id)) if row.referral_id else None
    key = (row.county_id, row.certificate_id)
    certificate = session().get(ReferralCertificate, key) if row.certificate_id else None
    if row.department is None:
        raise Malformed("no_department", "收住院要先选科室。")
    return Admission(
        resident_id=row.resident_id,
        department=row.department,
        came_as=row.came_as,
        bed=bed or None,
        referral_id=row.referral_id,
        certificate_number=certificate.number if certificate else None,
        exemption=row.exemption,
        condition=condition,
        diagnosis_code=referral.diagnosis_code if referral else None,
        diagnosis_text=referral.diagnosis_text if referral else None,
        surgery_grade=int(choice("surgery_grade", _GRADES, "0")) or (referral.surgery_grade if referral else None),
        technique=choice("technique", _techniques(row.county_id), "") or (referral.technique if referral else None),
    )


def _guest(actor: Actor, guest: door.Guest) -> str:
    county = pack(actor.county_id)
    entry = county.institutions.institution(actor.institution or "")
    rule = county.insurance.without_certificate
    without = rule if rule and entry.level in rule.levels else None  # what is said of going further up is not said here
    may_say = offered(county, entry.code)
    urgent = (one.exemption.code for one in may_say if one.exemption.group == "emergency")
    return render_template(
        "desk/guest.html",
        guest=guest,
        known=next(urgent, "") if guest.emergency else "",
        today=local_day(clock.now()),
        departments=[county.institutions.department(code) for code in entry.departments],
        exemptions=may_say,
        exemption_source=county.source("referral.not_registered"),
        change="" if guest.veiled else without_paper(county, _resident(actor, guest)),
        without_source=county.source(without.source) if without else None,
        categories=CATEGORIES,
        grades=list(enumerate(SURGERY_GRADES))[1:],
        techniques=county.capability.techniques,
    )


def _resident(actor: Actor, guest: door.Guest) -> Resident:
    return session().get_one(Resident, (actor.county_id, guest.person.id))


def _page(actor: Actor, which: str) -> str:
    today = local_day(clock.now())
    booked = _appointments(actor, which, today) if which != "come" else []
    come = _come_today(actor, today) if which == "come" else []
    beds = beds_today.rows(actor, today) if which == "today" else []
    leave_trace(actor, "arrival.list", len(booked) + len(come) + len(beds), show=which)
    return draw(
        "desk/arrivals.html",
        actor,
        "arrivals",
        part="desk/arrivals_list.html",
        which=which,
        today=today,
        rows=[_row(actor, row) for row in booked],
        beds=beds,
        come=[_come(row) for row in come],
    )


def _appointments(actor: Actor, which: str, today: date) -> list[Appointment]:
    query = access.scoped_query(Appointment, actor, "appointment.read").where(
        Appointment.institution == actor.institution, Appointment.status.not_in(_NOT_COMING)
    )
    made_on = func.date(func.timezone("Asia/Shanghai", Appointment.created_at))
    if which == "today":
        query = query.where(Appointment.day == today).order_by(Appointment.starts_at, Appointment.id)
    else:  # what is new stands on top: of a busy day the list ends somewhere
        query = query.where(made_on == today).order_by(Appointment.id.desc())
    return list(session().scalars(query.limit(300)))


def _come_today(actor: Actor, today: date) -> list[Arrival]:
    came_on = func.date(func.timezone("Asia/Shanghai", Arrival.at))
    query = access.scoped_query(Arrival, actor, "arrival.read").where(came_on == today)
    return list(session().scalars(query.order_by(Arrival.id.desc()).limit(300)))


def _row(actor: Actor, row: Appointment) -> dict[str, Any]:
    shown = booking_rows.row_of(actor, row)
    return {
        "id": row.id,
        "at": row.starts_at,
        "name": shown.name,
        "about": shown.about,
        "department": department_name(pack(row.county_id), row.department),
        "status": row.status,
        "stopped": shown.stopped,
        "certificate": _certificate(row.county_id, row.referral_id) if row.referral_id else KIND_NAMES[row.kind],
    }


def _come(row: Arrival) -> dict[str, Any]:
    return {
        "id": row.id,
        "at": row.at,
        "person": person_of(row.county_id, row.resident_id),
        "what": CATEGORIES.get(row.category, row.category),
        "department": department_name(pack(row.county_id), row.department) or "",
        "came_as": CAME_AS[row.came_as],
        "referred": row.came_as == "referred",
        "note": row.benefit_note,
    }


def _certificate(county_id: str, referral_id: UUID | None) -> str:
    referral = session().get(Referral, (county_id, referral_id)) if referral_id else None
    found = latest(referral) if referral else None
    return state_of(found).text if found else "证明还没开好"


def _id(name: str) -> UUID | None:
    value = request.form.get(name, "")
    try:
        return UUID(value) if value else None
    except ValueError as error:
        raise Malformed("no_id", "这一页没有装好，请刷新后再办。") from error
