"""What follow-up takes in and gives out."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from backend.web.given import Instant


class AnswerIn(BaseModel):
    """A filled form. Measures by code; danger signs ticked; the other fields by code."""

    model_config = ConfigDict(extra="forbid")
    measures: dict[str, float] = Field(default_factory=dict, max_length=20)
    danger_signs: list[str] = Field(default_factory=list, max_length=30)
    fields: dict[str, bool | float | str | list[str]] = Field(default_factory=dict, max_length=30)
    note: str | None = Field(default=None, max_length=500)
    mode: Literal["self", "clinic", "home", "phone"] = "self"
    taken_at: Instant | None = None  # when it was written down, where that was without a signal


class PlanIn(BaseModel):
    """Which disease to follow."""

    model_config = ConfigDict(extra="forbid")
    condition: str = Field(min_length=1, max_length=64)


class MeasureOut(BaseModel):
    """One number to fill: what the villager reads, its unit, what is possible, the aim, and what is danger.

    The phone must know danger by itself: it may be without a signal.
    """

    code: str
    plain: str
    unit: str
    lowest: float
    highest: float
    decimals: int
    required: bool
    aim_below: float | None
    danger_from: float | None
    danger_to: float | None


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
    """The form as this actor fills it; `key` is the same for everybody who fills the same one."""

    key: str
    name: str
    plain: str
    version: str
    measures: list[MeasureOut]
    danger_signs: list[SignOut]
    fields: list[FieldOut]
    danger_advice: str
    emergency_phone: str


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


class LastValueOut(BaseModel):
    """What was measured last, so that the person sees the line they are on."""

    code: str
    value: float
    taken_at: datetime


class CarerOut(BaseModel):
    """Whom to ask: a doctor of this plan and their work phone."""

    name: str
    part: str
    phone: str


class StandingOut(BaseModel):
    """Who has a dangerous value now, until when, who gets it next; or what they did about it."""

    open: bool
    owner: str
    owner_phone: str | None
    due_at: datetime
    next_owner: str | None
    outcome: str | None
    done_at: datetime | None


class ResultOut(BaseModel):
    """What came of an answer. `advice` is set when it is dangerous and must be shown at once."""

    outcome: str
    plain: str
    advice: str | None
    emergency_phone: str | None
    told: list[str]
    standing: StandingOut | None
    next_on: date | None
    refer: bool


class VisitFormOut(BaseModel):
    """A look with its form, the last values, whom to ask, and what came of it once it is done."""

    visit: VisitOut
    form: FormOut
    by_patient: bool
    last: VisitOut | None
    last_values: list[LastValueOut]
    carers: list[CarerOut]
    result: ResultOut | None


class RecordedOut(ResultOut):
    """What came of an answer just given."""

    visit: VisitOut


class VisitPage(BaseModel):
    """A page of visits."""

    items: list[VisitOut]
    next_cursor: str | None


class AdvisedOut(BaseModel):
    """That the hospital's doctor advised something, and what became of it, as the patient reads it."""

    on: date
    text: str
    outcome: str
    tone: str  # wait | ok


class PlanOut(BaseModel):
    """A plan and where it stands; `advised` as far as the county lets the patient know."""

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
    advised: list[AdvisedOut]
    actions: list[str]


class PlanPage(BaseModel):
    """A person's plans."""

    items: list[PlanOut]
    next_cursor: str | None


class RoundVisitOut(VisitOut):
    """A look on the round with all that is needed to do it without a signal; `form` is the key of its form."""

    form: str
    last_values: list[LastValueOut]


class HouseholdOut(BaseModel):
    """A household on the village doctor's round, with everybody in it who is due."""

    household: str
    village: str
    head: str
    namesakes: int  # how many of the villages have the name of somebody here, 1 when nobody else has
    visits: list[RoundVisitOut]


class RoundOut(BaseModel):
    """The round: households in walking order, the forms they need, and those done today."""

    day: date
    village_names: list[str]
    households: list[HouseholdOut]
    forms: list[FormOut]
    carers: list[CarerOut]
    emergency_phone: str
    done: list[VisitOut]
