"""What goes out to the wizard that makes a referral, and to whoever is asked to consent."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel

from backend.referrals.bodies import DoctorBody, Named, ReasonBody
from backend.web.openapi import SourceBody, ViolationBody


class ChoiceBody(BaseModel):
    """One place that can treat it."""

    institution: str
    name: str
    level: str
    level_name: str
    kilometres: int | None
    able: bool | None
    outside: bool
    partner: bool
    own_alliance: bool
    nearest: bool
    passes: list[str]
    departments: list[Named]
    phones: list[str]


class ArticleBody(BaseModel):
    """One article of a standard."""

    number: int
    text: str
    indication: str


class StandardChoice(BaseModel):
    """A standard that may be met."""

    code: str
    name: str
    version: str
    articles: list[ArticleBody]
    source: SourceBody


class LowerStayBody(BaseModel):
    """The stay here that the patient goes up out of, and what that changes in the deductible, if the county says so."""

    id: UUID
    department_name: str
    admitted_at: datetime
    discharged_at: datetime | None
    to_levels: list[str]  # where only the difference is due; none: the county has no such rule
    source: SourceBody | None


class OptionsBody(BaseModel):
    """Everything the wizard asks about: reasons, standards, places, and whether this place may treat it itself.

    `own_beyond` says what of it this place may not do.
    """

    condition: Named | None
    own_scope: bool
    own_beyond: list[str]
    grades: list[Named]
    techniques: list[Named]
    may_issue: bool
    indications: list[ReasonBody]
    standards: list[StandardChoice]
    choices: list[ChoiceBody]
    skip_reasons: list[Named]
    own_wish: ViolationBody
    lower_stay: LowerStayBody | None
    choice_source: SourceBody


class ColleagueBody(BaseModel):
    """A doctor of the house who may go on with a referral."""

    id: UUID
    name: str
    title: str
    me: bool


class ColleaguesBody(BaseModel):
    """Who has it, who may go on with it, and the reasons one may give."""

    doctor: DoctorBody
    items: list[ColleagueBody]
    reasons: list[Named]


class EntrustedBody(BaseModel):
    """Somebody who may sign for the patient today, by a written authority."""

    id: UUID
    holder_name: str
    relation: str
    until_on: date


class ConsentTextBody(BaseModel):
    """What is read to the patient, and what they agree to."""

    code: str
    version: str
    text: str
    ticks: list[str]
    content_hash: str
    needs_guardian: bool
    child_to_hear: bool
    guardian_relations: list[str]
    kin_relations: list[str]
    languages: list[str]
    entrusted: list[EntrustedBody]  # told to whoever helps, not to the patient's side
    refused: ViolationBody | None  # why whoever reads this cannot sign it; said before they fill anything in
    source: SourceBody
