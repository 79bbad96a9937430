"""At the pharmacy: the pharmacist's look, sending back, preparing in the window. LP-16, MS-5.2b."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import update

from backend.alliance.packs.pack import Pack
from backend.alliance.queries import pack as pack_of
from backend.kernel.roles import Actor, Role
from backend.kernel.rules import require
from backend.notices.service import plan_notice
from backend.prescriptions.models import Dispensing, LongPrescription, PrescriptionItem
from backend.prescriptions.moving import FOCUS, check_version, move
from backend.prescriptions.owners import DAY_MINUTES, head_step, next_working_day, phone_of
from backend.prescriptions.queries import dispensings_of, today
from backend.prescriptions.rules import DISPENSE_RULES, REVIEW_RULES, DispenseFacts, ReviewFacts
from backend.prescriptions.states import PrescriptionAction
from backend.store import access, clock
from backend.store.db import session
from backend.store.vault import vault
from backend.worklist.service import Owner, close_tasks, open_task


def review(actor: Actor, prescription_id: UUID, *, version: int | None = None) -> LongPrescription:
    """Let it pass as a pharmacist. Raises RuleBroken for one's own, or one the patient has not agreed to."""
    prescription = access.authorize(LongPrescription, prescription_id, actor, "prescription.review", lock=True)
    check_version(prescription, version)
    facts = ReviewFacts(
        days=prescription.days,
        confirmed=prescription.confirmed_at is not None,
        own=prescription.practitioner_id == actor.practitioner_id,
    )
    require(REVIEW_RULES, facts, pack_of(actor.county_id).source)
    move(
        actor,
        prescription,
        PrescriptionAction.REVIEW,
        reviewed_by=actor.practitioner_id,
        reviewed_at=clock.now(),
    )
    close_tasks(actor.county_id, (FOCUS, prescription.id), "reviewed", kind="prescription_review")
    ask_dispenser(prescription)
    return prescription


def give_back(actor: Actor, prescription_id: UUID, note: str, *, version: int | None = None) -> LongPrescription:
    """Send it back to the doctor with a reason; nothing of it counts, the doctor writes anew."""
    prescription = access.authorize(LongPrescription, prescription_id, actor, "prescription.review", lock=True)
    check_version(prescription, version)
    vault().seal(prescription, "return_note", note)
    move(actor, prescription, PrescriptionAction.RETURN)
    _let_go(prescription)
    close_tasks(actor.county_id, (FOCUS, prescription.id), "returned")
    open_task(
        actor.county_id,
        "prescription_returned",
        Owner(practitioner_id=prescription.practitioner_id),
        dedupe_key=f"prescription.returned:{prescription.id}",
        due_at=next_working_day(pack_of(actor.county_id), prescription.institution),
        focus=(FOCUS, prescription.id),
        resident_id=prescription.resident_id,
        ladder=[head_step(prescription.institution)],
    )
    return prescription


def window_from(pack: Pack, prescription: LongPrescription, number: int) -> date:
    """Return the first day on which a part may be prepared: its start less the county's days before."""
    rule = pack.prescriptions.dispensing
    step = rule.split_days if rule.mode == "split" else 0
    return prescription.starts_on + timedelta(days=step * (number - 1) - rule.window_days_before)


def dispense(actor: Actor, prescription_id: UUID, *, version: int | None = None) -> LongPrescription:
    """Prepare the drugs, all at once or the next part where the county splits. Raises RuleBroken before the window."""
    prescription = access.authorize(LongPrescription, prescription_id, actor, "prescription.dispense", lock=True)
    check_version(prescription, version)
    pack = pack_of(actor.county_id)
    done = dispensings_of(actor.county_id, [prescription.id]).get(prescription.id, [])
    number = len(done) + 1
    require(DISPENSE_RULES, DispenseFacts(today(), window_from(pack, prescription, number)), pack.source)
    move(actor, prescription, PrescriptionAction.DISPENSE, detail={"part": number})
    assert actor.practitioner_id is not None
    session().add(
        Dispensing(
            county_id=actor.county_id,
            resident_id=prescription.resident_id,
            prescription_id=prescription.id,
            number=number,
            days=_part_days(pack, prescription, done),
            institution=prescription.institution,
            practitioner_id=actor.practitioner_id,
            prepared_at=clock.now(),
        )
    )
    session().flush()
    close_tasks(actor.county_id, (FOCUS, prescription.id), "dispensed", kind="prescription_dispense")
    plan_notice(
        actor.county_id,
        "task_waiting",
        dedupe_key=f"prescription.ready:{prescription.id}:{prescription.version}",
        focus=(FOCUS, prescription.id),
        resident_id=prescription.resident_id,
        page="features/prescriptions/pages/mine",
        fallback=phone_of(actor.county_id, prescription.resident_id, prescription.practitioner_id),
    )
    return prescription


def ask_dispenser(prescription: LongPrescription) -> None:
    """Put the preparing of the next part on the pharmacy's list, not before its window opens."""
    pack = pack_of(prescription.county_id)
    number = len(dispensings_of(prescription.county_id, [prescription.id]).get(prescription.id, ())) + 1
    opens = window_from(pack, prescription, number)
    wait = timedelta(days=max((opens - today()).days, 0))
    open_task(
        prescription.county_id,
        "prescription_dispense",
        Owner(role=Role.DISPENSER, institution=prescription.institution),
        dedupe_key=f"prescription.dispense:{prescription.id}:{prescription.version}",
        due_at=next_working_day(pack, prescription.institution) + wait,
        focus=(FOCUS, prescription.id),
        resident_id=prescription.resident_id,
        ladder=[Owner(role=Role.PHARMACIST, institution=prescription.institution).step(DAY_MINUTES)],
    )


def _part_days(pack: Pack, prescription: LongPrescription, done: list[Dispensing]) -> int:
    left = prescription.days - sum(one.days for one in done)
    rule = pack.prescriptions.dispensing
    return min(left, rule.split_days) if rule.mode == "split" else left


def _let_go(prescription: LongPrescription) -> None:
    session().execute(
        update(PrescriptionItem)
        .where(
            PrescriptionItem.county_id == prescription.county_id,
            PrescriptionItem.prescription_id == prescription.id,
        )
        .values(live=False)
    )
