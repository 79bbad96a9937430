"""Bookings as the desk reads them: when, who, how they came by the place, what paper, how to reach them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.alliance.queries import pack
from backend.booking.models import Appointment, Slot
from backend.booking.states import AppointmentStatus
from backend.booking.views import KIND_NAMES
from backend.kernel.roles import Actor
from backend.people.models import Resident
from backend.people.residents import on_wechat
from backend.records.views import department_name, person_line
from backend.referrals.certificate_state import latest
from backend.referrals.models import Referral
from backend.referrals.sight import masked, may_name
from backend.referrals.tracks import tracks_of
from backend.store.db import session
from backend.store.vault import vault

NOW = {
    AppointmentStatus.HELD: ("占着，还没确认", "wait"),
    AppointmentStatus.OFFERED: ("候补到，等答复", "wait"),
    AppointmentStatus.PENDING: ("等服务台确认", "wait"),
    AppointmentStatus.BOOKED: ("约好了", ""),
    AppointmentStatus.ARRIVED: ("到了", "ok"),
    AppointmentStatus.FULFILLED: ("看完了", "ok"),
    AppointmentStatus.NOSHOW: ("没来", "danger"),
    AppointmentStatus.CANCELLED: ("退了", ""),
}
"""What stands in the list for each status, and its colour; whose session was stopped has no place any more."""
NEVER_TAKEN = {"declined": "没要", "offer_expired": "没答复", "hold_dropped": "没约", "hold_expired": "没约"}
"""What was kept for somebody and never theirs: nobody gave it back."""
_SURE = (AppointmentStatus.PENDING, AppointmentStatus.BOOKED)


@dataclass(frozen=True, slots=True)
class BookingRow:
    """One booking. Whoever is not to be named yet has no name, no phone and no paper here, only sex and age."""

    id: UUID
    version: int
    at: datetime
    number: int | None
    name: str
    named: bool
    about: str
    kind: str
    department: str
    phone: str
    certificate: str
    print_id: UUID | None
    referred: bool
    helped: str
    status: str
    stopped: bool
    now: str
    mark: str


def rows(actor: Actor, found: Iterable[Appointment]) -> list[BookingRow]:
    """Return bookings that this person may read, as rows."""
    return [row_of(actor, one) for one in found]


def row_of(actor: Actor, row: Appointment) -> BookingRow:
    """Return one booking that this person may read."""
    referral = session().get(Referral, (row.county_id, row.referral_id)) if row.referral_id else None
    resident = session().get_one(Resident, (row.county_id, row.resident_id))
    named = referral is None or may_name(tracks_of(referral), actor)
    stopped = row.status in _SURE and session().get_one(Slot, (row.county_id, row.slot_id)).stopped
    now, mark = ("停诊，要另约", "danger") if stopped else NOW[AppointmentStatus(row.status)]
    now = NEVER_TAKEN.get(row.ended_because or "", now)
    if row.status == AppointmentStatus.OFFERED and row.wait_id is None:
        now = "停诊另约，等答复"  # nobody waited for it: it stands for a place in a session that was stopped
    line, paper = person_line(resident), latest(referral) if referral is not None else None
    return BookingRow(
        id=row.id,
        version=row.version,
        at=row.starts_at,
        number=row.queue_number,
        name=line.name if named or referral is None else masked(referral),
        named=named,
        about=f"{line.birth_year}年 {line.village}" if named else "同意后显示姓名",
        kind=KIND_NAMES[row.kind],
        department=department_name(pack(row.county_id), row.department) or "",
        phone=(vault().open(resident, "phone") or "") if named else "",
        certificate=(paper.number if paper else "证明还没开好") if referral is not None and named else "",
        print_id=paper.referral_id if paper and named else None,
        referred=referral is not None,
        helped=_helped(row, resident),
        status=row.status,
        stopped=stopped,
        now=now,
        mark=mark,
    )


def _helped(row: Appointment, resident: Resident) -> str:
    if row.by_doctor:
        return "医生帮约"
    if row.proxy_seat is not None:
        return "家里人约"
    return "" if on_wechat(resident) else "没有微信"
