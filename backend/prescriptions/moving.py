"""How a long prescription moves: one function that follows the table, and what every move brings with it."""

from typing import Any
from uuid import UUID

from sqlalchemy import exists, select, update

from backend.alliance.queries import pack as pack_of
from backend.kernel.errors import Stale
from backend.kernel.roles import Actor, Role
from backend.prescriptions.events import PrescriptionFrozen, PrescriptionStopped
from backend.prescriptions.models import Dispensing, LongPrescription, Pickup, PrescriptionItem, PrescriptionRenewal
from backend.prescriptions.owners import DAY_MINUTES, doctor_of, head_step, next_working_day, within_hours
from backend.prescriptions.queries import dispensings_of
from backend.prescriptions.states import (
    PRESCRIPTIONS,
    RENEWALS,
    PrescriptionAction,
    PrescriptionStatus,
    RenewalAction,
    RenewalStatus,
)
from backend.store import access, audit, clock
from backend.store.db import session
from backend.store.events import publish
from backend.store.vault import vault
from backend.web import live
from backend.worklist.service import Owner, close_tasks, open_task

FOCUS = "long_prescription"


def move(
    actor: Actor,
    prescription: LongPrescription,
    action: PrescriptionAction,
    *,
    detail: dict[str, Any] | None = None,
    **changes: Any,
) -> None:
    """Follow the table, change what goes with it in the same row, write the audit row, tell who looks."""
    before = PrescriptionStatus(prescription.status)
    prescription.status = PRESCRIPTIONS.next(before, action, actor)
    for name, value in changes.items():
        setattr(prescription, name, value)
    prescription.version += 1
    audit.record(
        session(),
        actor,
        f"prescription.{action}",
        "long_prescription",
        prescription.id,
        resident_id=prescription.resident_id,
        before=before,
        after=prescription.status,
        detail=detail or {},
    )
    session().flush()
    for room in (f"resident:{prescription.resident_id}", f"institution:{prescription.institution}"):
        live.hint(prescription.county_id, room, FOCUS, prescription.id)


def check_version(prescription: LongPrescription, version: int | None) -> None:
    """Refuse a step on what somebody else has just changed. Raises Stale."""
    if version is not None and version != prescription.version:
        raise Stale("stale", "刚才有变化，请刷新后再办。", extra={"version": prescription.version})


def ask_pharmacist(prescription: LongPrescription) -> None:
    """Put the review on the pharmacists' list, due in the county's hours."""
    pack = pack_of(prescription.county_id)
    open_task(
        prescription.county_id,
        "prescription_review",
        Owner(role=Role.PHARMACIST, institution=prescription.institution),
        dedupe_key=f"prescription.review:{prescription.id}:{prescription.version}",
        due_at=within_hours(pack, prescription.institution, pack.prescriptions.dispensing.review_hours),
        focus=(FOCUS, prescription.id),
        resident_id=prescription.resident_id,
        ladder=[Owner(practitioner_id=prescription.practitioner_id).step(DAY_MINUTES)],
    )


def freeze(actor: Actor, prescription: LongPrescription, reason: str) -> None:
    """Stop the hand-out and the renewal until a doctor decides (LP-12); a village doctor keeps what he fetched."""
    county_id = prescription.county_id
    move(
        actor,
        prescription,
        PrescriptionAction.FREEZE,
        frozen_reason=reason,
        frozen_at=clock.now(),
        detail={"reason": reason},
    )
    close_tasks(county_id, (FOCUS, prescription.id), "frozen")
    open_task(
        county_id,
        "prescription_frozen",
        Owner(practitioner_id=doctor_of(prescription)),
        dedupe_key=f"prescription.frozen:{prescription.id}:{prescription.version}",
        due_at=next_working_day(pack_of(county_id), prescription.institution),
        focus=(FOCUS, prescription.id),
        resident_id=prescription.resident_id,
        priority="urgent",
        ladder=[head_step(prescription.institution)],
        detail={"reason": reason},
    )
    for one in dispensings_of(county_id, [prescription.id]).get(prescription.id, ()):
        if one.fetched_by is not None and not _picked(one):
            open_task(
                county_id,
                "prescription_hold",
                Owner(practitioner_id=one.fetched_by),
                dedupe_key=f"prescription.hold:{one.id}:{prescription.version}",
                due_at=clock.now(),
                focus=(FOCUS, prescription.id),
                resident_id=prescription.resident_id,
                priority="urgent",
            )
    publish(
        PrescriptionFrozen(
            county_id=county_id, prescription_id=prescription.id, resident_id=prescription.resident_id, reason=reason
        )
    )


def go_on(actor: Actor, prescription_id: UUID, *, version: int | None = None) -> LongPrescription:
    """Decide that a frozen one goes on: in use as before, or looked at by a pharmacist anew when not yet collected."""
    prescription = access.authorize(LongPrescription, prescription_id, actor, "prescription.decide", lock=True)
    check_version(prescription, version)
    if prescription.collected_at is not None:
        move(actor, prescription, PrescriptionAction.GO_ON, frozen_reason=None, frozen_at=None)
        close_tasks(actor.county_id, (FOCUS, prescription.id), "goes_on")
        return prescription
    move(actor, prescription, PrescriptionAction.RESUME, frozen_reason=None, frozen_at=None, reviewed_by=None)
    _put_back(prescription)
    close_tasks(actor.county_id, (FOCUS, prescription.id), "goes_on")
    ask_pharmacist(prescription)
    return prescription


def stop(
    actor: Actor, prescription_id: UUID, reason: str, note: str = "", *, version: int | None = None
) -> LongPrescription:
    """Stop it for good; the next one counts as a first one (LP-11)."""
    prescription = access.authorize(LongPrescription, prescription_id, actor, "prescription.decide", lock=True)
    check_version(prescription, version)
    vault().seal(prescription, "stop_note", note or None)
    move(
        actor,
        prescription,
        PrescriptionAction.STOP,
        frozen_reason=None,
        frozen_at=None,
        stopped_at=clock.now(),
        stop_reason=reason,
        detail={"reason": reason},
    )
    session().execute(
        update(PrescriptionItem)
        .where(
            PrescriptionItem.county_id == prescription.county_id, PrescriptionItem.prescription_id == prescription.id
        )
        .values(live=False)
    )
    _put_back(prescription)
    end_renewal(actor, prescription)
    close_tasks(actor.county_id, (FOCUS, prescription.id), "stopped")
    publish(
        PrescriptionStopped(
            county_id=actor.county_id,
            prescription_id=prescription.id,
            resident_id=prescription.resident_id,
            reason=reason,
        )
    )
    return prescription


def end_renewal(actor: Actor, prescription: LongPrescription) -> None:
    """End the waiting look at a prescription that was stopped."""
    renewal = session().scalar(
        select(PrescriptionRenewal).where(
            PrescriptionRenewal.county_id == prescription.county_id,
            PrescriptionRenewal.prescription_id == prescription.id,
            PrescriptionRenewal.status == RenewalStatus.WAITING,
        )
    )
    if renewal is not None:
        renewal.status = RENEWALS.next(RenewalStatus.WAITING, RenewalAction.END, actor)
        renewal.version += 1
        close_tasks(actor.county_id, ("prescription_renewal", renewal.id), "ended")


def _put_back(prescription: LongPrescription) -> None:
    picked = exists().where(Pickup.county_id == Dispensing.county_id, Pickup.dispensing_id == Dispensing.id)
    session().execute(
        update(Dispensing)
        .where(
            Dispensing.county_id == prescription.county_id,
            Dispensing.prescription_id == prescription.id,
            Dispensing.voided_at.is_(None),
            ~picked,
        )
        .values(voided_at=clock.sql_now())
        .execution_options(synchronize_session=False)
    )


def _picked(dispensing: Dispensing) -> bool:
    return (
        session().scalar(
            select(Pickup.id).where(Pickup.county_id == dispensing.county_id, Pickup.dispensing_id == dispensing.id)
        )
        is not None
    )
