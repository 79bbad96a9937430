"""Before the drugs run out: the reminder, which promises nothing, and the doctor's look. LP-10, LP-11."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from backend.alliance.queries import pack as pack_of
from backend.kernel.clock import SHANGHAI, local_day
from backend.kernel.errors import Forbidden, Stale
from backend.kernel.ids import new_id
from backend.kernel.roles import Actor
from backend.notices.service import plan_notice
from backend.people.models import Resident
from backend.people.residents import may
from backend.prescriptions.facts import Wish
from backend.prescriptions.models import LongPrescription, PrescriptionRenewal
from backend.prescriptions.owners import doctor_of, head_step, next_working_day, phone_of
from backend.prescriptions.service import issue
from backend.prescriptions.states import RENEWALS, DeclineReason, PrescriptionStatus, RenewalAction, RenewalStatus
from backend.store import access, audit, clock
from backend.store.db import session
from backend.store.vault import vault
from backend.worklist.service import Owner, close_tasks, open_task

FOCUS = "prescription_renewal"
_AT_ONCE = 500
"""Rows of one look; the next look takes the next ones."""


def remind(current: Session, county_id: str) -> int:
    """Plan the look for everything that runs out within the county's lead days, however late. Returns how many."""
    pack = pack_of(county_id)
    last = local_day(clock.now(current)) + timedelta(days=pack.prescriptions.renewal.lead_days)
    following = aliased(LongPrescription)
    due = list(
        current.scalars(
            select(LongPrescription)
            .join(
                Resident,
                (Resident.county_id == LongPrescription.county_id) & (Resident.id == LongPrescription.resident_id),
            )
            .where(
                LongPrescription.county_id == county_id,
                LongPrescription.status == PrescriptionStatus.COLLECTED,
                LongPrescription.run_out_on <= last,
                Resident.died_on.is_(None),
                ~exists().where(
                    PrescriptionRenewal.county_id == county_id,
                    PrescriptionRenewal.prescription_id == LongPrescription.id,
                ),
                ~exists().where(
                    following.county_id == county_id,
                    following.renews_id == LongPrescription.id,
                    following.status.not_in([PrescriptionStatus.RETURNED, PrescriptionStatus.STOPPED]),
                ),
            )
            .order_by(LongPrescription.run_out_on)
            .limit(_AT_ONCE)
        )
    )
    if not due:
        return 0
    rows: list[dict[str, Any]] = [
        {
            "county_id": county_id,
            "id": new_id(),
            "resident_id": one.resident_id,
            "prescription_id": one.id,
            "practitioner_id": doctor_of(one),
            "run_out_on": one.run_out_on,
        }
        for one in due
    ]
    made = set(
        current.scalars(
            insert(PrescriptionRenewal).values(rows).on_conflict_do_nothing().returning(PrescriptionRenewal.id)
        )
    )
    by_id = {one.id: one for one in due}
    for row in rows:
        if row["id"] in made:
            _tell(by_id[row["prescription_id"]], row["id"], row["practitioner_id"])
    return len(made)


def renew(actor: Actor, renewal_id: UUID, wish: Wish, *, version: int | None = None) -> LongPrescription:
    """Go on with a new prescription, after the same rules and a new assessment (LP-10)."""
    renewal = access.authorize(PrescriptionRenewal, renewal_id, actor, "renewal.decide", lock=True)
    _check_version(renewal, version)
    RENEWALS.next(RenewalStatus(renewal.status), RenewalAction.RENEW, actor)
    if not may(actor, renewal.resident_id, "prescription.issue"):
        raise Forbidden(
            "not_in_care", "这位病人现在不归您管，不能接着开。请点“这次不接着开”，并请病人找现在签约的医生。"
        )
    return issue(actor, renewal.resident_id, wish)


def decline(
    actor: Actor, renewal_id: UUID, reason: DeclineReason, words: str, *, version: int | None = None
) -> PrescriptionRenewal:
    """Do not go on, and say why in words for the patient (LP-08); the next one counts as a first one."""
    renewal = access.authorize(PrescriptionRenewal, renewal_id, actor, "renewal.decide", lock=True)
    _check_version(renewal, version)
    before, now = RenewalStatus(renewal.status), clock.now()
    renewal.status = RENEWALS.next(before, RenewalAction.DECLINE, actor)
    renewal.reason, renewal.decided_at, renewal.decided_by = reason, now, actor.practitioner_id
    vault().seal(renewal, "words", words)
    renewal.version += 1
    audit.record(
        session(),
        actor,
        "renewal.decline",
        "prescription_renewal",
        renewal.id,
        resident_id=renewal.resident_id,
        before=before,
        after=renewal.status,
        detail={"reason": reason},
    )
    close_tasks(actor.county_id, (FOCUS, renewal.id), "declined")
    plan_notice(
        actor.county_id,
        "prescription_renewal",
        dedupe_key=f"renewal.declined:{renewal.id}",
        focus=(FOCUS, renewal.id),
        resident_id=renewal.resident_id,
        page="features/prescriptions/pages/mine",
        fallback=phone_of(actor.county_id, renewal.resident_id, renewal.practitioner_id),
    )
    return renewal


def _tell(prescription: LongPrescription, renewal_id: UUID, practitioner_id: UUID) -> None:
    county_id = prescription.county_id
    plan_notice(
        county_id,
        "prescription_renewal",
        dedupe_key=f"renewal.due:{renewal_id}",
        focus=(FOCUS, renewal_id),
        resident_id=prescription.resident_id,
        page="features/prescriptions/pages/mine",
        fallback=phone_of(county_id, prescription.resident_id, practitioner_id),
    )
    runs_out = (
        clock.now()
        .astimezone(SHANGHAI)
        .replace(
            year=prescription.run_out_on.year,
            month=prescription.run_out_on.month,
            day=prescription.run_out_on.day,
            hour=12,
            minute=0,
            second=0,
            microsecond=0,
        )
    )
    open_task(
        county_id,
        "prescription_renewal",
        Owner(practitioner_id=practitioner_id),
        dedupe_key=f"renewal.review:{renewal_id}",
        due_at=max(runs_out, next_working_day(pack_of(county_id), prescription.institution)),
        focus=(FOCUS, renewal_id),
        resident_id=prescription.resident_id,
        ladder=[head_step(prescription.institution)],
    )


def _check_version(renewal: PrescriptionRenewal, version: int | None) -> None:
    if version is not None and version != renewal.version:
        raise Stale("stale", "刚才有变化，请刷新后再办。", extra={"version": renewal.version})
