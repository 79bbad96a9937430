"""Asking for a bed with a referral, and the desk's answer: kept, passed on, or none. XM-5.4b, MS-4.2.1."""

from datetime import date
from uuid import UUID

from backend.alliance.queries import pack, source_lookup
from backend.booking import queries
from backend.booking.models import BedRequest
from backend.booking.rules import BED_ANSWER, BedFacts
from backend.booking.states import BEDS, BedAction, BedStatus
from backend.kernel.clock import local_day
from backend.kernel.errors import Conflict, Invalid, Stale
from backend.kernel.roles import Actor, system_actor
from backend.kernel.rules import require
from backend.referrals.models import Referral
from backend.store import access, audit, clock
from backend.store.db import session
from backend.web import live

LIVE = (BedStatus.ASKED, BedStatus.PASSED_ON, BedStatus.HELD)


def ask(referral: Referral) -> BedRequest | None:
    """Ask the hospital of a referral for a bed, once; None when nobody there uses this system."""
    if pack(referral.county_id).institutions.institution(referral.to_institution).outside:
        return None
    standing = queries.bed_of_referral(referral.county_id, referral.id)
    if standing is not None and standing.status in LIVE:
        if standing.institution == referral.to_institution:
            return standing
        move(system_actor(referral.county_id), standing, BedAction.RELEASE)
    row = BedRequest(
        county_id=referral.county_id,
        referral_id=referral.id,
        resident_id=referral.resident_id,
        institution=referral.to_institution,
        department=referral.to_department or "",
        needed_by=referral.wanted_on or local_day(clock.now()),
        status=BedStatus.ASKED,
    )
    session().add(row)
    session().flush()
    audit.record(
        session(),
        system_actor(row.county_id),
        "bed.ask",
        "bed_request",
        row.id,
        resident_id=row.resident_id,
        after=BedStatus.ASKED,
    )
    live.hint(row.county_id, f"institution:{row.institution}", "bed", row.id)
    return row


def hold(actor: Actor, bed_id: UUID, bed: str, version: int) -> BedRequest:
    """Keep a named bed. Raises Conflict when it was answered before, Invalid without a bed's name."""
    row = _asked(actor, bed_id, version)
    named = bed.strip()
    if not 1 <= len(named) <= 20:
        raise Invalid("bed_missing", "请写上留的是哪张床，比如 12 床。")
    row.bed = named
    _answered(actor, row)
    move(actor, row, BedAction.HOLD)
    return row


def pass_on(actor: Actor, bed_id: UUID, version: int) -> BedRequest:
    """Give the question to the medical office: a clerk turns nobody away."""
    row = _asked(actor, bed_id, version)
    move(actor, row, BedAction.PASS_ON)
    return row


def decline(actor: Actor, bed_id: UUID, reason: str, version: int) -> BedRequest:
    """Say that there is no bed, for one of the county's reasons. Raises RuleBroken for a clerk."""
    row = _asked(actor, bed_id, version)
    section = pack(row.county_id).referral.receiving
    facts = BedFacts(actor.has(*section.decline_roles), any(one.code == reason for one in section.decline_reasons))
    require(BED_ANSWER, facts, source_lookup(row.county_id))
    row.reason = reason
    _answered(actor, row)
    move(actor, row, BedAction.DECLINE)
    return row


def use(county_id: str, referral_id: UUID) -> None:
    """The patient lies in a bed now: what was kept is used, what was only asked is settled. None asked is no error."""
    row = queries.bed_of_referral(county_id, referral_id)
    if row is not None and row.status in LIVE:
        move(system_actor(county_id), row, BedAction.USE if row.status == BedStatus.HELD else BedAction.RELEASE)


def release(county_id: str, referral_id: UUID, *, unless: str | None = None) -> None:
    """Give a bed back because the referral ended, or another hospital is asked (all but `unless`)."""
    row = queries.bed_of_referral(county_id, referral_id)
    if row is not None and row.status in LIVE and row.institution != unless:
        move(system_actor(county_id), row, BedAction.RELEASE)


def move(actor: Actor, row: BedRequest, action: BedAction) -> None:
    """Follow the table and write it down."""
    before = BedStatus(row.status)
    row.status = BEDS.next(before, action, actor)
    row.version += 1
    session().flush()
    audit.record(
        session(),
        actor,
        f"bed.{action}",
        "bed_request",
        row.id,
        resident_id=row.resident_id,
        before=before,
        after=row.status,
        detail={"reason": row.reason} if row.reason else None,
    )
    live.hint(row.county_id, f"institution:{row.institution}", "bed", row.id)
    live.hint(row.county_id, f"resident:{row.resident_id}", "bed", row.id)


def free_beds(county_id: str, institution: str, department: str, day: date) -> tuple[int, int] | None:
    """Return (left, kept) of the beds that a department keeps for referred patients, or None when it keeps none."""
    quota = next(
        (one for one in pack(county_id).booking.beds if (one.institution, one.department) == (institution, department)),
        None,
    )
    if quota is None:
        return None
    held = queries.held_beds(county_id, institution, department, day)
    return max(quota.kept_for_referred - held, 0), quota.kept_for_referred


def _asked(actor: Actor, bed_id: UUID, version: int) -> BedRequest:
    row = access.authorize(BedRequest, bed_id, actor, "bed.answer", lock=True)
    if row.status not in (BedStatus.ASKED, BedStatus.PASSED_ON):
        raise Conflict("already_answered", "这张床位申请已经答复过了，请刷新看最新的。")
    if row.version != version:
        raise Stale("stale", "这张床位申请刚被改过，请刷新再办。")
    return row


def _answered(actor: Actor, row: BedRequest) -> None:
    row.answered_by, row.answered_at = actor.practitioner_id, clock.now()
