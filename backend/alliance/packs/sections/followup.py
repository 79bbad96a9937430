"""followup.toml: protocols by disease and version, danger signs, who steps in, first contact (MS-4.2.2d1)."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from backend.alliance.packs.base import (
    Code,
    Dated,
    Days,
    Many,
    Minutes,
    PackModel,
    Sourced,
    Text,
)
from backend.kernel.roles import Role

Who = Annotated[Role, Field(strict=False)]
Number = Annotated[float, Field(ge=-1000, le=100000, strict=False)]
Outcome = Literal["controlled", "uncontrolled", "adverse_reaction", "complication", "danger"]


class TargetByAge(Sourced):
    """A looser target from an age on (HT-07)."""

    age_from: Annotated[int, Field(ge=0, le=150)]
    below: Number


class Measure(Sourced):
    """A measured value: what can be true at all, what is the aim, what is danger."""

    code: Code
    name: Text
    plain: Text
    unit: Text
    possible_from: Number
    possible_to: Number
    decimals: Annotated[int, Field(ge=0, le=2)] = 0
    required: bool
    controlled_below: Number | None = None
    controlled_below_by_age: Many[TargetByAge] = ()
    danger_at_least: Number | None = None
    danger_at_most: Number | None = None

    def dangerous(self, value: float) -> bool:
        """Whether the value alone calls for an urgent transfer."""
        return (self.danger_at_least is not None and value >= self.danger_at_least) or (
            self.danger_at_most is not None and value <= self.danger_at_most
        )

    def target(self, age: int) -> float | None:
        """The value must stay below this at that age; None when the measure has no aim."""
        steps = [t for t in self.controlled_below_by_age if age >= t.age_from]
        return max(steps, key=lambda t: t.age_from).below if steps else self.controlled_below


class DangerSign(Sourced):
    """A sign that calls for help at once; ``ask`` is what the villager reads."""

    code: Code
    name: Text
    ask: Text


class FormField(PackModel):
    """A question of the visit's form beside measures and danger signs."""

    code: Code
    label: Text
    plain: Text
    kind: Literal["choice", "choices", "number", "text", "yes_no"]
    choices: Many[Text] = ()
    unit: Text | None = None
    required: bool = False
    patient_may_fill: bool = False


class Interval(Sourced):
    """When the next visit is due after a visit of this outcome."""

    outcome: Outcome
    days: Annotated[int, Field(ge=1, le=366)]
    refer_when_twice: bool = False


class Protocol(Dated):
    """How one disease is followed up; every visit keeps the version."""

    code: Code
    condition: Code
    version: Text
    name: Text
    plain: Text
    age_from: Annotated[int, Field(ge=0, le=150)]
    face_to_face_per_year: Annotated[int, Field(ge=0, le=52)]
    measures: Many[Measure]
    danger_signs: Many[DangerSign]
    danger_advice: Text
    intervals: Many[Interval]
    fields: Many[FormField]

    def measure(self, code: str) -> Measure:
        """The measure of that code; KeyError when there is none."""
        for measure in self.measures:
            if measure.code == code:
                return measure
        raise KeyError(code)

    def days_after(self, outcome: str) -> int:
        """Days to the next visit after that outcome; KeyError when the protocol does not say."""
        for interval in self.intervals:
            if interval.outcome == outcome:
                return interval.days
        raise KeyError(outcome)


class LadderStep(PackModel):
    """Who is told when nobody acted for ``after_minutes`` since the beginning; 0 is at once."""

    order: Annotated[int, Field(ge=1, le=9)]
    role: Who
    duty: Code | None = None
    name: Text
    after_minutes: Minutes


class Ladder(Sourced):
    """A stair of persons for one kind of trouble; danger counts every minute, the rest working time."""

    kind: Literal["danger", "missed_visit", "no_answer", "hospital_silent", "upper_advice"]
    working_time: bool
    steps: Many[LadderStep]


class FirstContact(Sourced):
    """After a down-transfer: the earliest of advice, county limit, and days before the drugs end."""

    county_limit_days: Annotated[int, Field(ge=1, le=14)]
    days_before_medicine_ends: Annotated[int, Field(ge=0, le=7)]

    def due(self, discharged: dt.date, advised: dt.date | None, medicine_ends: dt.date | None) -> dt.date:
        """The day of the first contact, never before the discharge."""
        days = [discharged + dt.timedelta(days=self.county_limit_days)]
        if advised is not None:
            days.append(advised)
        if medicine_ends is not None:
            days.append(medicine_ends - dt.timedelta(days=self.days_before_medicine_ends))
        return max(min(days), discharged)


class AfterUrgent(Sourced):
    """The township looks after an urgently referred patient within these days (HT-06, DM-04)."""

    days: Days
    role: Who


class Asking(Sourced):
    """How a due visit is asked for before a person has to go."""

    remind_days_before: Days
    answer_hours: Annotated[int, Field(ge=1, le=336)]
    overdue_after_days: Days


class UpperDoctor(Sourced):
    """What the doctor who sent somebody down sees of the plan, how long, and by when advice is answered."""

    sight_days: Annotated[int, Field(ge=1, le=366)]
    department_sees: bool
    patient_told: bool
    answer_working_minutes: Annotated[int, Field(ge=30, le=4800)]


class FollowupSection(PackModel):
    """Everything a county settles about follow-up."""

    protocols: Many[Protocol]
    ladders: Many[Ladder]
    first_contact: FirstContact
    after_urgent: AfterUrgent
    asking: Asking
    upper_doctor: UpperDoctor
    general: Protocol

    def protocol(self, condition: str, on: dt.date) -> Protocol | None:
        """The protocol of a disease in force on that day, the newest; None when it has none."""
        found = [p for p in self.protocols if p.condition == condition and p.in_force(on)]
        return max(found, key=lambda p: p.effective_from) if found else None

    def ladder(self, kind: str) -> Ladder:
        """The stair of that kind; KeyError when there is none."""
        for ladder in self.ladders:
            if ladder.kind == kind:
                return ladder
        raise KeyError(kind)
