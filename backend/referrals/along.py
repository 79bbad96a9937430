"""What goes along with a referral: drugs and pictures are put in by the treating doctor until the patient has come.

After the papers are out they are marked as added later: they void no signature, for they change no diagnosis.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from backend.alliance.queries import pack
from backend.kernel.errors import Conflict, Invalid
from backend.kernel.roles import Actor
from backend.kernel.rules import Rule, require
from backend.records.medicines import Medicine, medicines_of
from backend.referrals import along_tasks
from backend.referrals.models import Referral
from backend.referrals.models_along import ReferralAttachment
from backend.referrals.moving import locked
from backend.referrals.states import LIVE, ReferralStatus
from backend.store import access, audit, clock, files, photo
from backend.store.db import session
from backend.store.vault import vault

DRUG = "drug"
PICTURES = {"ecg": "心电图", "report": "检查化验单", "discharge": "出院小结", "other": "别的纸"}
OPEN = (ReferralStatus.DRAFT, *LIVE)
"""Who has come is in front of the doctor there: what is missing is asked on the telephone."""


@dataclass(frozen=True, slots=True)
class Pill:
    """A drug that goes along: of a prescription in hand by its code, or typed, as it stands on the box."""

    prescription_id: UUID | None = None
    drug: str | None = None
    name: str = ""
    dose: str = ""


@dataclass(frozen=True, slots=True)
class RoomFacts:
    """How many there would be, of how many."""

    wanted: int
    most: int


ROOM: tuple[Rule[RoomFacts], ...] = (
    Rule(
        code="referral.pictures_along",
        text=lambda facts: f"一张转诊单最多带 {facts.most} 张照片。",
        instead="请先去掉一张不要紧的；还要带的，把原件交给病人拿着去。",
        holds=lambda facts: facts.wanted <= facts.most,
        pointer="/photo",
    ),
)
DRUG_ROOM: tuple[Rule[RoomFacts], ...] = (
    Rule(
        code="referral.drugs_along",
        text=lambda facts: f"一张转诊单最多写 {facts.most} 种药。",
        instead="请只写现在真的在吃的；别的写在“用过什么药、怎么治的”里。",
        holds=lambda facts: facts.wanted <= facts.most,
        pointer="/drugs",
    ),
)


def add_picture(actor: Actor, referral_id: UUID, kind: str, picture: str, words: str) -> Referral:
    """Keep a photo of a paper, redrawn and sealed. Raises Invalid for no picture, RuleBroken for one too many."""
    referral = _open(actor, referral_id)
    county = pack(referral.county_id)
    there = sum(row.kind != DRUG for row in of_referral(referral))
    require(ROOM, RoomFacts(there + 1, county.referral.limits.pictures_along), county.source)
    name = f"{PICTURES[kind]}.jpg"
    row = _row(actor, referral, kind)
    row.file_id = photo.keep(referral.county_id, referral.resident_id, picture, name)
    _keep(actor, row, words)
    along_tasks.after_adding(referral)
    return referral


def add_drugs(actor: Actor, referral_id: UUID, pills: Sequence[Pill]) -> Referral:
    """Put drugs in, in the words of today; one that is there already is not put in twice.

    Raises Invalid for a drug that the patient has no prescription for, or without a name; RuleBroken for too many.
    """
    referral = _open(actor, referral_id)
    county = pack(referral.county_id)
    taken = {(one.prescription_id, one.drug): one for one in medicines_of(referral.county_id, referral.resident_id)}
    there = [row for row in of_referral(referral) if row.kind == DRUG]
    known = {_key(row.prescription_id, row.drug, vault().open(row, "words") or "") for row in there}
    fresh: dict[tuple[object, ...], tuple[Pill, date | None]] = {}
    for pill in pills:
        told = _told(pill, taken)
        key = _key(told[0].prescription_id, told[0].drug, told[0].name)
        if key not in known:
            fresh.setdefault(key, told)
    require(DRUG_ROOM, RoomFacts(len(there) + len(fresh), county.referral.limits.drugs_along), county.source)
    for pill, until in fresh.values():
        row = _row(actor, referral, DRUG)
        row.prescription_id, row.drug, row.until_on = pill.prescription_id, pill.drug, until
        vault().seal(row, "dose", pill.dose)
        _keep(actor, row, pill.name)
    if fresh:
        along_tasks.after_adding(referral)
    return referral


def remove(actor: Actor, attachment_id: UUID) -> Referral:
    """Take out what was put in by mistake; a picture that was sent to nobody yet is destroyed."""
    row = access.authorize(ReferralAttachment, attachment_id, actor, "attachment.remove")
    referral = _open(actor, row.referral_id)
    session().refresh(row)
    if row.removed_at is not None:
        raise Conflict("attachment_gone", "这一件已经去掉了，请刷新。")
    row.removed_at = clock.now()
    picture = row.file_id
    if picture is not None and referral.submitted_at is None:
        row.file_id = None
        session().flush()
        files.destroy(session(), row.county_id, picture)
    session().flush()
    _write_down(actor, row, "attachment.remove", after="removed")
    return referral


def of_referral(referral: Referral) -> list[ReferralAttachment]:
    """Return what goes along, in the order it was put in; the caller has authorised."""
    return list(
        session().scalars(
            select(ReferralAttachment)
            .where(
                ReferralAttachment.county_id == referral.county_id,
                ReferralAttachment.referral_id == referral.id,
                ReferralAttachment.removed_at.is_(None),
            )
            .order_by(ReferralAttachment.id)
        )
    )


def drug_line(row: ReferralAttachment) -> str:
    """Return a drug as it is printed: its name, and how it is taken."""
    return " ".join(part for part in (vault().open(row, "words"), vault().open(row, "dose")) if part)


def is_open(referral: Referral) -> bool:
    """Say whether something may still be put in."""
    return referral.status in OPEN


def _open(actor: Actor, referral_id: UUID) -> Referral:
    referral = locked(actor, referral_id, "attachment.add")
    if not is_open(referral):
        raise Conflict("along_closed", "病人已经到了那边，或者这次转诊已经结束，不能再加。要补的请打接诊医院的电话说。")
    return referral


def _row(actor: Actor, referral: Referral, kind: str) -> ReferralAttachment:
    return ReferralAttachment(
        county_id=referral.county_id,
        referral_id=referral.id,
        resident_id=referral.resident_id,
        practitioner_id=actor.practitioner_id,
        institution=referral.from_institution,
        kind=kind,
        later=referral.issued_at is not None,
    )


def _keep(actor: Actor, row: ReferralAttachment, words: str) -> None:
    vault().seal(row, "words", words)
    session().add(row)
    session().flush()
    _write_down(actor, row, "attachment.add", after="later" if row.later else "added")


def _told(pill: Pill, taken: Mapping[tuple[UUID, str], Medicine]) -> tuple[Pill, date | None]:
    if pill.prescription_id is not None:
        found = taken.get((pill.prescription_id, pill.drug or ""))
        if found is None:
            raise Invalid("no_such_drug", "这种药的处方已经变了，请刷新后再选，或者直接写药名。")
        return Pill(found.prescription_id, found.drug, found.name, found.dose), found.until_on
    if not pill.name.strip():
        raise Invalid("no_drug", "有一种药没有写名字。")
    return Pill(name=pill.name.strip(), dose=pill.dose.strip()), None


def _key(prescription_id: UUID | None, drug: str | None, name: str) -> tuple[object, ...]:
    return (prescription_id, drug) if prescription_id is not None else (name.strip(),)


def _write_down(actor: Actor, row: ReferralAttachment, action: str, *, after: str) -> None:
    audit.record(
        session(),
        actor,
        action,
        row.__tablename__,
        row.id,
        resident_id=row.resident_id,
        after=after,
        detail={"referral": str(row.referral_id), "kind": row.kind},
    )
