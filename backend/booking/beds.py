"""The desk's answers about a bed: kept, not before a day, given to the medical office, or none. XM-5.4b, MS-4.2.1.

What moves a question without a person's answer is in `bed_course`, whose task it is in `bed_tasks`.
"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, TextClause

from backend.alliance.packs.sections.receiving import DeclineReason
from backend.alliance.queries import pack, source_lookup
from backend.booking import bed_tasks, queries_beds
from backend.booking.ending import ways_instead
from backend.booking.events import BedAnswered, BedFreed
from backend.booking.models_beds import BedRequest
from backend.booking.rules_beds import BED_ANSWER, BED_KEPT, BedFacts, KeepFacts
from backend.booking.running import run
from backend.booking.statements_beds import ANSWER, HOLD, LOCK
from backend.booking.states import BEDS, OPEN_BEDS, BedAction, BedStatus
from backend.kernel.clock import local_day
from backend.kernel.errors import Conflict, Invalid, LiandongError, Stale
from backend.kernel.roles import Actor
from backend.kernel.rules import require
from backend.records.bed_names import LONGEST, bed_name
from backend.store import access, clock, events
from backend.store.db import session
from backend.web import live

FURTHEST_DAYS = 90
"""A day further off than this is a slip of the hand."""


def hold(actor: Actor, bed_id: UUID, bed: str, version: int) -> BedRequest:
    """Keep a named bed, for this person alone.

    Raises Conflict when it was answered, is another's or somebody lies in it, RuleBroken when the kept ones are given.
    """
    row = access.authorize(BedRequest, bed_id, actor, "bed.answer")
    named = bed_name(bed)
    if named is None or len(named) > LONGEST:
        raise Invalid("bed_missing", "请写上留的是哪张床，比如 12 床。")
    quota = queries_beds.quota_of(row.county_id, row.institution, row.department)
    most = quota.kept_for_referred if quota else None
    decides = _decides(actor, row)
    given = {"bed": named, "most": most, "beyond": decides}
    one_at_a_time(row.county_id, row.institution, row.department, named)
    done = _run(HOLD, actor, row, BedAction.HOLD, version, **given)
    if done is None:
        raise _refused(row, version, KeepFacts(most, _left(row), decides))
    if done.before == BedStatus.PROPOSED and done.had != named:
        freed(row.county_id, row.institution, done.department, done.had)
    bed_tasks.settle(row, "held")
    return row


def pass_on(actor: Actor, bed_id: UUID, version: int) -> BedRequest:
    """Give the question to the medical office: a clerk turns nobody away."""
    row = access.authorize(BedRequest, bed_id, actor, "bed.answer")
    _answer(actor, row, BedAction.PASS_ON, version)
    bed_tasks.ask_office(row)
    return row


def wait(actor: Actor, bed_id: UUID, until: date | None, version: int) -> BedRequest:
    """Say that there is no bed before a day. They stay in order, and are asked about again on that day."""
    row = access.authorize(BedRequest, bed_id, actor, "bed.answer")
    if not _sound(until):
        raise Invalid("bed_day", "请写上预计哪天有床：从今天起三个月以内的一天。")
    _answer(actor, row, BedAction.WAIT, version, expected_on=until)
    bed_tasks.ask_again(row)
    return row


def decline(
    actor: Actor, bed_id: UUID, reason: str, version: int, *, free_on: date | None = None, instead: str | None = None
) -> BedRequest:
    """Say that there is none, for one of the county's reasons, and what is open. Raises RuleBroken for a clerk.

    The treating doctor has it on the list.
    """
    row = access.authorize(BedRequest, bed_id, actor, "bed.answer")
    if free_on is not None and not _sound(free_on):
        raise Invalid("bed_day", "请写上最早哪天有床：从今天起三个月以内的一天。")
    known = _reason(row, reason)
    here = pack(row.county_id).institutions.institution(row.institution).departments
    facts = BedFacts(
        may_decline=_decides(actor, row),
        reason_known=known is not None,
        needs_department=known is not None and known.needs_department,
        day=free_on is not None,
        instead=instead in {code for code, _ in ways_instead(row)},
        instead_here=instead in here and instead != row.department,
    )
    require(BED_ANSWER, facts, source_lookup(row.county_id))
    done = _answer(actor, row, BedAction.DECLINE, version, reason=reason, free_on=free_on, instead=instead)
    if done.before == BedStatus.PROPOSED:
        freed(row.county_id, row.institution, done.department, done.had)
    bed_tasks.settle(row, "declined")
    bed_tasks.hand_back(row)
    return row


def freed(county_id: str, institution: str, department: str, bed: str) -> None:
    """Tell that a bed is free again: it goes to the first in order."""
    events.publish(BedFreed(county_id=county_id, institution=institution, department=department, bed=bed))


def one_at_a_time(county_id: str, institution: str, department: str, bed: str) -> None:
    """Wait until nobody else decides about this bed."""
    session().execute(LOCK, {"key": f"bed:{county_id}:{institution}:{department}:{bed}"})


def hint(county_id: str, institution: str, resident_id: UUID, bed_id: UUID) -> None:
    """Let the open pages of the house and of the person look again."""
    for topic in (f"institution:{institution}", f"resident:{resident_id}"):
        live.hint(county_id, topic, "bed", bed_id)


def _answer(actor: Actor, row: BedRequest, action: BedAction, version: int, **given: Any) -> Row[Any]:
    nothing = dict.fromkeys(("expected_on", "reason", "free_on", "instead"))
    done = _run(ANSWER, actor, row, action, version, action=action, **nothing | given)
    if done is None:
        raise _refused(row, version)
    return done


def _run(
    statement: TextClause, actor: Actor, row: BedRequest, move: BedAction, version: int, **given: Any
) -> Row[Any] | None:
    before = BedStatus(row.status)
    if before not in OPEN_BEDS or row.version != version:
        raise _refused(row, version)
    told = BedAnswered(
        county_id=row.county_id,
        bed_id=row.id,
        referral_id=row.referral_id,
        resident_id=row.resident_id,
    )
    values = {"bed_request": row.id, "version": version, "from": before, "to": BEDS.next(before, move, actor)}
    done = run(statement, actor, told, **values, practitioner=actor.practitioner_id, **given)
    if done is not None:
        queries_beds.bed_request(row.county_id, row.id)  # the row in hand is as the statement left it
        hint(row.county_id, row.institution, row.resident_id, row.id)
    return done


def _refused(row: BedRequest, version: int, keep: KeepFacts | None = None) -> LiandongError:
    """Say why nothing was written, from what stands there now."""
    now = queries_beds.bed_request(row.county_id, row.id)
    if now.status not in OPEN_BEDS:
        return Conflict("already_answered", "这张床位申请已经答复过了，请刷新看最新的。")
    if now.version != version:
        return Stale("stale", "这张床位申请刚被改过，请刷新再办。")
    if keep is not None:
        require(BED_KEPT, keep, source_lookup(row.county_id))
    return Conflict(
        "bed_lain_in", "这张床现在住着人。请换一张；要等那位出院，就写上预计哪天有，出院后会先给排在第一的病人。"
    )


def _left(row: BedRequest) -> int:
    free = queries_beds.free_beds(row.county_id, row.institution, row.department)
    return free[0] if free else 0


def _decides(actor: Actor, row: BedRequest) -> bool:
    return actor.has(*pack(row.county_id).referral.receiving.decline_roles)


def _reason(row: BedRequest, code: str) -> DeclineReason | None:
    return next((one for one in pack(row.county_id).referral.receiving.decline_reasons if one.code == code), None)


def _sound(day: date | None) -> bool:
    today = local_day(clock.now())
    return day is not None and 0 <= (day - today).days <= FURTHEST_DAYS
