"""Writing, confirming, freezing, going on with and stopping long prescriptions. MS-5.2b, LP-01 to LP-12."""

import math
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.sql.selectable import ForUpdateArg

from backend.alliance.packs.pack import Pack
from backend.alliance.queries import pack as pack_of
from backend.contracts.signature import MEDIA_TYPE, read_signature
from backend.kernel.errors import Conflict, Forbidden, RuleBroken
from backend.kernel.roles import Actor
from backend.notices.service import plan_notice
from backend.people.models import Resident
from backend.prescriptions.events import PrescriptionIssued
from backend.prescriptions.facts import Found, Wish, gather
from backend.prescriptions.models import LongPrescription, PrescriptionItem, PrescriptionRenewal
from backend.prescriptions.moving import ask_pharmacist
from backend.prescriptions.owners import phone_of
from backend.prescriptions.queries import today
from backend.prescriptions.states import RENEWALS, PrescriptionStatus, RenewalAction, RenewalStatus
from backend.records.models import Visit
from backend.store import access, audit, clock, files
from backend.store.db import session
from backend.store.events import publish
from backend.store.vault import vault
from backend.web import live
from backend.worklist.service import close_tasks

_TURNSTILE = ForUpdateArg(key_share=True)  # others may still point at the row, nobody else writes a prescription


@dataclass(frozen=True, slots=True)
class Checked:
    """What a doctor may know before writing: the facts, and every rule that says no."""

    found: Found
    resident: Resident


def check(actor: Actor, resident_id: UUID, wish: Wish) -> Checked:
    """Work out what stands in the way, and write nothing."""
    resident = access.authorize(Resident, resident_id, actor, "prescription.check")
    _in_a_place(actor)
    return Checked(gather(actor, pack_of(actor.county_id), resident, wish), resident)


def issue(actor: Actor, resident_id: UUID, wish: Wish) -> LongPrescription:
    """Write a long prescription. Raises RuleBroken with every rule that says no, each with its source."""
    resident = access.authorize(Resident, resident_id, actor, "prescription.issue")
    _in_a_place(actor)
    session().get_one(Resident, (actor.county_id, resident_id), with_for_update=_TURNSTILE)
    _own_visit(actor, resident_id, wish.visit_id)
    pack = pack_of(actor.county_id)
    found = gather(actor, pack, resident, wish)
    broken = found.violations(pack)
    if broken:
        raise RuleBroken("rule_broken", broken[0].text, violations=broken)
    prescription = _write(actor, pack, resident, wish, found)
    _link_renewal(actor, prescription)
    audit.record(
        session(),
        actor,
        "prescription.issue",
        "long_prescription",
        prescription.id,
        resident_id=resident.id,
        after=PrescriptionStatus.ISSUED,
        detail={"days": prescription.days, "condition": prescription.condition, "issue": prescription.issue},
    )
    publish(
        PrescriptionIssued(
            county_id=actor.county_id,
            prescription_id=prescription.id,
            resident_id=resident.id,
            practitioner_id=prescription.practitioner_id,
            institution=prescription.institution,
            renews_id=prescription.renews_id,
        )
    )
    ask_pharmacist(prescription)
    if wish.confirmation == "phone_app":
        _ask_confirmation(prescription)
    return prescription


def confirm(actor: Actor, prescription_id: UUID) -> LongPrescription:
    """Say yes to a supply of more than four weeks, as the patient or the guardian (LP-05)."""
    prescription = access.authorize(LongPrescription, prescription_id, actor, "prescription.confirm", lock=True)
    if prescription.confirmed_at is not None or prescription.confirmed_how != "phone_app":
        raise Conflict("nothing_to_confirm", "这张处方不用再点同意了，请刷新看看。")
    if prescription.status != PrescriptionStatus.ISSUED:
        raise Conflict("nothing_to_confirm", "这张处方已经有变化，请刷新看看。")
    prescription.confirmed_at, prescription.confirmed_by = clock.now(), actor.account_id
    prescription.version += 1
    audit.record(
        session(),
        actor,
        "prescription.confirm",
        "long_prescription",
        prescription.id,
        resident_id=prescription.resident_id,
    )
    close_tasks(actor.county_id, ("long_prescription", prescription.id), "confirmed", kind="prescription_confirm")
    live.hint(actor.county_id, f"institution:{prescription.institution}", "long_prescription", prescription.id)
    return prescription


def _in_a_place(actor: Actor) -> None:
    if actor.institution is None or actor.practitioner_id is None:
        raise Forbidden("no_institution", "您的账号还没有挂到医疗机构，请找管理员。")


def _own_visit(actor: Actor, resident_id: UUID, visit_id: UUID | None) -> None:
    if visit_id is None:
        return
    visit = session().get(Visit, (actor.county_id, visit_id))
    if visit is None or visit.resident_id != resident_id or visit.practitioner_id != actor.practitioner_id:
        raise Conflict("foreign_visit", "这次看病记录不是您给这位病人写的，请重新选。")


def _write(actor: Actor, pack: Pack, resident: Resident, wish: Wish, found: Found) -> LongPrescription:
    assert actor.institution is not None and actor.practitioner_id is not None
    day = today()
    in_person = wish.confirmation == "in_person"
    prescription = LongPrescription(
        county_id=actor.county_id,
        resident_id=resident.id,
        practitioner_id=actor.practitioner_id,
        institution=actor.institution,
        team_id=found.team.team_id if found.team else None,
        condition=wish.condition,
        issue=found.facts.issue,
        renews_id=found.before.id if found.before else None,
        visit_id=wish.visit_id,
        continues=wish.continues,
        continues_id=wish.continues_id,
        days=wish.days,
        carry_days=found.facts.carry_days,
        issued_on=day,
        counted_on=day,
        starts_on=found.starts_on,
        run_out_on=found.starts_on + timedelta(days=wish.days),
        pickup_at=wish.pickup_at or actor.institution,
        pack_version=pack.version,
        assessment=dict(wish.assessment),
        education_given=wish.educated,
        confirmed_how=None if wish.confirmation == "none" else wish.confirmation,
        confirmed_at=clock.now() if in_person else None,
        confirmed_by=actor.account_id if in_person else None,
        version=1,
        status=PrescriptionStatus.ISSUED,
    )
    vault().seal(prescription, "note", wish.note or None)
    vault().seal(prescription, "advice", wish.advice or None)
    if in_person:
        sheet = files.put(
            session(),
            actor.county_id,
            name="signature.png",
            media_type=MEDIA_TYPE,
            content=read_signature(wish.signature),
            resident_id=resident.id,
        )
        session().flush()
        prescription.signature_file = sheet.id
    session().add(prescription)
    session().flush()
    for number, drug in enumerate(wish.drugs, start=1):
        item = PrescriptionItem(
            county_id=actor.county_id,
            resident_id=resident.id,
            prescription_id=prescription.id,
            number=number,
            drug=drug.code,
            per_time=drug.per_time,
            times_a_day=drug.times_a_day,
            quantity=math.ceil(Decimal(drug.per_time) * drug.times_a_day * wish.days),
            starts_on=prescription.starts_on,
            run_out_on=prescription.run_out_on,
        )
        vault().seal(item, "how", drug.how or None)
        session().add(item)
    session().flush()
    return prescription


def _link_renewal(actor: Actor, prescription: LongPrescription) -> None:
    if prescription.renews_id is None:
        return
    renewal = session().scalar(
        select(PrescriptionRenewal)
        .where(
            PrescriptionRenewal.county_id == prescription.county_id,
            PrescriptionRenewal.prescription_id == prescription.renews_id,
        )
        .with_for_update()
    )
    if renewal is None:
        return
    if renewal.status == RenewalStatus.WAITING:
        renewal.status = RENEWALS.next(RenewalStatus.WAITING, RenewalAction.RENEW, actor)
    if renewal.status == RenewalStatus.RENEWED:  # or a pharmacist had sent the first attempt back
        renewal.renewed_id = prescription.id
        renewal.decided_at, renewal.decided_by = clock.now(), actor.practitioner_id
        renewal.version += 1
        close_tasks(actor.county_id, ("prescription_renewal", renewal.id), "renewed")


def _ask_confirmation(prescription: LongPrescription) -> None:
    plan_notice(
        prescription.county_id,
        "task_waiting",
        dedupe_key=f"prescription.confirm:{prescription.id}",
        focus=("long_prescription", prescription.id),
        resident_id=prescription.resident_id,
        page="features/prescriptions/pages/mine",
        fallback=phone_of(prescription.county_id, prescription.resident_id, prescription.practitioner_id),
    )
