"""Which sessions the houses themselves have settled: nobody where they may not practise, nobody on leave. XM-5.1a."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backend.alliance.packs import Pack
from backend.booking.models import ClinicianLeave
from backend.booking.models_schedule import ScheduleTemplate
from backend.booking.planning import Planned, reporting_place, runs
from backend.kernel.clock import SHANGHAI
from backend.kernel.roles import Role
from backend.people.models import PractitionerRole
from backend.worklist.service import Owner, open_task


class OwnPlans:
    """The templates of a county's houses over some days, with where their clinicians may practise and when not."""

    def __init__(self, current: Session, rules: Pack, days: list[date]) -> None:
        self.rules = rules
        first, last = days[0], days[-1]
        self.templates = current.scalars(
            select(ScheduleTemplate)
            .where(
                ScheduleTemplate.county_id == rules.county_id,
                ScheduleTemplate.ended_at.is_(None),
                ScheduleTemplate.from_on <= last,
                or_(ScheduleTemplate.until_on.is_(None), ScheduleTemplate.until_on >= first),
            )
            .order_by(ScheduleTemplate.id)
        ).all()
        doctors = {row.practitioner_id for row in self.templates if row.practitioner_id}
        self.roles: list[Any] = []
        self.leaves: list[Any] = []
        if doctors:
            mine = PractitionerRole.practitioner_id.in_(doctors)
            self.roles = list(
                current.scalars(select(PractitionerRole).where(PractitionerRole.county_id == rules.county_id, mine))
            )
            self.leaves = list(
                current.scalars(
                    select(ClinicianLeave).where(
                        ClinicianLeave.county_id == rules.county_id,
                        ClinicianLeave.practitioner_id.in_(doctors),
                        ClinicianLeave.until_on >= first,
                    )
                )
            )

    def on(self, day: date) -> Iterator[Planned]:
        """Yield what the houses have settled for a day whose holidays are known."""
        for row in self.templates:
            if not self._wanted(row, day) or self._away(row, day):
                continue
            if not self._may_practise(row, day):
                self._alarm(row, day)
                continue
            yield Planned(
                template=f"own:{row.code}",
                kind=row.kind,
                institution=row.institution,
                department=row.department,
                title=row.title,
                day=day,
                start=row.start_time,
                end=row.end_time,
                capacity=row.capacity,
                place=row.place or reporting_place(self.rules, row.institution),
                expert=row.expert,
                practitioner_id=row.practitioner_id,
            )

    def _wanted(self, row: ScheduleTemplate, day: date) -> bool:
        if day < row.from_on or (row.until_on is not None and day > row.until_on):
            return False
        if row.on_day is not None:
            return day == row.on_day
        weeks = (_monday(day) - _monday(row.from_on)).days // 7
        return weeks % row.every_weeks == 0 and runs(self.rules, tuple(row.weekdays), row.institution, day)

    def _may_practise(self, row: ScheduleTemplate, day: date) -> bool:
        return row.practitioner_id is None or any(
            role.practitioner_id == row.practitioner_id
            and role.institution == row.institution
            and role.from_on <= day
            and (role.until_on is None or role.until_on >= day)
            for role in self.roles
        )

    def _away(self, row: ScheduleTemplate, day: date) -> bool:
        return any(
            leave.practitioner_id == row.practitioner_id
            and leave.institution == row.institution
            and leave.from_on <= day <= leave.until_on
            for leave in self.leaves
        )

    def _alarm(self, row: ScheduleTemplate, day: date) -> None:
        # The registration of the site has run out: the house is told, and no session is guessed.
        open_task(
            self.rules.county_id,
            "booking.practising_place",
            Owner(role=Role.MEDICAL_OFFICE, institution=row.institution),
            dedupe_key=f"booking.practising_place:{row.id}:{row.version}",
            due_at=datetime.combine(day - timedelta(days=1), time(17), SHANGHAI),
            focus=("schedule_template", row.id),
            detail={"from": day.isoformat()},
        )


def _monday(day: date) -> date:
    return day - timedelta(days=day.isoweekday() - 1)
