"""The place of a referral in the words of its certificate: a time, or a bed; nothing that does not stand."""

from uuid import UUID

from backend.alliance.queries import pack
from backend.booking import queries
from backend.booking.instants import say
from backend.booking.queries_beds import bed_of_referral
from backend.booking.states import AppointmentStatus, BedStatus
from backend.records.views import department_name, institution_name

_SURE = (AppointmentStatus.PENDING, AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED, AppointmentStatus.FULFILLED)


def printed_place(county_id: str, referral_id: UUID) -> str:
    """Return "11月26日 周四 上午 9:20，县医院 心血管内科，门诊楼一层", or nothing where none is booked."""
    row = queries.place_of_referral(county_id, referral_id)
    if row is not None and row.status in _SURE:
        return _place(county_id, row.slot_id, pending=row.status == AppointmentStatus.PENDING)
    bed = bed_of_referral(county_id, referral_id)
    if bed is not None and bed.status == BedStatus.HELD:
        return f"{_where(county_id, bed.institution, bed.department)}，床位已留：{bed.bed}"
    return ""


def _place(county_id: str, slot_id: UUID, *, pending: bool) -> str:
    found = queries.slot_with_session(county_id, slot_id)
    if found is None:
        return ""
    slot, on = found
    if slot.stopped:
        return f"{say(slot.starts_at)}的门诊停了，正在另约，先打转诊服务台电话问清再出发"
    report = f"，{on.place}" if on.place else ""
    return (
        f"{say(slot.starts_at)}，{_where(county_id, on.institution, on.department)}{report}{'（等医院确认）' * pending}"
    )


def _where(county_id: str, institution: str, department: str | None) -> str:
    county = pack(county_id)
    parts = (institution_name(county, institution), department_name(county, department))
    return " ".join(part for part in parts if part)
