"""Which sessions a county's pack wants on a day: weekly clinics and examinations, off on holidays. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from backend.alliance.packs import Pack
from backend.alliance.packs.sections.booking import Examination, SessionTemplate

_WEEK = frozenset({1, 2, 3, 4, 5})


@dataclass(frozen=True, slots=True)
class Planned:
    """One session that a template wants on a day. `place` is where to report."""

    template: str
    kind: str
    institution: str
    department: str
    title: str
    day: date
    start: time
    end: time
    capacity: int
    place: str
    expert: bool = False
    practitioner_id: UUID | None = None
    item: str | None = None

    @property
    def key(self) -> tuple[str, str, date, str]:
        """Return what a session is known by in the database, once a county."""
        return (self.institution, self.department, self.day, self.template)


def planned(rules: Pack, day: date) -> Iterator[Planned]:
    """Yield the sessions that the pack wants on a day whose holidays are known."""
    for template in rules.booking.templates:
        for code in template.institutions:
            entry = rules.institutions.institution(code)
            if not runs(rules, template.weekdays, code, day):
                continue
            for department in template.departments:
                if department in entry.departments:
                    yield _from_pack(rules, template, code, department, day)
    for item in rules.booking.examinations:
        for code in item.institutions:
            if runs(rules, item.weekdays, code, day):
                yield _examination(rules, item, code, day)


def _examination(rules: Pack, item: Examination, institution: str, day: date) -> Planned:
    return Planned(
        template=f"exam:{item.code}",
        kind="examination",
        institution=institution,
        department=item.department,
        title=item.name,
        day=day,
        start=item.start,
        end=item.end,
        capacity=item.capacity,
        place=f"{rules.institutions.department(item.department).name}登记处",
        item=item.code,
    )


def runs(rules: Pack, weekdays: tuple[int, ...], institution: str, day: date) -> bool:
    """Say whether what is weekly runs on a day. A holiday stops sessions; the hospital itself never closes."""
    if rules.holidays.holiday(day, institution) is not None:
        return False
    if any(entry.date == day for entry in rules.holidays.working_days):
        # A weekend worked for a holiday has no weekday of its own: only what runs all week runs then.
        return set(weekdays) >= _WEEK
    return day.isoweekday() in weekdays


def reporting_place(rules: Pack, institution: str) -> str:
    """Return where a patient reports: the desk for referred patients, where there is one."""
    entry = rules.institutions.institution(institution)
    return f"{entry.desk.place} {entry.desk.name}" if entry.desk else entry.name


def _from_pack(rules: Pack, template: SessionTemplate, institution: str, department: str, day: date) -> Planned:
    return Planned(
        template=template.code,
        kind="clinic",
        institution=institution,
        department=department,
        title=template.title,
        day=day,
        start=template.start,
        end=template.end,
        capacity=template.capacity,
        place=reporting_place(rules, institution),
        expert=template.expert,
    )
