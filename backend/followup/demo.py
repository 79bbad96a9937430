"""Running plans for a demo: looks done, some due today on village doctors' rounds, one missed; none for the story."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.alliance.packs.sections.followup import Protocol
from backend.alliance.queries import pack
from backend.contracts.queries import TeamView, team_of
from backend.followup.models import FollowUpPlan, FollowUpVisit
from backend.followup.rules import Answer, judge
from backend.followup.states import FollowUpVisitStatus
from backend.kernel.clock import age_on, local_day
from backend.people.demo.shape import DemoResident, Population
from backend.people.demo.steps import DemoIds
from backend.people.models import Resident
from backend.records.models import Reading
from backend.store import clock

PLANS = 60
FOLLOWED = ("hypertension", "diabetes")
_DUE_IN = (0, 24, 0, 51, 5, 73, 0, 38, 2, 66)
"""Days until the next look, over and over; the first of all is a look that was missed."""
_MISSED_DAYS = 6
_LONG_AGO = timedelta(days=60)
"""What was measured since then was measured at the clinic and is no look of the plan, or the next would not be due."""
_GOOD = {"adherence": "按时吃", "reaction": False}


@dataclass(frozen=True, slots=True)
class _Followed:
    resident: Resident
    team: TeamView
    protocol: Protocol
    village_doctor_id: UUID


def write_follow_ups(current: Session, population: Population, ids: DemoIds) -> str:
    """Write plans with the looks that the readings show. Returns in Chinese how many."""
    today = local_day(clock.now(current))
    plans = looks = 0
    for followed in _people(current, population, ids, today):
        due_in = -_MISSED_DAYS if plans == 0 else _DUE_IN[plans % len(_DUE_IN)]
        looks += _write(current, followed, today, today + timedelta(days=due_in))
        plans += 1
        if plans == PLANS:
            break
    current.flush()
    return f"随访方案 {plans}、做过的随访 {looks}"


def _people(current: Session, population: Population, ids: DemoIds, today: date) -> Iterator[_Followed]:
    """Yield who is followed, village by village in turn, so that every village doctor has somebody."""
    county = pack(population.county_id)
    sick = [one for one in population.residents if not one.story and not set(FOLLOWED).isdisjoint(one.conditions)]
    for one in sorted(sick, key=lambda one: (_turn(one), one.village)):
        team = team_of(population.county_id, ids.residents[one.key])
        condition = next(name for name in FOLLOWED if name in one.conditions)
        protocol = county.followup.protocol(condition, today)
        if team is None or team.family_doctor_id is None or protocol is None:
            continue
        yield _Followed(
            current.get_one(Resident, (population.county_id, ids.residents[one.key])),
            team,
            protocol,
            ids.clinicians[f"village-doctor-{one.village}"],
        )


def _turn(one: DemoResident) -> int:
    return int("".join(character for character in one.household if character.isdigit()) or 0)


def _write(current: Session, followed: _Followed, today: date, due_on: date) -> int:
    resident, team, protocol = followed.resident, followed.team, followed.protocol
    plan = FollowUpPlan(
        county_id=resident.county_id,
        resident_id=resident.id,
        condition=protocol.condition,
        protocol=protocol.code,
        protocol_version=protocol.version,
        pack_version=pack(resident.county_id).version,
        basis="contract",
        institution=team.institution,
        practitioner_id=team.family_doctor_id,
        village_practitioner_id=followed.village_doctor_id,
        started_on=today - timedelta(days=200),
    )
    current.add(plan)
    current.flush()
    outcomes: list[str] = []
    for looked in _looks(current, followed):
        current.add(_done(plan, followed, looked, outcomes))
    current.add(_visit(plan, followed, due_on))
    return len(outcomes)


def _looks(current: Session, followed: _Followed) -> Iterator[list[Reading]]:
    """Yield the readings of the protocol, set by set, the oldest first."""
    codes = [one.code for one in followed.protocol.measures if one.required]
    rows = current.scalars(
        select(Reading)
        .where(
            Reading.county_id == followed.resident.county_id,
            Reading.resident_id == followed.resident.id,
            Reading.code.in_(codes),
            Reading.taken_at < clock.now(current) - _LONG_AGO,
        )
        .order_by(Reading.taken_at, Reading.set_id)
    )
    for _, values in groupby(rows, key=lambda row: row.set_id):
        yield list(values)


def _done(plan: FollowUpPlan, followed: _Followed, looked: list[Reading], outcomes: list[str]) -> FollowUpVisit:
    measures = {row.code: float(row.value) for row in looked}
    at = looked[0].taken_at
    age = age_on(followed.resident.birth_on, local_day(at))
    finding = judge(followed.protocol, Answer(measures, (), _GOOD), age=age, earlier=outcomes[::-1])
    outcomes.append(finding.outcome)
    visit = _visit(plan, followed, local_day(at), FollowUpVisitStatus.DONE)
    visit.done_at, visit.done_by = at, followed.village_doctor_id
    visit.mode, visit.face_to_face, visit.outcome = "home", True, finding.outcome
    visit.reading_set = looked[0].set_id
    visit.answers = {"measures": measures, "danger_signs": [], "fields": {**_GOOD, "mode": "上门"}}
    return visit


def _visit(
    plan: FollowUpPlan, followed: _Followed, due_on: date, status: FollowUpVisitStatus = FollowUpVisitStatus.PLANNED
) -> FollowUpVisit:
    return FollowUpVisit(
        status=status,
        county_id=plan.county_id,
        plan_id=plan.id,
        resident_id=plan.resident_id,
        village=followed.resident.village,
        village_practitioner_id=followed.village_doctor_id,
        due_on=due_on,
        protocol_version=plan.protocol_version,
    )
