"""Points for services really done (XM-5.2c): the pack says how many, what shows the service counts once."""

from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, false, func
from sqlalchemy.dialects.postgresql import insert

from backend.alliance.queries import pack as pack_of
from backend.contracts.events import ServiceDelivered
from backend.contracts.models import ServicePoint
from backend.contracts.queries import today
from backend.kernel.ids import new_id
from backend.kernel.roles import Actor
from backend.people.models import Practitioner
from backend.store import access
from backend.store.db import session


@dataclass(frozen=True, slots=True)
class Workload:
    """What one clinician did in a span of days: services by code, and the points they give."""

    practitioner_id: UUID
    name: str
    services: dict[str, int]
    points: int


def credit(event: ServiceDelivered) -> None:
    """Write the points of one service; a service the pack gives no points for is not written."""
    worth = next((p.points for p in pack_of(event.county_id).contracts.points if p.service == event.service), None)
    if worth is None:
        return
    session().execute(
        insert(ServicePoint)
        .values(
            county_id=event.county_id,
            id=new_id(),
            practitioner_id=event.practitioner_id,
            institution=event.institution,
            service=event.service,
            points=worth,
            focus_kind=event.focus_kind,
            focus_id=event.focus_id,
            resident_id=event.resident_id,
            done_on=today(),
        )
        .on_conflict_do_nothing()
    )


def workload(actor: Actor, since: date, until: date) -> list[Workload]:
    """Return the work done between two days, both included: one's own, one's institutions', or the county's."""
    rows = session().execute(
        access.scoped_query(ServicePoint, actor, "workload.read")
        .with_only_columns(
            ServicePoint.practitioner_id,
            Practitioner.name,
            ServicePoint.service,
            func.count(),
            func.sum(ServicePoint.points),
        )
        .join(
            Practitioner,
            (Practitioner.county_id == ServicePoint.county_id) & (Practitioner.id == ServicePoint.practitioner_id),
        )
        .where(ServicePoint.done_on.between(since, until))
        .group_by(ServicePoint.practitioner_id, Practitioner.name, ServicePoint.service)
    )
    found: dict[UUID, Workload] = {}
    for practitioner_id, name, service, number, points in rows:
        sofar = found.get(practitioner_id, Workload(practitioner_id, name, {}, 0))
        found[practitioner_id] = Workload(
            practitioner_id, name, {**sofar.services, service: int(number)}, sofar.points + int(points)
        )
    return sorted(found.values(), key=lambda one: (-one.points, one.name))


def of_institution(model: Any, actor: Actor) -> ColumnElement[bool]:
    """Return what INSTITUTION means for points: the actor's own and, for a township, its village clinics."""
    if actor.institution is None:
        return false()
    places = [actor.institution]
    places += [
        one.code
        for one in pack_of(actor.county_id).institutions.institutions
        if one.parent == actor.institution and one.kind == "village_clinic"
    ]
    return cast("ColumnElement[bool]", model.institution.in_(places))
