"""Places without a referral: kept for a short checkout, then sure, or waiting for the desk as the county's pack says.

What waits for a hand never loses its place: the deadline runs in working time, and it escalates.
"""

from datetime import datetime
from uuid import UUID

from backend.alliance.queries import pack
from backend.alliance.working_time import office
from backend.booking import refusals_open
from backend.booking.codes import new_code
from backend.booking.events import AppointmentBooked, AppointmentSubmitted
from backend.booking.models import Appointment
from backend.booking.offers import by_proxy, expire
from backend.booking.running import hint, run
from backend.booking.statements_open import PROMOTE, TAKE
from backend.booking.states import APPOINTMENTS, AppointmentAction, AppointmentStatus
from backend.kernel.clock import local_day
from backend.kernel.ids import new_id
from backend.kernel.roles import Actor, Role
from backend.people.models import Resident
from backend.store import clock
from backend.store.db import session
from backend.web import live
from backend.worklist.service import Owner, close_tasks, open_task

ESCALATED_AFTER = 60
"""Minutes that the medical office has once a place that waits for the desk becomes theirs."""


def take(actor: Actor, resident: Resident, slot_id: UUID) -> UUID:
    """Keep a place for a person while the rest is filled in. Returns the appointment's id.

    Raises Conflict (full, over, booked already) or RuleBroken (not let go yet, limits, contract), with what to do.
    """
    by_family = actor.has(Role.RESIDENT) and actor.subject_id == resident.id
    proxy = by_proxy(actor, resident.id)
    house = actor.institution if not by_family and actor.has(Role.DESK_CLERK, Role.MEDICAL_OFFICE) else None
    for _ in range(2):
        made = _take(actor, resident.id, slot_id, proxy=proxy, house=house, by_doctor=not by_family)
        if made is not None:
            return made
        if not expire(actor.county_id, slot_id):
            break  # otherwise a checkout had just run out here: its place is free now
    raise refusals_open.of_taking(actor, resident.id, slot_id, proxy=proxy, house=house)


def confirm(actor: Actor, row: Appointment, version: int) -> None:
    """Make a hold sure, or hand it to the desk where the pack wants a hand. Raises Conflict when it ran out."""
    by_hand = pack(row.county_id).booking.confirmation(row.kind)
    if by_hand.by == "self":
        told = AppointmentBooked(county_id=row.county_id, appointment_id=row.id, resident_id=row.resident_id)
        _promote(actor, row, version, AppointmentAction.CONFIRM, told)
        return
    deadline = working_deadline(row.county_id, row.institution, by_hand.limit_working_minutes)
    waits = AppointmentSubmitted(county_id=row.county_id, appointment_id=row.id, resident_id=row.resident_id)
    _promote(actor, row, version, AppointmentAction.SUBMIT, waits, deadline)
    ask_desk(row, deadline)


def grant(actor: Actor, row: Appointment, version: int) -> None:
    """Say yes at the desk to a place that waits for it."""
    told = AppointmentBooked(county_id=row.county_id, appointment_id=row.id, resident_id=row.resident_id)
    _promote(actor, row, version, AppointmentAction.GRANT, told)
    close_tasks(row.county_id, ("appointment", row.id), "handled", kind="booking.confirm")


def working_deadline(county_id: str, institution: str, minutes: int) -> datetime:
    """Return when a desk has to have answered: so many minutes of its own working time."""
    now = clock.now()
    return office(pack(county_id), "referral_desk", local_day(now), institution).after_minutes(now, minutes).at


def ask_desk(row: Appointment, deadline: datetime) -> None:
    """Put a place that waits for a hand on the desk's list; overdue, it climbs to the medical office."""
    open_task(
        row.county_id,
        "booking.confirm",
        Owner(role=Role.DESK_CLERK, institution=row.institution),
        dedupe_key=f"booking.confirm:{row.id}",
        due_at=deadline,
        focus=("appointment", row.id),
        resident_id=row.resident_id,
        ladder=[Owner(role=Role.MEDICAL_OFFICE, institution=row.institution).step(ESCALATED_AFTER)],
        detail={"kind": row.kind},
    )


def _take(
    actor: Actor, resident_id: UUID, slot_id: UUID, *, proxy: bool, house: str | None, by_doctor: bool
) -> UUID | None:
    rules, made = pack(actor.county_id).booking, new_id()
    given = {
        "county": actor.county_id,
        "resident": resident_id,
        "slot": slot_id,
        "appointment": made,
        "audit": new_id(),
        "account": actor.account_id,
        "acting_for": actor.acting_for,
        "by_doctor": by_doctor,
        "proxy": proxy,
        "house": house,
        "code": new_code(),
        "minutes": rules.hold.checkout_minutes,
        "most": rules.limits.open_per_person,
        "most_by_proxy": rules.limits.open_by_proxy,
    }
    row = session().execute(TAKE, given).one_or_none()
    if row is None:
        return None
    live.hint(actor.county_id, f"institution:{row.institution}", "booking", made)
    return made


def _promote(
    actor: Actor,
    row: Appointment,
    version: int,
    action: AppointmentAction,
    told: AppointmentBooked | AppointmentSubmitted,
    confirm_by: datetime | None = None,
) -> None:
    wanted = AppointmentStatus.PENDING if action is AppointmentAction.GRANT else AppointmentStatus.HELD
    if row.status != wanted:
        raise refusals_open.of_promoting(row, version, wanted)
    to = APPOINTMENTS.next(wanted, action, actor)
    done = run(
        PROMOTE,
        actor,
        told,
        **{"appointment": row.id, "version": version, "from": wanted, "to": to, "action": action},
        confirm_by=confirm_by,
    )
    if done is None:
        raise refusals_open.of_promoting(row, version, wanted)
    session().refresh(row)
    hint(row.county_id, row.institution, row.resident_id, row.id)
