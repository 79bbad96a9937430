"""Appointments as bodies of the API: codes become the pack's names, times what a person needs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import groupby
from uuid import UUID

import segno

from backend.alliance.packs import Pack
from backend.alliance.packs.sections.booking import Cancel
from backend.alliance.queries import pack
from backend.booking import beside, queries
from backend.booking.coming import was_seen
from backend.booking.models import Appointment, ScheduleSession
from backend.booking.queries import session_of
from backend.booking.queries_open import places_like
from backend.booking.schemas import AppointmentBody, ClosePlace, DayBody, PlaceBody, PlacesBody
from backend.booking.service import in_time
from backend.booking.states import APPOINTMENTS, AppointmentAction, AppointmentStatus
from backend.booking.views_exam import price_of_order
from backend.booking.views_open import doctor_name
from backend.kernel.roles import Actor
from backend.records.models_orders import ExaminationOrder
from backend.records.schemas import PersonLine
from backend.records.views import department_name, institution_name, is_veiled, person_of
from backend.referrals.models import Referral
from backend.referrals.queries import last_day
from backend.referrals.sight import person_shown
from backend.store import access, clock
from backend.store.db import session

KIND_NAMES = {
    "referral_pool": "转诊优先号",
    "contract": "签约居民号",
    "public": "普通号",
    "outreach": "专家下乡号",
    "examination": "检查",
    "over_quota": "加号",
    "unclear_department": "先到导诊分科",
}
_PERMISSIONS = {
    AppointmentAction.CONFIRM: "appointment.change",
    AppointmentAction.ACCEPT: "appointment.change",
    AppointmentAction.ARRIVE: "appointment.check_in",
    AppointmentAction.FULFIL: "appointment.finish",
    AppointmentAction.MOVE: "appointment.change",
    AppointmentAction.CANCEL: "appointment.change",
    AppointmentAction.GRANT: "appointment.grant",
}
"""What is offered, and the permission each asks for."""


def places_body(referral: Referral, actor: Actor, moved: Appointment | None = None) -> PlacesBody:
    """Return the free places of the hospital that said yes, day by day; or only those that `moved` may move to."""
    county = pack(referral.county_id)
    last = last_day(referral.county_id, referral.id)
    institution, department = referral.to_institution, referral.to_department
    if moved is None:
        rows = queries.free_places(referral.county_id, institution, department, until=last)
    else:
        # Its own house and department: the hospital may have changed its mind since it was booked.
        institution, department = moved.institution, moved.department
        rows = [row for row in places_like(moved, until=last, limit=200) if row.id != moved.slot_id]
    place = queries.place_of_referral(referral.county_id, referral.id)
    live = place is not None and AppointmentStatus(place.status) in queries.LIVE and not was_seen(referral, place)
    whose = (referral.county_id, referral.resident_id, institution, department)
    first = rows[0].starts_at if rows else None
    free = moved is None and not live
    there = beside.other(actor, *whose[1:]) if free else beside.NO_OTHER
    hurry = free and there["other_id"] is None  # whoever has an ordinary place has found it
    return PlacesBody(
        referral_id=referral.id,
        person=person_of(referral.county_id, referral.resident_id),
        institution=institution,
        institution_name=institution_name(county, institution) or "",
        department=department,
        department_name=department_name(county, department),
        report_to=rows[0].place if rows else "",
        phones=list(desk_phones(county, institution)),
        last_day=last,
        days=[
            DayBody(
                day=day,
                places=[
                    PlaceBody(
                        slot_id=row.id, starts_at=row.starts_at, left=row.left, title=row.title, expert=row.expert
                    )
                    for row in times
                ],
            )
            for day, times in groupby(rows, key=lambda row: row.day)
        ],
        appointment_id=place.id if place is not None and live else None,
        sooner_at=beside.sooner(*whose, than=first, until=last) if hurry else None,
        **there,
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """What is read beside an appointment to show it: its session, whose it is, an offer instead of it, domain time."""

    on: ScheduleSession
    person: PersonLine
    offer_id: UUID | None
    now: datetime


def appointment_body(row: Appointment, actor: Actor, *, image: bool = False) -> AppointmentBody:
    """Return an appointment; with `image`, what the page of it shows besides: the code drawn, the doctor, the price."""
    offer = queries.offer_instead_of(row.county_id, row.id)
    person = person_shown(actor, row.county_id, row.resident_id, row.referral_id)
    shown = Shown(session_of(row), person, offer.id if offer else None, clock.now())
    body = body_of(row, shown, actor, image=image)
    if image:
        order = session().get(ExaminationOrder, (row.county_id, row.order_id)) if row.order_id else None
        body.doctor = doctor_name(row.county_id, shown.on.practitioner_id)
        body.price = price_of_order(order) if order else None
        body.close = _close(actor, row, person)
    return body


def body_of(row: Appointment, shown: Shown, actor: Actor, *, image: bool = False) -> AppointmentBody:
    """Return an appointment as a body from what was read of it, asking the database nothing more."""
    county, on = pack(row.county_id), shown.on
    rules = county.booking
    text = "" if is_veiled(shown.person) else code_text(row)
    way, item = rules.directions_to(row.institution), rules.examination(on.item) if on.item else None
    over = rules.over_quota.reason(row.over_reason) if row.over_reason else None
    return AppointmentBody(
        id=row.id,
        version=row.version,
        status=row.status,
        kind=row.kind,
        kind_name=KIND_NAMES[row.kind],
        referral_id=row.referral_id,
        slot_id=row.slot_id,
        held_until=row.held_until,
        confirm_by=row.confirm_by,
        stopped=on.stopped_at is not None,
        offer_id=shown.offer_id,
        replaces_id=row.replaces_id,
        over_reason=over.text if over else None,
        queue_number=row.queue_number,
        expected_at=row.starts_at,
        directions=[*way.how, *way.inside] if way else [],
        prepare=list(item.prepare) if item else [],
        order_id=row.order_id,
        advice=rules.no_show.text if row.status == AppointmentStatus.NOSHOW else None,
        person=shown.person,
        institution=row.institution,
        institution_name=institution_name(county, row.institution) or "",
        department=row.department,
        department_name=department_name(county, row.department) or "",
        starts_at=row.starts_at,
        title=on.title,
        expert=on.expert,
        doctor=None,
        price=None,
        report_to=on.place,
        report_from=row.starts_at - timedelta(minutes=rules.check_in.early_minutes),
        report_until=row.starts_at + timedelta(minutes=rules.check_in.late_minutes),
        bring=[*rules.check_in.bring, *(rules.check_in.bring_referred if row.referral_id else ())],
        phones=list(desk_phones(county, row.institution)),
        code="" if is_veiled(shown.person) else row.code,  # at the door it tells whom it is about
        code_text=text,
        code_image=_drawn(text) if image and text else None,
        close=None,
        by_doctor=row.by_doctor,
        change_until=row.starts_at - timedelta(hours=rules.cancel.until_hours_before),
        change_late_text=rules.cancel.late_text,
        ended_because=row.ended_because,
        end_reason=_end_reason(rules.cancel, row.end_reason),
        end_instead=instead_text(county, row.institution, row.end_instead),
        actions=_actions(row, shown, actor),
    )


def _close(actor: Actor, row: Appointment, person: PersonLine) -> ClosePlace | None:
    found = None if is_veiled(person) else beside.close_to(actor, row)
    if found is None:
        return None
    county = pack(found.county_id)
    return ClosePlace(
        id=found.id,
        starts_at=found.starts_at,
        institution_name=institution_name(county, found.institution) or "",
        department_name=department_name(county, found.department) or "",
    )


def _end_reason(rule: Cancel, code: str | None) -> str | None:
    found = rule.reason(code) if code else None
    return found.text if found else code


def instead_text(county: Pack, here: str, code: str | None) -> str | None:
    """Return where somebody may go instead, as people say it, with the phones of another house."""
    if code is None:
        return None
    if any(one.code == code for one in county.institutions.institutions):
        return "，".join((institution_name(county, code) or "", *desk_phones(county, code)))
    return f"{institution_name(county, here)}{department_name(county, code)}"


def code_text(row: Appointment) -> str:
    """Return what the check-in code says when it is scanned: nothing about the person."""
    return f"liandong:checkin:{row.county_id}:{row.code}"


@lru_cache(maxsize=512)
def _drawn(text: str) -> str:
    # Ten milliseconds of work, and the same picture each time the page is looked at.
    return segno.make(text, error="m").png_data_uri(scale=8, border=2)


def desk_phones(county: Pack, institution: str) -> tuple[str, ...]:
    """Return the phones of a referral desk, the one on duty at night among them (MS-4.2.1)."""
    entry = county.institutions.institution(institution)
    return tuple(entry.desk.phones if entry.desk else entry.phones)


def _actions(row: Appointment, shown: Shown, actor: Actor) -> list[str]:
    offered = APPOINTMENTS.actions_from(AppointmentStatus(row.status), actor)
    actions = [
        action
        for action in offered
        if action in _PERMISSIONS and not actor.roles.isdisjoint(access.catalogue.get(_PERMISSIONS[action]).grants)
    ]
    if in_time(actor, row, shown.on, shown.now):
        return [str(action) for action in actions]
    return [str(action) for action in actions if action not in (AppointmentAction.MOVE, AppointmentAction.CANCEL)]
