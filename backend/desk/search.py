"""Finding somebody of this house: by name, pinyin, village, phone, or the number of a certificate or booking."""

import re
from uuid import UUID

from flask import Blueprint
from sqlalchemy import ColumnElement, Select, func, or_, select

from backend.booking.codes import read_code
from backend.booking.models import Appointment
from backend.desk import booking_rows
from backend.desk.booking_rows import BookingRow
from backend.desk.forms import text
from backend.desk.frame import draw, may
from backend.kernel.clock import local_day
from backend.kernel.roles import Actor
from backend.people.claims import phone_index
from backend.people.models import Resident
from backend.people.names import folded_name
from backend.people.places import villages_like
from backend.referrals.models import Referral
from backend.referrals.models_certificate import ReferralCertificate
from backend.referrals.numbers import read_number
from backend.referrals.sight import may_name
from backend.referrals.tracks import tracks_of
from backend.referrals.views import referral_line
from backend.store import access, audit, clock
from backend.store.db import session
from backend.web.pages import page

pages = Blueprint("desk_search", __name__, url_prefix="/search")
MOST = 50
_PHONE = re.compile(r"[0-9]{7,12}")


@pages.get("")
@page("desk.find")
def find(actor: Actor) -> str:
    asked = text("q", 60)
    referrals = _referrals(actor, asked) if asked else []
    booked = _bookings(actor, asked) if asked and may(actor, "appointment.read") else []
    if referrals or booked:
        # Each search is another question, so each is written down; what was typed may be a name and is not.
        people = len(referrals) + len(booked)
        audit.record(session(), actor, "desk.search", "list", None, detail={"people": people})
    return draw(
        "desk/search.html",
        actor,
        "search",
        asked=asked,
        today=local_day(clock.now()),
        rows=[referral_line(row, actor) for row in referrals],
        booked=booked,
    )


def _referrals(actor: Actor, asked: str) -> list[Referral]:
    # Only among referrals that this house may read: the search is no register of the county's people.
    mine = access.scoped_query(Referral, actor, "referral.read").order_by(Referral.id.desc()).limit(MOST)
    wanted = [Referral.id.in_(_by_certificate(actor, asked)), Referral.resident_id.in_(_people(actor, asked))]
    code = read_code(asked)
    if code is not None:
        by_code = select(Appointment.referral_id).where(
            Appointment.county_id == actor.county_id, Appointment.code == code
        )
        wanted.append(Referral.id.in_(by_code))
    found = session().scalars(mine.where(or_(*wanted)))
    # A name that finds an unnamed question would tell whose it is.
    return [row for row in found if may_name(tracks_of(row), actor)]


def _bookings(actor: Actor, asked: str) -> list[BookingRow]:
    mine = access.scoped_query(Appointment, actor, "appointment.read").where(
        Appointment.institution == actor.institution
    )
    wanted: list[ColumnElement[bool]] = [Appointment.referral_id.in_(_by_certificate(actor, asked))]
    wanted.append(Appointment.resident_id.in_(_people(actor, asked)))
    code = read_code(asked)
    if code is not None:
        wanted.append(Appointment.code == code)
    taken = func.coalesce(Appointment.ended_because, "").not_in(booking_rows.NEVER_TAKEN)
    # What is ahead first, the nearest on top; then what is past, the latest on top.
    now = clock.now()
    nearest = func.abs(func.extract("epoch", Appointment.starts_at - now))
    ordered = mine.where(or_(*wanted), taken).order_by(Appointment.starts_at < now, nearest, Appointment.id)
    found = session().scalars(ordered.limit(MOST))
    return [row for row in booking_rows.rows(actor, found) if row.named]


def _by_certificate(actor: Actor, asked: str) -> Select[UUID]:
    number = read_number(asked)
    return select(ReferralCertificate.referral_id).where(
        ReferralCertificate.county_id == actor.county_id, ReferralCertificate.number == number
    )


def _people(actor: Actor, asked: str) -> Select[UUID]:
    return select(Resident.id).where(Resident.county_id == actor.county_id, or_(*_like(actor, asked)))


def _like(actor: Actor, asked: str) -> list[ColumnElement[bool]]:
    folded = folded_name(asked)
    digits = re.sub(r"[ -]", "", asked)
    ways = [
        Resident.name_folded.contains(folded, autoescape=True),
        Resident.name_pinyin.startswith(folded.lower(), autoescape=True),
        Resident.name_pinyin.contains(f" {folded.lower()}", autoescape=True),
        Resident.village.in_(villages_like(actor.county_id, asked)),
    ]
    if _PHONE.fullmatch(digits):
        # Sealed: only a whole number finds somebody, and a family that shares a phone is found as a whole.
        ways.append(Resident.phone_index == phone_index(digits))
    return ways
