"""What becomes of a bed that was asked for without anybody's answer: asked, followed, used, lost, freed, given on."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, TextClause

from backend.alliance.queries import pack
from backend.booking import bed_tasks, beds, queries_beds
from backend.booking.events import BedAnswered
from backend.booking.models_beds import BedRequest
from backend.booking.rules_beds import priority_of
from backend.booking.running import run
from backend.booking.statements_beds import FOLLOW, LOSE, PROPOSE, SETTLE
from backend.booking.states import LIVE_BEDS, BedStatus
from backend.kernel.clock import local_day
from backend.kernel.roles import system_actor
from backend.records.bed_names import bed_name
from backend.records.models import Stay
from backend.referrals import comeback
from backend.referrals.models import Referral
from backend.store import audit, clock, events
from backend.store.db import session

NEAR = timedelta(days=1)
"""A freed bed is proposed to whoever needs one by tomorrow: it does not stand empty for a later day."""


def ask(referral: Referral) -> BedRequest | None:
    """Ask the hospital of a referral for a bed, once, and follow its day; None when nobody there uses this system."""
    if pack(referral.county_id).institutions.institution(referral.to_institution).outside:
        return None
    standing = queries_beds.bed_of_referral(referral.county_id, referral.id)
    if standing is not None and standing.status in LIVE_BEDS:
        if standing.institution == referral.to_institution:
            follow(referral)
            return standing
        release(referral.county_id, referral.id)
    row = BedRequest(
        county_id=referral.county_id,
        referral_id=referral.id,
        resident_id=referral.resident_id,
        institution=referral.to_institution,
        department=referral.to_department or "",
        priority=_priority(referral),
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
        detail={"priority": row.priority},
    )
    bed_tasks.ask_desk(row)
    beds.hint(row.county_id, row.institution, row.resident_id, row.id)
    return row


def follow(referral: Referral) -> None:
    """Move a question with the day, the department and the priority of its referral; what was kept is asked again.

    After a no, another day or another department is a new question.
    """
    row = queries_beds.bed_of_referral(referral.county_id, referral.id)
    if row is None:
        return
    department, day = referral.to_department or row.department, referral.wanted_on or row.needed_by
    if row.status == BedStatus.DECLINED and (department, day) != (row.department, row.needed_by):
        ask(referral)
        return
    given = {"department": department, "needed_by": day, "priority": _priority(referral)}
    done = _run(FOLLOW, referral.county_id, referral=referral.id, **given)
    if done is None:
        return
    row = queries_beds.bed_request(referral.county_id, done.id)
    if done.action == "lose":
        beds.freed(row.county_id, row.institution, done.department, done.had)
    if done.action != "follow":
        bed_tasks.ask_desk(row)


def release(county_id: str, referral_id: UUID, *, unless: str | None = None) -> None:
    """Give a bed back because the referral ended, or another hospital is asked (all but `unless`)."""
    done = _settle(county_id, referral_id, unless=unless)
    if done is not None and done.had:
        beds.freed(county_id, done.institution, done.department, done.had)


def lain_in(stay: Stay) -> None:
    """Somebody was admitted: what was kept for them is used, what was only asked is settled.

    Whoever else was promised the bed they lie in now is asked about anew, at once, and told: nobody is barred from one.
    """
    bed = bed_name(stay.bed)
    if bed is not None:
        beds.one_at_a_time(stay.county_id, stay.institution, stay.department, bed)
    if stay.referral_id is not None:
        use(stay.county_id, stay.referral_id, stay)
    if bed is not None:
        _take_from_others(stay, bed)


def use(county_id: str, referral_id: UUID, stay: Stay | None = None) -> None:
    """The patient of a referral lies in a bed now; in another than the one kept, that one is free for the next."""
    done = _settle(county_id, referral_id, lies=True)
    if done is None or stay is None or not (done.had and stay.bed):
        return
    if (stay.department, bed_name(stay.bed)) != (done.department, done.had):
        beds.freed(county_id, done.institution, done.department, done.had)


def propose(county_id: str, institution: str, department: str, bed: str) -> UUID | None:
    """Propose a freed bed to the first in order; the desk says yes. Returns whose question, or None for nobody."""
    beds.one_at_a_time(county_id, institution, department, bed)
    by: date = local_day(clock.now()) + NEAR
    given = {"institution": institution, "department": department, "bed": bed, "by": by}
    done = _run(PROPOSE, county_id, **given)
    if done is None:
        return None
    bed_tasks.ask_desk(queries_beds.bed_request(county_id, done.id))
    return UUID(str(done.id))


def _take_from_others(stay: Stay, bed: str) -> None:
    given = {"institution": stay.institution, "department": stay.department, "bed": bed, "lies": stay.resident_id}
    done = _run(LOSE, stay.county_id, **given)
    if done is None:
        return
    row = queries_beds.bed_request(stay.county_id, done.id)
    bed_tasks.ask_desk(row)
    if done.before == BedStatus.HELD:
        events.publish(
            BedAnswered(
                county_id=row.county_id,
                bed_id=row.id,
                referral_id=row.referral_id,
                resident_id=row.resident_id,
            )
        )


def _settle(county_id: str, referral_id: UUID, *, lies: bool = False, unless: str | None = None) -> Row[Any] | None:
    done = _run(SETTLE, county_id, referral=referral_id, lies=lies, unless=unless)
    if done is not None:
        bed_tasks.settle(queries_beds.bed_request(county_id, done.id), str(done.status))
    return done


def _run(statement: TextClause, county_id: str, **given: Any) -> Row[Any] | None:
    done = run(statement, system_actor(county_id), None, **given)
    if done is not None:
        beds.hint(county_id, done.institution, done.resident_id, done.id)
    return done


def _priority(referral: Referral) -> str:
    return priority_of(emergency=referral.emergency, promised=comeback.promised(referral))
