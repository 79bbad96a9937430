"""Sent down on paper from above: registered, asked of a named team, taken over with its plan. MS-3b, MS-3.

Nobody is turned away for a part that the paper lacks: what is missing is named, and the hospital is phoned.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from backend.alliance import reach
from backend.alliance.packs.pack import Pack
from backend.alliance.packs.sections.institutions import TOWNSHIP_KINDS, InstitutionEntry
from backend.alliance.queries import pack
from backend.kernel.clock import local_day
from backend.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from backend.kernel.roles import Actor, Role
from backend.people.models import Resident
from backend.records import stays
from backend.records.service import grant
from backend.records.stays import Admission
from backend.referrals import waiting
from backend.referrals.events import IncomingAccepted
from backend.referrals.homeward import own_team
from backend.referrals.models_incoming import IncomingTransfer
from backend.referrals.states import INCOMING, IncomingAction, IncomingStatus
from backend.referrals.takeover import ward_of
from backend.store import access, audit, clock, events, photo
from backend.store.db import session
from backend.store.vault import vault
from backend.worklist.service import Owner, close_tasks, open_task

FOCUS, TASK = "incoming_transfer", "referral.incoming"


@dataclass(frozen=True, slots=True)
class Paper:
    """What the paper says, and whose team is asked."""

    resident_id: UUID
    from_name: str
    discharged_on: date
    category: str  # bed | home
    to_institution: str
    diagnosis_text: str
    diagnosis_code: str | None = None
    paper_number: str | None = None
    from_phone: str | None = None
    parts: tuple[str, ...] = ()
    drugs: tuple[dict[str, Any], ...] = ()
    review_on: date | None = None
    watch: str = ""
    photo: str | None = None


def register(actor: Actor, paper: Paper) -> IncomingTransfer:
    """Write a paper down and ask a named doctor. Raises Invalid for a place or part that the county does not have."""
    if actor.institution is None or actor.practitioner_id is None:
        raise Forbidden("no_institution", "您的账号还没有挂到医疗机构，请找管理员。")
    county = pack(actor.county_id)
    resident = session().get(Resident, (actor.county_id, paper.resident_id))
    if resident is None:
        raise NotFound("not_found", "没有找到这位病人，请核对。")
    if paper.discharged_on > local_day(clock.now()):
        raise Invalid("date_to_come", "出院日期还没有到，请核对纸上的日期。")
    if not set(paper.parts) <= {one.code for one in county.referral.handover.parts}:
        raise Invalid("no_part", "没有这一项交接资料，请从列表里勾。")
    _require_house(county, paper.to_institution)
    days = [date.fromisoformat(one["until_on"]) for one in paper.drugs if one.get("until_on")]
    row = IncomingTransfer(
        county_id=actor.county_id,
        resident_id=resident.id,
        from_name=paper.from_name,
        from_phone=paper.from_phone,
        paper_number=paper.paper_number,
        discharged_on=paper.discharged_on,
        category=paper.category,
        diagnosis_code=paper.diagnosis_code,
        diagnosis_text=paper.diagnosis_text,
        parts=list(dict.fromkeys(paper.parts)),
        drugs=list(paper.drugs),
        medicine_ends_on=min(days) if days else None,
        review_on=paper.review_on,
        status=IncomingStatus.REGISTERED,
        institution=actor.institution,
        registered_by=actor.practitioner_id,
        to_institution=paper.to_institution,
    )
    vault().seal(row, "watch", paper.watch)
    if paper.photo is not None:
        row.summary_file_id = photo.keep(actor.county_id, resident.id, paper.photo, "出院小结.jpg")
    session().add(row)
    session().flush()
    audit.record(
        session(), actor, "incoming.register", FOCUS, row.id, resident_id=resident.id, after=IncomingStatus.REGISTERED
    )
    _ask(row)
    return row


def accept(actor: Actor, incoming_id: UUID, department: str | None, bed: str | None) -> IncomingTransfer:
    """Take the patient over, to a bed or home: sight and the plan start with it. Raises Conflict for the second."""
    row = access.authorize(IncomingTransfer, incoming_id, actor, "incoming.accept", lock=True)
    before = IncomingStatus(row.status)
    if before is IncomingStatus.ACCEPTED:
        raise Conflict("already_accepted", "同事刚才已经接下这位病人了，请刷新。")
    assert actor.practitioner_id is not None
    now = clock.now()  # asked first: a query between the two lines would write a status without its doctor
    row.status = INCOMING.next(before, IncomingAction.ACCEPT, actor)
    row.practitioner_id, row.accepted_at = actor.practitioner_id, now
    row.version += 1
    team = own_team(row.county_id, row.resident_id, row.to_institution)
    grantees = [f"practitioner:{actor.practitioner_id}", *([f"team:{team.team_id}"] if team else [])]
    grant(row.county_id, row.resident_id, "incoming", row.id, grantees)
    if row.category == "bed":
        row.stay_id = _admit(actor, row, department, bed)
    session().flush()
    audit.record(
        session(),
        actor,
        "incoming.accept",
        FOCUS,
        row.id,
        resident_id=row.resident_id,
        before=before,
        after=row.status,
        detail={"kind": row.category},
    )
    county = pack(row.county_id)
    # Within this transaction the plan starts; when it cannot, nobody has taken the patient over.
    events.publish(
        IncomingAccepted(
            county_id=row.county_id,
            incoming_id=row.id,
            resident_id=row.resident_id,
            institution=row.to_institution,
            condition=reach.condition_of(county, row.diagnosis_code) if row.diagnosis_code else None,
            practitioner_id=actor.practitioner_id,
            discharged_on=row.discharged_on,
            advised_on=row.review_on,
            medicine_ends_on=row.medicine_ends_on,
        )
    )
    close_tasks(row.county_id, (FOCUS, row.id), "accepted")
    return row


def pass_on(actor: Actor, incoming_id: UUID, to_institution: str, reason: str) -> IncomingTransfer:
    """Ask another house, with a reason of the list: somebody is always asked. Raises Conflict when taken."""
    row = access.authorize(IncomingTransfer, incoming_id, actor, "incoming.accept", lock=True)
    if row.status != IncomingStatus.REGISTERED:
        raise Conflict("already_accepted", "同事刚才已经接下这位病人了，请刷新。")
    county = pack(row.county_id)
    if all(one.code != reason for one in county.referral.handover.decline_reasons):
        raise Invalid("no_reason", "请从列表里选一个理由。")
    if to_institution == row.to_institution:
        raise Invalid("same_institution", "已经在问这家了，请另选一家。")
    _require_house(county, to_institution)
    before, row.to_institution = row.to_institution, to_institution
    row.version += 1
    session().flush()
    close_tasks(row.county_id, (FOCUS, row.id), "passed_on")
    audit.record(
        session(),
        actor,
        "incoming.pass_on",
        FOCUS,
        row.id,
        resident_id=row.resident_id,
        detail={"from": before, "to": to_institution, "reason": reason},
    )
    _ask(row)
    return row


def missing_parts(row: IncomingTransfer) -> list[str]:
    """Name the parts of a hand-over that the paper does not have."""
    parts = pack(row.county_id).referral.handover.parts
    return [one.name for one in parts if row.category in one.required_for and one.code not in row.parts]


def _ask(row: IncomingTransfer) -> None:
    county = pack(row.county_id)
    township = county.institutions.institution(row.to_institution).kind in TOWNSHIP_KINDS
    house = Owner(role=Role.FAMILY_DOCTOR if township else Role.WARD_DOCTOR, institution=row.to_institution)
    team = own_team(row.county_id, row.resident_id, row.to_institution)
    named = Owner(practitioner_id=team.family_doctor_id) if team and team.family_doctor_id else None
    minutes = county.referral.limits.township_answer_working_minutes
    now = clock.now()
    office = Owner(role=Role.MEDICAL_OFFICE, institution=row.to_institution)
    open_task(
        row.county_id,
        TASK,
        named or house,
        dedupe_key=f"{TASK}:{row.id}:{row.version}",
        due_at=waiting.office_of(row.county_id, row.to_institution, now).after_minutes(now, minutes).at,
        focus=(FOCUS, row.id),
        resident_id=row.resident_id,
        priority="urgent",
        ladder=[*([house.step(minutes)] if named else []), office.step(minutes)],
        detail={"kind": row.category},
    )


def houses(county: Pack) -> tuple[InstitutionEntry, ...]:
    """Return the houses of the county that may be asked to take somebody over."""
    return tuple(
        one
        for one in county.institutions.institutions
        if one.treats and not one.outside and one.kind != "village_clinic"
    )


def _require_house(county: Pack, institution: str) -> None:
    if all(one.code != institution for one in houses(county)):
        raise Invalid("no_institution", "这家不能接转下来的病人，请选本县的卫生院或医院。")


def _admit(actor: Actor, row: IncomingTransfer, department: str | None, bed: str | None) -> UUID:
    county = pack(row.county_id)
    admission = Admission(
        resident_id=row.resident_id,
        department=department or actor.department or ward_of(county, row.to_institution),
        came_as="referred" if row.paper_number else "not_referred",
        bed=bed,
        certificate_number=row.paper_number,
        practitioner_id=actor.practitioner_id,
        diagnosis_code=row.diagnosis_code,
        diagnosis_text=row.diagnosis_text,
    )
    return stays.admit(actor, admission).id
