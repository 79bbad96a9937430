"""What follow-up takes in and gives out."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class AnswerIn(BaseModel):
    """A filled form. Measures by code; danger signs ticked; the other fields by code."""

    model_config = ConfigDict(extra="forbid")
    measures: dict[str, float] = Field(default_factory=dict, max_length=20)
    danger_signs: list[str] = Field(default_factory=list, max_length=30)
    fields: dict[str, bool | float | str | list[str]] = Field(default_factory=dict, max_length=30)
    note: str | None = Field(default=None, max_length=500)
    mode: Literal["self", "clinic", "home", "phone"] = "self"


class PlanIn(BaseModel):
    """Which disease to follow."""

    model_config = ConfigDict(extra="forbid")
    condition: str = Field(min_length=1, max_length=64)


class MeasureOut(BaseModel):
    """One number to fill: what the villager reads, its unit and what is possible."""

    code: str
    plain: str
    unit: str
    lowest: float
    highest: float
    decimals: int
    required: bool
    aim_below: float | None


class SignOut(BaseModel):
    """A danger sign as a question."""

    code: str
    ask: str


class FieldOut(BaseModel):
    """Another question of the form."""

    code: str
    plain: str
    kind: str
    choices: list[str]
    unit: str | None
    required: bool


class FormOut(BaseModel):
    """The form as this actor fills it."""

    name: str
    plain: str
    version: str
    measures: list[MeasureOut]
    danger_signs: list[SignOut]
    fields: list[FieldOut]


class VisitOut(BaseModel):
    """One look: when it is due, what came of it."""

    id: UUID
    plan_id: UUID
    resident_id: UUID
    resident_name: str
    birth_year: int
    village: str
    condition: str
    plain: str
    status: str
    due_on: date
    overdue: bool
    done_at: datetime | None
    mode: str | None
    outcome: str | None
    answers: dict[str, Any]
    note: str | None
    version: int
    actions: list[str]


class VisitFormOut(BaseModel):
    """A due look with its form and the last values, so that the person sees the line they are on."""

    visit: VisitOut
    form: FormOut
    last: VisitOut | None


class RecordedOut(BaseModel):
    """What came of an answer. `advice` is set when it is dangerous and must be shown at once."""

    outcome: str
    plain: str
    advice: str | None
    emergency_phone: str | None
    told: list[str]
    next_on: date
    refer: bool
    visit: VisitOut


class VisitPage(BaseModel):
    """A page of visits."""

    items: list[VisitOut]
    next_cursor: str | None


class PlanOut(BaseModel):
    """A plan and where it stands."""

    id: UUID
    resident_id: UUID
    condition: str
    plain: str
    protocol_version: str
    status: str
    basis: str
    institution: str
    practitioner: str
    village_practitioner: str | None
    hospital_follows: bool
    started_on: date
    next_due_on: date | None
    version: int
    actions: list[str]


class PlanPage(BaseModel):
    """A person's plans."""

    items: list[PlanOut]
    next_cursor: str | None


class HouseholdOut(BaseModel):
    """A household on the village doctor's round, with everybody in it who is due."""

    household: str
    village: str
    head: str
    namesakes: int
    visits: list[VisitOut]


class RoundOut(BaseModel):
    """The round: households in walking order, and those done today."""

    day: date
    village_names: list[str]
    households: list[HouseholdOut]
    done: list[VisitOut]
