"""People on the wait list as rows: in the order in which places are offered, with whose call is due."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func

from backend.alliance.queries import pack
from backend.booking.calls import calls_about
from backend.booking.models import WaitlistEntry
from backend.booking.queries import offer_of_wait
from backend.booking.wait_list import OPEN
from backend.kernel.roles import Actor
from backend.people.models import Resident
from backend.people.residents import on_wechat
from backend.records.views import department_name, person_line, practitioner_of
from backend.referrals.models import Referral
from backend.referrals.sight import masked, may_name
from backend.referrals.tracks import tracks_of
from backend.store import access
from backend.store.db import session
from backend.store.vault import vault
from backend.worklist.service import open_task_of

PRIORITY = {"stat": ("马上", "danger"), "urgent": ("急", "wait"), "routine": ("一般", "")}
PHONE = "tell_by_phone"
MOST = 300


@dataclass(frozen=True, slots=True)
class WaitRow:
    """Somebody who waits. `call` says whose list the phone call is on, where WeChat did not reach them."""

    id: UUID
    name: str
    about: str
    phone: str
    wechat: bool
    department: str
    department_name: str
    priority: str
    mark: str
    referred: bool
    from_on: date
    until_on: date
    since: datetime
    missed: int
    offer_at: datetime | None
    offer_until: datetime | None
    call: str
    call_by: datetime | None
    tried: int


def rows(actor: Actor) -> list[WaitRow]:
    """Return who waits at this house: offers that run first, then by priority, missed offers and time."""
    order = func.array_position(func.string_to_array("stat,urgent,routine", ","), WaitlistEntry.priority)
    waits = (
        access.scoped_query(WaitlistEntry, actor, "waitlist.read")
        .where(WaitlistEntry.status.in_(OPEN), WaitlistEntry.institution == actor.institution)
        .order_by(WaitlistEntry.status, order, WaitlistEntry.missed, WaitlistEntry.created_at, WaitlistEntry.id)
        .limit(MOST)
    )
    return [row_of(actor, one) for one in session().scalars(waits)]


def row_of(actor: Actor, row: WaitlistEntry) -> WaitRow:
    """Return one who waits; whoever is not to be named yet shows sex and age."""
    referral = session().get(Referral, (row.county_id, row.referral_id)) if row.referral_id else None
    resident = session().get_one(Resident, (row.county_id, row.resident_id))
    named = referral is None or may_name(tracks_of(referral), actor)
    line, offer = person_line(resident), offer_of_wait(row.county_id, row.id)
    task = open_task_of(row.county_id, ("appointment", offer.id), PHONE) if offer else None
    priority, mark = PRIORITY[row.priority]
    caller = practitioner_of(row.county_id, task.practitioner_id) if task else None
    return WaitRow(
        id=row.id,
        name=line.name if named or referral is None else masked(referral),
        about=f"{line.birth_year}年 {line.village}" if named else "同意后显示姓名",
        phone=(vault().open(resident, "phone") or "") if named else "",
        wechat=on_wechat(resident),
        department=row.department,
        department_name=department_name(pack(row.county_id), row.department) or "",
        priority=priority,
        mark=mark,
        referred=referral is not None,
        from_on=row.from_on,
        until_on=row.until_on,
        since=row.created_at,
        missed=row.missed,
        offer_at=offer.starts_at if offer else None,
        offer_until=offer.held_until if offer else None,
        call=(caller.name if caller else "服务台") if task else "",
        call_by=task.due_at if task else None,
        tried=len(calls_about(row.county_id, offer.id)) if offer else 0,
    )
