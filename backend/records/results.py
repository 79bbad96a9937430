"""Results that are brought along, and whether they count where the person goes. XM-5.3, MS-4.2.3b."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select, true

from backend.alliance.queries import pack
from backend.kernel.clock import local_day
from backend.kernel.errors import Forbidden, Invalid
from backend.kernel.roles import Actor
from backend.people.models import Resident
from backend.records.models import Result
from backend.records.recognition import Recognition, recognise
from backend.store import access, audit, clock
from backend.store.db import session
from backend.store.vault import vault


@dataclass(frozen=True, slots=True)
class NewResult:
    """A result as the institution that made it writes it down. `item` is a code of the county's catalogue."""

    resident_id: UUID
    item: str
    name: str
    taken_on: date
    text: str | None
    quality_mark: bool


def add_result(actor: Actor, new: NewResult) -> Result:
    """Write a result of the actor's own institution (XM-2: nobody writes for another).

    Raises Invalid for a day that has not come.
    """
    resident = access.authorize(Resident, new.resident_id, actor, "result.write")
    if actor.institution is None:
        raise Forbidden("no_institution", "您的账号还没有挂到医疗机构，请找管理员。")
    if new.taken_on > local_day(clock.now()):
        raise Invalid("future_result", "检查日期还没到，请核对日期。")
    row = Result(
        county_id=actor.county_id,
        resident_id=resident.id,
        item=new.item,
        name=new.name,
        institution=actor.institution,
        taken_on=new.taken_on,
        quality_mark=new.quality_mark,
    )
    vault().seal(row, "text", new.text)
    session().add(row)
    session().flush()
    audit.record(session(), actor, "result.write", "result", row.id, resident_id=resident.id)
    return row


def results_of(county_id: str, resident_id: UUID, *, item: str | None = None, limit: int = 50) -> list[Result]:
    """Return a person's results, of one examination if it is named, the newest first; the caller has authorised."""
    return list(
        session().scalars(
            select(Result)
            .where(
                Result.county_id == county_id,
                Result.resident_id == resident_id,
                true() if item is None else Result.item == item,
            )
            .order_by(Result.taken_on.desc(), Result.id.desc())
            .limit(limit)
        )
    )


def recognition_at(result: Result, institution: str) -> Recognition:
    """Judge whether a result counts at an institution today."""
    return recognise(
        pack(result.county_id),
        result.item,
        result.institution,
        institution,
        result.taken_on,
        result.quality_mark,
        local_day(clock.now()),
    )
