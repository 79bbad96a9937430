"""Reads of long prescriptions that other rooms need too."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from backend.alliance.packs.pack import Pack
from backend.alliance.queries import pack as pack_of
from backend.kernel.clock import age_on, local_day
from backend.people.models import Resident
from backend.prescriptions.formulary import not_kept
from backend.prescriptions.models import Dispensing, LongPrescription, PrescriptionItem
from backend.prescriptions.states import PENDING, PrescriptionStatus
from backend.records.models import Reading
from backend.store import clock
from backend.store.db import session


@dataclass(frozen=True, slots=True)
class LastReading:
    """The newest value of a measure, and whether it is below the aim of the county's protocol (None: no aim)."""

    code: str
    name: str
    value: float
    unit: str
    taken_at: datetime
    aim: float | None
    met: bool | None


def today() -> date:
    """Return the calendar day in China of domain time."""
    return local_day(clock.now())


def missing_drugs(county_id: str, institution: str, drug_codes: Sequence[str]) -> tuple[str, ...]:
    """Return the drugs that an institution does not keep, for a hand-over's check (XM-5.7, MS-5.2a).

    Ask for the township that manages the patient, also when they go home to a village.
    """
    return not_kept(pack_of(county_id), institution, drug_codes)


def running(county_id: str, resident_id: UUID) -> list[LongPrescription]:
    """Return what is on its way, in use today, or frozen; the newest first."""
    return list(
        session().scalars(
            select(LongPrescription)
            .where(
                LongPrescription.county_id == county_id,
                LongPrescription.resident_id == resident_id,
                or_(
                    LongPrescription.status.in_([*PENDING, PrescriptionStatus.FROZEN]),
                    (LongPrescription.status == PrescriptionStatus.COLLECTED) & (LongPrescription.run_out_on > today()),
                ),
            )
            .order_by(LongPrescription.id.desc())
        )
    )


def last_of_course(county_id: str, resident_id: UUID, condition: str) -> LongPrescription | None:
    """Return the newest prescription for a disease that reached the patient or was stopped, or None."""
    return session().scalar(
        select(LongPrescription)
        .where(
            LongPrescription.county_id == county_id,
            LongPrescription.resident_id == resident_id,
            LongPrescription.condition == condition,
            LongPrescription.status.in_(
                [PrescriptionStatus.COLLECTED, PrescriptionStatus.STOPPED, PrescriptionStatus.FROZEN]
            ),
        )
        .order_by(LongPrescription.id.desc())
        .limit(1)
    )


def covered_until(county_id: str, resident_id: UUID, drugs: Sequence[str]) -> date | None:
    """Return the first day without any of these drugs, as far as they were prescribed; None when never."""
    return session().scalar(
        select(func.max(PrescriptionItem.run_out_on)).where(
            PrescriptionItem.county_id == county_id,
            PrescriptionItem.resident_id == resident_id,
            PrescriptionItem.drug.in_(drugs),
            PrescriptionItem.live,
        )
    )


def items_of(county_id: str, prescription_ids: Sequence[UUID]) -> dict[UUID, list[PrescriptionItem]]:
    """Return the drugs of some prescriptions, in order."""
    found: dict[UUID, list[PrescriptionItem]] = {}
    for item in session().scalars(
        select(PrescriptionItem)
        .where(PrescriptionItem.county_id == county_id, PrescriptionItem.prescription_id.in_(prescription_ids))
        .order_by(PrescriptionItem.prescription_id, PrescriptionItem.number)
    ):
        found.setdefault(item.prescription_id, []).append(item)
    return found


def dispensings_of(county_id: str, prescription_ids: Sequence[UUID]) -> dict[UUID, list[Dispensing]]:
    """Return what was prepared and not put back, in order."""
    found: dict[UUID, list[Dispensing]] = {}
    for one in session().scalars(
        select(Dispensing)
        .where(
            Dispensing.county_id == county_id,
            Dispensing.prescription_id.in_(prescription_ids),
            Dispensing.voided_at.is_(None),
        )
        .order_by(Dispensing.number)
    ):
        found.setdefault(one.prescription_id, []).append(one)
    return found


def last_readings(pack: Pack, resident: Resident, condition: str, *, days: int | None = None) -> list[LastReading]:
    """Return the newest value of each measure of the disease's protocol, with its aim at the person's age."""
    day = today()
    protocol = next((p for p in pack.followup.protocols if p.condition == condition and p.in_force(day)), None)
    if protocol is None:
        return []
    measures = {measure.code: measure for measure in protocol.measures}
    query = select(Reading).where(
        Reading.county_id == resident.county_id,
        Reading.resident_id == resident.id,
        Reading.code.in_(measures),
    )
    if days is not None:
        query = query.where(Reading.taken_at > clock.now() - timedelta(days=days))
    newest = session().scalars(
        query.ext(distinct_on(Reading.code)).order_by(Reading.code, Reading.taken_at.desc(), Reading.id.desc())
    )
    age, found = age_on(resident.birth_on, day), []
    for reading in newest:
        measure = measures[reading.code]
        aim, value = measure.target(age), float(reading.value)
        met = None if aim is None else value < aim
        found.append(LastReading(reading.code, measure.name, value, reading.unit, reading.taken_at, aim, met))
    order = list(measures)
    return sorted(found, key=lambda one: order.index(one.code))


def has_aims(pack: Pack, condition: str) -> bool:
    """Say whether the county's protocol for a disease has a value to reach at all."""
    day = today()
    return any(
        measure.controlled_below is not None
        for protocol in pack.followup.protocols
        if protocol.condition == condition and protocol.in_force(day)
        for measure in protocol.measures
    )
