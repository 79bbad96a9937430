"""Booking in the demonstration: visiting specialists, booked places, one that waits for the desk, one who waits."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from backend.alliance.packs import Pack
from backend.alliance.queries import pack
from backend.booking import examinations, open_places, queries, queries_open, wait_list
from backend.booking.models_schedule import ScheduleTemplate
from backend.booking.slot_maker import make_slots
from backend.booking.states import SlotPool
from backend.kernel.clock import local_day
from backend.kernel.errors import LiandongError
from backend.kernel.roles import Actor, Role
from backend.people.demo.shape import Population
from backend.people.demo.steps import DemoIds
from backend.people.models import Resident
from backend.records.models_orders import ExaminationOrder
from backend.records.states import OrderStatus
from backend.store import clock
from backend.store.vault import vault

BOOKED = 3
WAITED_FOR = "endocrinology"


def write_bookings(current: Session, population: Population, ids: DemoIds) -> str:
    """Settle the pack's visiting sessions, make the coming places, and let some people book. Returns how much."""
    county = pack(population.county_id)
    visiting = [_visit(current, county, ids, number) for number in range(len(county.booking.outreach))]
    current.flush()
    sessions = make_slots(current, county.county_id)
    people = _people(current, population, ids)
    hospital = county.institutions.of_kind("county_hospital")[0].code
    booked = [_book(county, next(people), hospital, "cardiology") for _ in range(BOOKED)]
    asked = _examination(current, county, ids, next(people), hospital)
    waits = _wait(county, people, hospital)
    return f"下乡坐诊 {sum(visiting)}、门诊 {sessions}、约号 {sum(booked) + asked}、候补 {waits}"


def _visit(current: Session, county: Pack, ids: DemoIds, number: int) -> bool:
    one = county.booking.outreach[number]
    doctor = ids.clinicians.get(one.practitioner)
    if doctor is None:
        return False
    current.add(
        ScheduleTemplate(
            county_id=county.county_id,
            code=one.code,
            kind="outreach",
            institution=one.site,
            department=one.department,
            practitioner_id=doctor,
            from_institution=one.from_institution,
            title="县医院专家坐诊",
            weekdays=[one.weekday],
            every_weeks=one.every_weeks,
            from_on=local_day(clock.now(current)),
            start_time=one.start,
            end_time=one.end,
            capacity=one.capacity,
            expert=True,
        )
    )
    return True


def _people(current: Session, population: Population, ids: DemoIds) -> Iterator[Resident]:
    """Residents of the last team, so that the story's own people and doctors keep their empty lists."""
    villages = set(population.teams[-1].villages)
    for person in population.residents:
        if person.village in villages and not person.story:
            found = current.get(Resident, (population.county_id, ids.residents[person.key]))
            if found is not None and found.died_on is None:
                yield found


def _self(resident: Resident) -> Actor:
    return Actor(resident.county_id, None, frozenset({Role.RESIDENT}), resident_id=resident.id)


def _book(county: Pack, resident: Resident, hospital: str, department: str) -> bool:
    now = clock.now()
    for row in queries_open.open_places(county.county_id, hospital, department, (SlotPool.GENERAL,)):
        if row.left and row.starts_at > now + timedelta(days=2) and (row.opens_at is None or row.opens_at <= now):
            return _sure(resident, row.id)
    return False


def _sure(resident: Resident, slot_id: UUID) -> bool:
    try:
        made = open_places.take(_self(resident), resident, slot_id)
    except LiandongError:
        return False
    open_places.confirm(_self(resident), queries.appointment(resident.county_id, made), 1)
    return True


def _examination(current: Session, county: Pack, ids: DemoIds, resident: Resident, hospital: str) -> bool:
    item = next((one for one in county.booking.examinations if hospital in one.institutions), None)
    doctor = ids.clinicians.get("specialist-neurology")
    if item is None or doctor is None:
        return False
    row = ExaminationOrder(
        county_id=county.county_id,
        resident_id=resident.id,
        practitioner_id=doctor,
        institution=hospital,
        item=item.code,
        status=OrderStatus.ACTIVE,
        until_on=local_day(clock.now(current)) + timedelta(days=30),
        answers=[one.code for one in item.questions],
    )
    vault().seal(row, "reason", "反复头晕三个月，吃药不见好（样例）")
    current.add(row)
    current.flush()
    now = clock.now()
    for place in queries_open.examination_places(county.county_id, hospital, item.code, (SlotPool.GENERAL,)):
        if place.left and place.starts_at > now + timedelta(days=2) and (not place.opens_at or place.opens_at <= now):
            examinations.book(_self(resident), row, place.id)
            return True
    return False


def _wait(county: Pack, people: Iterator[Resident], hospital: str) -> int:
    """Fill the first day of a small clinic, and let one more person wait for it."""
    now = clock.now()
    pools = (SlotPool.CONTRACT, SlotPool.GENERAL)
    rows = [
        row
        for row in queries_open.open_places(county.county_id, hospital, WAITED_FOR, pools)
        if row.starts_at > now + timedelta(days=2) and (row.opens_at is None or row.opens_at <= now)
    ]
    if not rows:
        return 0
    day = rows[0].day
    for row in rows:
        if row.day == day:
            for _, resident in zip(range(row.left), people, strict=False):
                _sure(resident, row.id)
    waiting = next(people, None)
    if waiting is None:
        return 0
    try:
        wait_list.join(_self(waiting), waiting, hospital, WAITED_FOR, day, day)
    except LiandongError:
        return 0
    return 1
