"""How long each house lets people wait for an answer, against what the county promises. XM-5.4b.

Measured in the house's own working time, from the question to the first answer, in the month in which it was asked.
What still waits past its time counts as late; what was taken back before an answer counts for nobody.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median

from sqlalchemy import and_, func, or_, select

from backend.alliance.packs.pack import Pack
from backend.alliance.queries import pack as pack_of
from backend.alliance.working_time import Office, office
from backend.booking.bed_tasks import FOCUS, KIND, STAT_MINUTES
from backend.booking.models import Appointment
from backend.booking.models_beds import BedRequest
from backend.booking.states import AppointmentStatus, BedStatus
from backend.kernel.clock import local_day
from backend.oversight.months import within
from backend.referrals.models import ReferralAnswer
from backend.referrals.states import AnswerStatus
from backend.referrals.waiting import answer_minutes, office_of
from backend.store import clock
from backend.store.db import session
from backend.worklist.models import Task

KINDS = {"receiving": "接不接转诊", "confirming": "确认号", "bed": "答复床位"}
_BED_ANSWERS = (BedStatus.WAITING, BedStatus.HELD, BedStatus.DECLINED)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question to a house: when, in how many minutes it had to be answered, and when it was."""

    institution: str
    kind: str
    at: datetime
    limit: int
    answered_at: datetime | None
    by_clock: bool = False


@dataclass(frozen=True, slots=True)
class Promise:
    """How one house kept one promise in a month: of `whole` questions `kept` in time; the median of those answered."""

    institution: str
    name: str
    kind: str
    limits: tuple[int, ...]
    kept: int
    whole: int
    waiting: int
    middle: int | None

    @property
    def percent(self) -> float:
        """Return the share answered in time."""
        return round(100 * self.kept / self.whole, 1)


def promises(county_id: str, month: date) -> list[Promise]:
    """Return how each house of the county kept each promise in a month, in the pack's order."""
    pack, now = pack_of(county_id), clock.now()
    found: dict[tuple[str, str], list[tuple[int, int, bool]]] = {}
    for one in _asked(pack, month):
        minutes = _minutes(pack, one, one.answered_at or now)
        if one.answered_at is not None or minutes > one.limit:
            taken = found.setdefault((one.institution, one.kind), [])
            taken.append((minutes, one.limit, one.answered_at is not None))
    return [
        _promise(house.code, house.short_name, kind, found[house.code, kind])
        for house in pack.institutions.institutions
        if not house.outside
        for kind in KINDS
        if (house.code, kind) in found
    ]


def _promise(code: str, name: str, kind: str, taken: list[tuple[int, int, bool]]) -> Promise:
    answered = [minutes for minutes, _, done in taken if done]
    return Promise(
        institution=code,
        name=name,
        kind=kind,
        limits=tuple(sorted({limit for _, limit, _ in taken})),
        kept=sum(done and minutes <= limit for minutes, limit, done in taken),
        whole=len(taken),
        waiting=len(taken) - len(answered),
        middle=round(median(answered)) if answered else None,
    )


def _minutes(pack: Pack, one: Asked, until: datetime) -> int:
    return _hours(pack, one).minutes_between(one.at, until)


def _hours(pack: Pack, one: Asked) -> Office:
    # An emergency waits for no office hours: its minutes are the clock's.
    if one.by_clock:
        return Office(None, pack.holidays)
    # As the deadline was set: places are a desk's to confirm, whoever takes a patient has the house's own hours.
    if one.kind == "confirming":
        return office(pack, "referral_desk", local_day(one.at), one.institution)
    return office_of(pack.county.id, one.institution, one.at)


def _asked(pack: Pack, month: date) -> Iterator[Asked]:
    county_id = pack.county.id
    yield from _receiving(pack, county_id, month)
    yield from _confirming(pack, county_id, month)
    yield from _beds(pack, county_id, month)


def _receiving(pack: Pack, county_id: str, month: date) -> Iterator[Asked]:
    waiting = (AnswerStatus.ASKED, AnswerStatus.PASSED_ON)
    rows = session().execute(
        select(ReferralAnswer.institution, ReferralAnswer.created_at, ReferralAnswer.answered_at).where(
            ReferralAnswer.county_id == county_id,
            within(ReferralAnswer.created_at, month),
            # What nobody said is no answer: a way back that was promised before, and what its doctor disowned.
            or_(ReferralAnswer.answered_by.is_not(None), ReferralAnswer.status.in_(waiting)),
            ReferralAnswer.status != AnswerStatus.DISOWNED,
        )
    )
    for institution, at, answered_at in rows:
        yield Asked(institution, "receiving", at, answer_minutes(pack, institution), answered_at)


def _confirming(pack: Pack, county_id: str, month: date) -> Iterator[Asked]:
    yes_or_no = or_(Task.outcome == "handled", Appointment.ended_because == "refused")
    rows = session().execute(
        select(Appointment.institution, Appointment.kind, Task.created_at, Task.done_at)
        .join(
            Task,
            and_(
                Task.county_id == Appointment.county_id,
                Task.focus_kind == "appointment",
                Task.focus_id == Appointment.id,
                Task.kind == "booking.confirm",
            ),
        )
        .where(
            Appointment.county_id == county_id,
            within(Task.created_at, month),
            or_(yes_or_no, Appointment.status == AppointmentStatus.PENDING),
        )
    )
    for institution, kind, at, done_at in rows:
        limit = pack.booking.confirmation(kind).limit_working_minutes
        yield Asked(institution, "confirming", at, limit, done_at)


def _beds(pack: Pack, county_id: str, month: date) -> Iterator[Asked]:
    limit = pack.booking.confirmation("bed").limit_working_minutes
    first = func.min(Task.done_at).filter(Task.outcome.in_(_BED_ANSWERS))
    rows = session().execute(
        select(BedRequest.institution, BedRequest.priority, BedRequest.status, BedRequest.created_at, first)
        .join(
            Task,
            and_(
                Task.county_id == BedRequest.county_id,
                Task.focus_kind == FOCUS,
                Task.focus_id == BedRequest.id,
                Task.kind == KIND,
            ),
        )
        .where(BedRequest.county_id == county_id, within(BedRequest.created_at, month))
        .group_by(BedRequest.county_id, BedRequest.id)
    )
    for institution, priority, status, at, answered_at in rows:
        if answered_at is not None or status in (BedStatus.ASKED, BedStatus.PASSED_ON, BedStatus.PROPOSED):
            stat = priority == "stat"
            yield Asked(institution, "bed", at, STAT_MINUTES if stat else limit, answered_at, by_clock=stat)
