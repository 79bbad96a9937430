"""People on the wait list as bodies of the API."""

from backend.alliance.queries import pack
from backend.booking.models import WaitlistEntry
from backend.booking.queries import offer_of_wait
from backend.booking.schemas_wait import WaitBody
from backend.booking.states import WAITLIST, WaitAction, WaitStatus
from backend.booking.wait_list import ahead_of
from backend.kernel.roles import Actor
from backend.records.views import department_name, institution_name
from backend.referrals.sight import person_shown
from backend.store import access


def wait_body(row: WaitlistEntry, actor: Actor) -> WaitBody:
    """Return somebody who waits, with the offer they have to answer."""
    county = pack(row.county_id)
    offer = offer_of_wait(row.county_id, row.id)
    status = WaitStatus(row.status)
    may_leave = not actor.roles.isdisjoint(access.catalogue.get("waitlist.leave").grants)
    return WaitBody(
        id=row.id,
        version=row.version,
        status=row.status,
        person=person_shown(actor, row.county_id, row.resident_id, row.referral_id),
        institution=row.institution,
        institution_name=institution_name(county, row.institution) or "",
        department=row.department,
        department_name=department_name(county, row.department) or "",
        priority=row.priority,
        from_on=row.from_on,
        until_on=row.until_on,
        ahead=ahead_of(row) if status is WaitStatus.WAITING else None,
        missed=row.missed,
        offer_id=offer.id if offer else None,
        offer_until=offer.held_until if offer else None,
        appointment_id=row.appointment_id,
        left_because=row.left_because,
        actions=["leave"] if may_leave and WaitAction.LEAVE in WAITLIST.actions_from(status, actor) else [],
    )
