"""What a desk ends by hand: a place, with a reason; one that waits for a yes, with a reason and another way."""

from uuid import UUID

from backend.alliance.queries import pack, source_lookup
from backend.booking import open_places, service
from backend.booking.models import Appointment
from backend.booking.models_beds import BedRequest
from backend.booking.rules_staff import END, REFUSE, EndFacts
from backend.booking.states import AppointmentStatus
from backend.kernel.errors import Conflict
from backend.kernel.roles import Actor
from backend.kernel.rules import require
from backend.people.hands import already


def cancel_with_reason(actor: Actor, row: Appointment, version: int, reason: str) -> None:
    """End a place for somebody who asked the desk to. Raises RuleBroken without a reason, and as `cancel` does."""
    known = {one.code for one in pack(row.county_id).booking.cancel.desk_reasons}
    require(END, EndFacts(reason in known), source_lookup(row.county_id))
    service.cancel(actor, row, version, "desk", reason=reason)


def refuse(actor: Actor, row: Appointment, version: int, reason: str, instead: str) -> None:
    """Say no to a place that waits for the desk: with a reason, and with where the person may go.

    Raises RuleBroken without either, Conflict when it waits no more.
    """
    known = {one.code for one in pack(row.county_id).booking.cancel.refuse_reasons}
    facts = EndFacts(reason in known, instead in {code for code, _ in ways_instead(row)})
    require(REFUSE, facts, source_lookup(row.county_id))
    if row.status != AppointmentStatus.PENDING:
        raise Conflict("not_waiting", already(row.county_id, "appointment", row.id, "处理过这个号"))
    service.cancel(actor, row, version, "refused", reason=reason, instead=instead)


def grant_at(actor: Actor, row: Appointment, slot_id: UUID, version: int) -> None:
    """Say yes to a place that waits, at another time: moved and sure at once, or neither."""
    service.move(actor, row, slot_id, version)
    open_places.grant(actor, row, row.version)


def ways_instead(row: Appointment | BedRequest) -> list[tuple[str, str]]:
    """Return where somebody may be sent: another department of the house, another house that has this one."""
    county = pack(row.county_id)
    here = county.institutions.institution(row.institution)
    rooms = [county.institutions.department(code) for code in here.departments if code != row.department]
    kinds = ("clinical",) if isinstance(row, BedRequest) else ("clinical", "technical")
    return [
        *((one.code, f"本院{one.name}") for one in rooms if one.kind in kinds),
        *(
            (one.code, one.name)
            for one in county.institutions.institutions
            if one.code != row.institution and row.department in one.departments
        ),
    ]
