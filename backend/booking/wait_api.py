"""HTTP of the wait list and of offers: join, see, leave, take what is offered."""

from uuid import UUID

from flask import Blueprint

from backend.booking import offers, queries, service, wait_list
from backend.booking.models import Appointment, WaitlistEntry
from backend.booking.schemas import AppointmentBody
from backend.booking.schemas_wait import WaitBody, WaitIn
from backend.booking.views import appointment_body
from backend.booking.views_wait import wait_body
from backend.kernel.errors import Invalid
from backend.kernel.roles import Actor, Role
from backend.people.models import Resident
from backend.referrals.models import Referral
from backend.store import access
from backend.web.operations import expected_version, operation
from backend.web.paging import Page, PageQuery, fetch_page

routes = Blueprint("wait", __name__)


@routes.post("/waitlist")
@operation("waitlist.join", summary="候补：有人退号就告诉我", tag="候补", body=WaitIn, answer=WaitBody, status=201)
def join(actor: Actor, body: WaitIn) -> WaitBody:
    referral = None
    whom = body.resident_id or actor.subject_id
    if body.referral_id is not None:
        referral = access.authorize(Referral, body.referral_id, actor, "appointment.book")
        whom = referral.resident_id
    if whom is None:
        raise Invalid("nobody", "请先说给谁候补。")
    resident = access.authorize(Resident, whom, actor, "waitlist.join")
    row = wait_list.join(
        actor,
        resident,
        body.institution,
        body.department,
        body.from_on,
        body.until_on,
        referral=referral,
        priority=body.priority,
    )
    return wait_body(row, actor)


@routes.get("/waitlist")
@operation("waitlist.read", summary="候补，新的在前", tag="候补", query=PageQuery, answer=Page[WaitBody])
def list_waiting(actor: Actor, query: PageQuery) -> Page[WaitBody]:
    rows, cursor = fetch_page(access.scoped_query(WaitlistEntry, actor, "waitlist.read"), WaitlistEntry.id, query)
    return Page[WaitBody](items=[wait_body(row, actor) for row in rows], next_cursor=cursor)


@routes.get("/waitlist/<uuid:waitlist_entry_id>")
@operation("waitlist.read", summary="一个候补：前面几位，有没有候补到", tag="候补", answer=WaitBody)
def read(actor: Actor, waitlist_entry_id: UUID) -> WaitBody:
    return wait_body(access.authorize(WaitlistEntry, waitlist_entry_id, actor, "waitlist.read"), actor)


@routes.post("/waitlist/<uuid:waitlist_entry_id>/leave")
@operation("waitlist.leave", summary="不候补了", tag="候补", answer=WaitBody)
def leave(actor: Actor, waitlist_entry_id: UUID) -> WaitBody:
    row = access.authorize(WaitlistEntry, waitlist_entry_id, actor, "waitlist.leave")
    wait_list.require_waiting(row)
    at_desk = actor.has(Role.DESK_CLERK, Role.MEDICAL_OFFICE)
    own = actor.subject_id == row.resident_id
    service.leave_wait(actor, row, "self" if own else "desk" if at_desk else "doctor")
    return wait_body(row, actor)


@routes.post("/appointments/<uuid:appointment_id>/accept")
@operation("appointment.change", summary="要这个候补到的号", tag="候补", answer=AppointmentBody)
def accept(actor: Actor, appointment_id: UUID) -> AppointmentBody:
    row = access.authorize(Appointment, appointment_id, actor, "appointment.change")
    taken = offers.accept(actor, row, expected_version() or row.version)
    return appointment_body(queries.appointment(actor.county_id, taken), actor, image=True)
