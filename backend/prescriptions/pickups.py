"""Handing out: fetched by a village doctor for several, given into a hand, with the register of both papers. LP-13."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import update

from backend.alliance.queries import pack as pack_of
from backend.contracts.events import ServiceDelivered
from backend.contracts.signature import MEDIA_TYPE, read_signature
from backend.kernel.errors import Conflict, Forbidden
from backend.kernel.roles import Actor, Role
from backend.kernel.rules import require
from backend.people.models import Resident
from backend.prescriptions.events import PrescriptionCollected
from backend.prescriptions.models import Dispensing, LongPrescription, Pickup, PrescriptionItem
from backend.prescriptions.moving import FOCUS, check_version, move
from backend.prescriptions.pharmacy import ask_dispenser
from backend.prescriptions.queries import dispensings_of, today
from backend.prescriptions.rules import PICKUP_RULES, PickupFacts
from backend.prescriptions.states import PrescriptionAction, PrescriptionStatus
from backend.store import access, audit, clock, files
from backend.store.db import session
from backend.store.events import publish
from backend.store.vault import vault
from backend.worklist.service import close_tasks


@dataclass(frozen=True, slots=True)
class Seen:
    """What was looked at when drugs were handed over; digits are the last four of a number."""

    by_other: bool
    patient_paper: str
    patient_digits: str
    collector_name: str = ""
    relation: str = ""
    collector_paper: str = "id_card"
    collector_digits: str = ""
    knows_patient: bool = False
    signature: str = ""
    signed_on_paper: bool = False


@dataclass(frozen=True, slots=True)
class Fetch:
    """One patient's drugs that a village doctor takes along."""

    prescription_id: UUID
    patient_paper: str
    patient_digits: str


def fetch(actor: Actor, wanted: list[Fetch]) -> list[LongPrescription]:
    """Let a village doctor take several patients' drugs along, all or none (代领登记)."""
    if actor.practitioner_id is None:
        raise Forbidden("no_institution", "您的账号还没有挂到医疗机构，请找管理员。")
    taken = []
    for one in sorted(wanted, key=lambda one: one.prescription_id):
        prescription = access.authorize(LongPrescription, one.prescription_id, actor, "prescription.fetch", lock=True)
        waiting = _waiting(prescription)
        if waiting.fetched_by is not None:
            raise Conflict("already_fetched", "这份药已经有村医代领了，请刷新看看。")
        facts = PickupFacts(
            by_other=True,
            other_allowed=pack_of(actor.county_id).prescriptions.dispensing.pickup_by_other,
            patient_digits_match=_digits_match(prescription, one.patient_paper, one.patient_digits),
            collector_complete=True,  # the village doctor is known by the account
            knows_patient=True,
            signed=True,
        )
        require(PICKUP_RULES, facts, pack_of(actor.county_id).source)
        waiting.fetched_by, waiting.fetched_at = actor.practitioner_id, clock.now()
        prescription.version += 1
        audit.record(
            session(),
            actor,
            "prescription.fetch",
            "long_prescription",
            prescription.id,
            resident_id=prescription.resident_id,
            detail={"paper": one.patient_paper},
        )
        taken.append(prescription)
    return taken


def hand_out(actor: Actor, prescription_id: UUID, seen: Seen, *, version: int | None = None) -> LongPrescription:
    """Give the drugs into a hand and write the register. Raises RuleBroken when a paper, name or sign is missing."""
    prescription = access.authorize(LongPrescription, prescription_id, actor, "prescription.hand_out", lock=True)
    check_version(prescription, version)
    assert actor.practitioner_id is not None and actor.institution is not None
    waiting, pack = _waiting(prescription), pack_of(actor.county_id)
    _who_has_it(actor, waiting)
    facts = PickupFacts(
        by_other=seen.by_other,
        other_allowed=pack.prescriptions.dispensing.pickup_by_other,
        patient_digits_match=_digits_match(prescription, seen.patient_paper, seen.patient_digits),
        collector_complete=bool(seen.collector_name.strip() and seen.relation.strip() and seen.collector_digits),
        knows_patient=seen.knows_patient,
        signed=seen.signed_on_paper or bool(seen.signature),
    )
    require(PICKUP_RULES, facts, pack.source)
    _register(actor, prescription, waiting, seen)
    if waiting.number == 1:
        _count_from_today(prescription)
    left = prescription.days - sum(
        one.days for one in dispensings_of(actor.county_id, [prescription.id])[prescription.id]
    )
    if left > 0:
        move(actor, prescription, PrescriptionAction.HAND_OUT_PART, detail={"part": waiting.number})
        ask_dispenser(prescription)
        return prescription
    move(actor, prescription, PrescriptionAction.HAND_OUT, collected_at=clock.now())
    close_tasks(actor.county_id, (FOCUS, prescription.id), "collected")
    publish(
        PrescriptionCollected(
            county_id=actor.county_id,
            prescription_id=prescription.id,
            resident_id=prescription.resident_id,
            run_out_on=prescription.run_out_on,
        )
    )
    publish(
        ServiceDelivered(
            county_id=actor.county_id,
            practitioner_id=prescription.practitioner_id,
            institution=prescription.institution,
            service="long-prescription",
            focus_kind=FOCUS,
            focus_id=prescription.id,
            resident_id=prescription.resident_id,
        )
    )
    return prescription


def _waiting(prescription: LongPrescription) -> Dispensing:
    found = dispensings_of(prescription.county_id, [prescription.id]).get(prescription.id, [])
    if not found or prescription.status != PrescriptionStatus.DISPENSED:
        raise Conflict("not_prepared", "药还没有配好，或者已经取走了，请刷新看看。")
    return found[-1]


def _who_has_it(actor: Actor, waiting: Dispensing) -> None:
    if waiting.fetched_by is not None and waiting.fetched_by != actor.practitioner_id:
        raise Conflict("with_village_doctor", "药已由村医代领，请在村医那里取。")
    if waiting.fetched_by is None and not actor.has(Role.PHARMACIST, Role.DISPENSER):
        raise Conflict("still_at_pharmacy", "药还在卫生院药房，请先办代领再发。")


def _digits_match(prescription: LongPrescription, paper: str, digits: str) -> bool:
    # Somebody without an identity card shows another paper: it was seen, there is nothing on file to hold it against.
    resident = session().get_one(Resident, (prescription.county_id, prescription.resident_id))
    number = vault().open(resident, "id_number")
    if paper != "id_card" or number is None:
        return paper != "id_card" or len(digits) == 4
    return number[-4:].upper() == digits.upper()


def _register(actor: Actor, prescription: LongPrescription, waiting: Dispensing, seen: Seen) -> None:
    assert actor.practitioner_id is not None and actor.institution is not None
    pickup = Pickup(
        county_id=actor.county_id,
        resident_id=prescription.resident_id,
        prescription_id=prescription.id,
        dispensing_id=waiting.id,
        institution=actor.institution,
        practitioner_id=actor.practitioner_id,
        picked_at=clock.now(),
        collected_by="other" if seen.by_other else "self",
        patient_paper=seen.patient_paper,
        collector_paper=seen.collector_paper if seen.by_other else None,
        relation=seen.relation if seen.by_other else None,
        signed_how="screen" if seen.signature else "paper",
    )
    if seen.by_other:
        vault().seal(pickup, "collector_name", seen.collector_name)
        vault().seal(pickup, "collector_digits", seen.collector_digits)
    if seen.signature:
        sheet = files.put(
            session(),
            actor.county_id,
            name="signature.png",
            media_type=MEDIA_TYPE,
            content=read_signature(seen.signature),
            resident_id=prescription.resident_id,
        )
        session().flush()
        pickup.signature_file = sheet.id
    session().add(pickup)
    session().flush()


def _count_from_today(prescription: LongPrescription) -> None:
    # Who collects late starts late: the reminder counts from the day the drugs were in hand.
    prescription.counted_on = today()
    prescription.starts_on = max(prescription.starts_on, today())
    prescription.run_out_on = prescription.starts_on + timedelta(days=prescription.days)
    session().flush()
    _stretch(prescription)


def _stretch(prescription: LongPrescription) -> None:
    session().execute(
        update(PrescriptionItem)
        .where(
            PrescriptionItem.county_id == prescription.county_id,
            PrescriptionItem.prescription_id == prescription.id,
        )
        .values(starts_on=prescription.starts_on, run_out_on=prescription.run_out_on)
    )
