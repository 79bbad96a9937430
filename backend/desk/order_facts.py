"""What a doctor's order says of an examination that waits for the desk: which, by whom, what was asked before."""

from dataclasses import dataclass

from backend.alliance.queries import pack
from backend.booking.models import Appointment
from backend.records.models_orders import ExaminationOrder
from backend.records.views import institution_name, practitioner_of
from backend.store.db import session


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """The examination in words."""

    name: str
    by: str
    answered: tuple[str, ...]
    unanswered: tuple[str, ...]


def of(row: Appointment) -> OrderFacts | None:
    """Return what the order of a booked examination says, or None for any other place."""
    order = session().get(ExaminationOrder, (row.county_id, row.order_id)) if row.order_id else None
    if order is None:
        return None
    county = pack(row.county_id)
    item = county.booking.examination(order.item)
    doctor = practitioner_of(row.county_id, order.practitioner_id)
    asked = item.questions if item else ()
    return OrderFacts(
        name=item.name if item else order.item,
        by=" ".join(filter(None, (doctor.name if doctor else "", institution_name(county, order.institution)))),
        answered=tuple(one.text for one in asked if one.code in order.answers),
        unanswered=tuple(one.text for one in asked if one.code not in order.answers),
    )
