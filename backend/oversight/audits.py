"""The sample of issued referrals: drawn by the pack's share, the same for everybody who draws again. MS-4.2.2u1b."""

import hmac
import math
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.alliance.packs.pack import Pack
from backend.alliance.queries import pack
from backend.kernel.clock import local_day
from backend.kernel.errors import Forbidden, Invalid
from backend.kernel.ids import new_id
from backend.kernel.roles import Actor, Role
from backend.oversight.models_audit import ReferralAudit
from backend.oversight.months import months_back, within
from backend.oversight.states import AUDITS, AuditAction, AuditStatus
from backend.referrals.models import Referral
from backend.referrals.reassigning import author_of
from backend.store import access, audit, clock
from backend.store.db import session
from backend.store.vault import vault
from backend.worklist.service import Owner, close_tasks, open_task

FOCUS, LOOK, FOUND = "referral_audit", "referral.audit", "referral.audited"
LOOK_DAYS, ANSWER_DAYS = 10, 5


@dataclass(frozen=True, slots=True)
class AuditCount:
    """One house, or one doctor of it: how many were drawn, judged, and what came of it."""

    institution: str
    practitioner_id: UUID | None
    drawn: int
    reviewed: int
    justified: int
    unjustified: int
    papers_missing: int


def period(county: Pack, today: date) -> list[date]:
    """Return the months of the last period that is over, counted from January."""
    every = county.referral.sample_audit.every_months
    running = today.replace(month=(today.month - 1) // every * every + 1, day=1)
    return months_back((running - timedelta(days=1)).replace(day=1), every)


def chosen(county: Pack, month: date, ids: list[UUID]) -> list[UUID]:
    """Return the sample: the pack's share, at least so many, the same whoever draws, and foreseen by nobody."""
    rule = county.referral.sample_audit
    size = max(rule.at_least, math.ceil(len(ids) * rule.percent / 100))

    # Keyed: whoever makes drafts until an id sorts late would choose what is never looked at.
    key = vault().derived("referral audit sample")

    def place(referral_id: UUID) -> bytes:
        return hmac.digest(key, f"{county.county_id}:{month:%Y-%m}:{referral_id}".encode(), "sha256")

    return sorted(ids, key=place)[:size]


def draw(current: Session, county_id: str) -> int:
    """Draw the last period's sample and ask somebody to look: a tick. Returns how many are new; a second time none."""
    county = pack(county_id)
    months = period(county, local_day(clock.now(current)))
    issued = (
        Referral.county_id == county_id,
        Referral.direction == "up",
        or_(*(within(Referral.issued_at, month) for month in months)),
    )
    month = months[-1]
    wanted = chosen(county, month, list(current.scalars(select(Referral.id).where(*issued))))
    known = set(
        current.scalars(
            select(ReferralAudit.referral_id).where(
                ReferralAudit.county_id == county_id, ReferralAudit.referral_id.in_(wanted)
            )
        )
    )
    fresh = [one for one in wanted if one not in known]
    return sum(_put(current, county, month, current.get_one(Referral, (county_id, one))) for one in fresh)


def review(actor: Actor, audit_id: UUID, verdict: str, reason: str) -> ReferralAudit:
    """Judge a drawn referral, with a reason. Raises Forbidden for one's own, Conflict for one that was judged."""
    row = access.authorize(ReferralAudit, audit_id, actor, "referral_audit.review", lock=True)
    if actor.practitioner_id == row.practitioner_id or actor.institution in (None, row.institution):
        raise Forbidden("own_referral", "自己或本单位开的转诊，要由别的单位来查，请交给卫健局。")
    if not reason.strip():
        raise Invalid("no_reason", "请写上为什么这样认定。")
    before, now = AuditStatus(row.status), clock.now()
    vault().seal(row, "reason", reason)
    row.verdict, row.reviewed_by, row.reviewed_at = verdict, actor.practitioner_id, now
    row.reviewed_at_institution, row.status = actor.institution, AUDITS.next(before, AuditAction.REVIEW, actor)
    row.version += 1
    session().flush()
    audit.record(
        session(),
        actor,
        "referral_audit.review",
        FOCUS,
        row.id,
        resident_id=row.resident_id,
        before=before,
        after=row.status,
        detail={"verdict": verdict},
    )
    close_tasks(row.county_id, (FOCUS, row.id), "reviewed")
    if verdict != "justified":
        office = Owner(role=Role.MEDICAL_OFFICE, institution=row.institution)
        open_task(
            row.county_id,
            FOUND,
            Owner(practitioner_id=row.practitioner_id),
            dedupe_key=f"{FOUND}:{row.id}",
            due_at=clock.now() + timedelta(days=ANSWER_DAYS),
            focus=(FOCUS, row.id),
            ladder=[office.step(24 * 60)],
            detail={"verdict": verdict},
        )
    return row


def counts(county_id: str, month: date) -> list[AuditCount]:
    """Count a period's verdicts by house, and by doctor within it (the share that could have been treated below)."""
    found: dict[tuple[str, UUID | None], Counter[str]] = {}
    rows = session().scalars(
        select(ReferralAudit).where(ReferralAudit.county_id == county_id, ReferralAudit.month == month)
    )
    for row in rows:
        for key in ((row.institution, None), (row.institution, row.practitioner_id)):
            found.setdefault(key, Counter()).update(["drawn", *([row.verdict, "reviewed"] if row.verdict else [])])
    names = ("drawn", "reviewed", "justified", "unjustified", "papers_missing")
    return [
        AuditCount(house, doctor, *(number[name] for name in names))
        for (house, doctor), number in sorted(found.items(), key=lambda one: (one[0][0], str(one[0][1] or "")))
    ]


def _put(current: Session, county: Pack, month: date, referral: Referral) -> int:
    made = current.execute(
        insert(ReferralAudit)
        .values(
            county_id=referral.county_id,
            id=new_id(),
            month=month,
            referral_id=referral.id,
            resident_id=referral.resident_id,
            institution=referral.from_institution,
            to_institution=referral.to_institution,
            practitioner_id=author_of(referral),
        )
        .on_conflict_do_nothing()
        .returning(ReferralAudit.id)
    ).scalar()
    if made is None:
        return 0
    bureau = Owner(role=Role.BUREAU, institution=county.institutions.of_kind("health_bureau")[0].code)
    outside = county.institutions.institution(referral.to_institution).outside
    office = Owner(role=Role.MEDICAL_OFFICE, institution=referral.to_institution)
    # No name of a person: what is judged is the reason against the outcome.
    open_task(
        referral.county_id,
        LOOK,
        bureau if outside else office,
        dedupe_key=f"{LOOK}:{made}",
        due_at=clock.now(current) + timedelta(days=LOOK_DAYS),
        focus=(FOCUS, made),
        ladder=[] if outside else [bureau.step(LOOK_DAYS * 24 * 60)],
    )
    return 1
