"""转介单: a village doctor hands a person to the township. Light: no signatures, no certificate. Domain-review 5.2."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from backend.alliance.queries import pack
from backend.kernel.errors import Conflict, Forbidden, NotFound
from backend.kernel.roles import Actor
from backend.people.models import Resident
from backend.records.events import HandedOverByVillage, HandoffEnded
from backend.records.measures import Measured
from backend.records.models import VillageHandoff
from backend.records.service import end_grants, grant, record_readings
from backend.records.states import HANDOFFS, HandoffAction, HandoffStatus
from backend.store import access, audit, clock, events
from backend.store.db import session
from backend.store.vault import vault


@dataclass(frozen=True, slots=True)
class Slip:
    """What a village doctor writes: who, what since when, what was measured and given, why, phoned whom, how."""

    resident_id: UUID
    complaint: str
    why: str
    given: str
    since_on: date | None
    values: tuple[Measured, ...]
    phoned: str
    phoned_at: datetime | None
    left_at: datetime | None
    travel: str
    urgent: bool


def hand_over(actor: Actor, slip: Slip) -> VillageHandoff:
    """Send somebody to the township of the clinic, which sees the record from now on.

    Raises Forbidden when the clinic belongs to no township, Conflict for a second slip on its way.
    """
    resident = access.authorize(Resident, slip.resident_id, actor, "handoff.create")
    township = _township(actor)
    assert actor.institution is not None
    assert actor.practitioner_id is not None
    urgent = slip.urgent or slip.travel == "ambulance"
    row = VillageHandoff(
        county_id=actor.county_id,
        resident_id=resident.id,
        practitioner_id=actor.practitioner_id,
        institution=actor.institution,
        to_institution=township,
        urgent=urgent,
        since_on=slip.since_on,
        phoned=slip.phoned,
        phoned_at=slip.phoned_at,
        left_at=slip.left_at or clock.now(),
        travel=slip.travel,
        reading_set_id=record_readings(actor, resident.id, slip.values) if slip.values else None,
    )
    for name in ("complaint", "why", "given"):
        vault().seal(row, name, getattr(slip, name))
    session().add(row)
    session().flush()
    grant(actor.county_id, resident.id, "village_handoff", row.id, [f"institution:{township}"])
    audit.record(
        session(),
        actor,
        "handoff.create",
        "village_handoff",
        row.id,
        resident_id=resident.id,
        after=HandoffStatus.SENT,
        detail={"to": township, "urgent": urgent, "travel": slip.travel},
    )
    events.publish(
        HandedOverByVillage(
            county_id=actor.county_id,
            handoff_id=row.id,
            resident_id=resident.id,
            from_institution=row.institution,
            to_institution=township,
            urgent=urgent,
        )
    )
    return row


def take(actor: Actor, handoff_id: UUID) -> VillageHandoff:
    """A doctor of the township says: I see this person. Raises Conflict when another was faster."""
    row = access.authorize(VillageHandoff, handoff_id, actor, "handoff.take", lock=True)
    _move(actor, row, HandoffAction.TAKE)
    row.taken_by, row.taken_at = actor.practitioner_id, clock.now()
    return row


def cancel(actor: Actor, handoff_id: UUID) -> VillageHandoff:
    """The village doctor takes the slip back; the township's sight ends."""
    row = access.authorize(VillageHandoff, handoff_id, actor, "handoff.cancel", lock=True)
    _move(actor, row, HandoffAction.CANCEL)
    end_grants(actor.county_id, "village_handoff", row.id)
    return row


def see(actor: Actor, handoff_id: UUID, resident_id: UUID) -> VillageHandoff:
    """The person is here: the first visit was opened with this slip. Raises Conflict for another's slip."""
    row = access.authorize(VillageHandoff, handoff_id, actor, "handoff.take", lock=True)
    if row.resident_id != resident_id:
        raise Conflict("another_person", "这张转介单不是这位病人的，请核对姓名和村。")
    _move(actor, row, HandoffAction.SEE)
    # The visit gives sight from here on.
    end_grants(actor.county_id, "village_handoff", row.id)
    return row


def _move(actor: Actor, row: VillageHandoff, action: HandoffAction) -> None:
    before = HandoffStatus(row.status)
    after = HANDOFFS.next(before, action, actor)
    row.status = after
    row.version += 1
    audit.record(
        session(),
        actor,
        f"handoff.{action}",
        "village_handoff",
        row.id,
        resident_id=row.resident_id,
        before=before,
        after=after,
    )
    events.publish(
        HandoffEnded(
            county_id=actor.county_id,
            handoff_id=row.id,
            resident_id=row.resident_id,
            outcome=after,
            practitioner_id=actor.practitioner_id,
        )
    )


def _township(actor: Actor) -> str:
    section = pack(actor.county_id).institutions
    if actor.institution is None:
        raise Forbidden("no_institution", "您的账号还没有挂到村卫生室，请找管理员。")
    try:
        parent = section.institution(actor.institution).parent
    except KeyError as error:
        raise NotFound("no_institution", "本县没有登记这家机构，请找管理员。") from error
    if parent is None:
        raise Forbidden("not_a_village_clinic", "转介单由村卫生室开给乡卫生院；您这里请直接开转诊。")
    return parent
