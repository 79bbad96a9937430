"""A stay as a body of the API, and what comes in about one."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from backend.alliance.queries import pack
from backend.kernel.clock import local_day
from backend.kernel.roles import Actor
from backend.records import scope
from backend.records.models import Stay
from backend.records.schemas import DiagnosisCode, PersonLine
from backend.records.states import STAYS, Disposition, StayStatus
from backend.records.views import department_name, institution_name, person_of, practitioner_of
from backend.records.wards import FRONT_SHEET
from backend.store import clock
from backend.web.openapi import SourceBody


class RecoveringIn(BaseModel):
    """The ward's own diagnosis, where the one at admission was only a guess."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    diagnosis_code: DiagnosisCode | None = None
    diagnosis_text: Annotated[str, Field(max_length=120)] | None = None


class DischargeIn(BaseModel):
    """How the patient leaves."""

    model_config = ConfigDict(extra="forbid")

    disposition: Disposition


class PlanIn(BaseModel):
    """The operation or technique a stay is for, and what was chosen where the house may not do it."""

    model_config = ConfigDict(extra="forbid")

    surgery_grade: Annotated[int, Field(ge=1, le=4)] | None = None
    technique: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,63}$")] | None = None
    choice: Literal["refer_on", "other_way", "stays", "emergency"] | None = None


class AbleBody(BaseModel):
    """A house that can do it."""

    code: str
    name: str
    phones: list[str]


class ScopeBody(BaseModel):
    """What of a stay lies beyond the house, who can, whose rule it is, and what was chosen."""

    text: str
    who_can: list[AbleBody]
    choice: str | None
    choice_text: str | None
    source: SourceBody


class StayBody(BaseModel):
    """A stay as the ward sees it. `day` counts from 1 on the day of admission."""

    id: UUID
    version: int
    person: PersonLine
    institution: str
    institution_name: str
    department: str
    department_name: str
    bed: str | None
    doctor: str
    doctor_phone: str
    status: str
    day: int
    admitted_at: datetime
    recovering_at: datetime | None
    discharged_at: datetime | None
    disposition: str | None
    disposition_code: int | None
    disposition_text: str | None
    diagnosis_code: str | None
    diagnosis_text: str | None
    surgery_grade: int | None
    technique: str | None
    technique_name: str | None
    scope: ScopeBody | None
    came_as: str
    referral_id: UUID | None
    certificate_number: str | None
    onward_certificate_number: str | None
    actions: list[str]


def scope_body(row: Stay) -> ScopeBody | None:
    """Return the flag of a stay beyond its house, or None."""
    found = scope.beyond(row)
    if found is None:
        return None
    return ScopeBody(
        text=scope.sentence(row, found),
        who_can=[
            AbleBody(code=one.code, name=one.name, phones=list(one.desk.phones if one.desk else one.phones))
            for one in found.who_can[:3]
        ],
        choice=row.scope_choice,
        choice_text=scope.CHOICES.get(row.scope_choice or ""),
        source=SourceBody(**asdict(pack(row.county_id).source("records.out_of_scope"))),
    )


def stay_body(row: Stay, actor: Actor) -> StayBody:
    """Return a stay, with what this actor may do with it now."""
    county, doctor = pack(row.county_id), practitioner_of(row.county_id, row.practitioner_id)
    known = {one.code: one.name for one in county.capability.techniques}
    code, words = FRONT_SHEET[Disposition(row.disposition)] if row.disposition else (None, None)
    until = local_day(row.discharged_at or clock.now())
    return StayBody(
        id=row.id,
        version=row.version,
        person=person_of(row.county_id, row.resident_id),
        institution=row.institution,
        institution_name=institution_name(county, row.institution) or "",
        department=row.department,
        department_name=department_name(county, row.department) or "",
        bed=row.bed,
        doctor=doctor.name if doctor else "",
        doctor_phone=doctor.phone if doctor else "",
        status=row.status,
        day=(until - local_day(row.admitted_at)).days + 1,
        admitted_at=row.admitted_at,
        recovering_at=row.recovering_at,
        discharged_at=row.discharged_at,
        disposition=row.disposition,
        disposition_code=code,
        disposition_text=words,
        diagnosis_code=row.diagnosis_code,
        diagnosis_text=row.diagnosis_text,
        surgery_grade=row.surgery_grade,
        technique=row.technique,
        technique_name=known.get(row.technique or "", row.technique),
        scope=scope_body(row),
        came_as=row.came_as,
        referral_id=row.referral_id,
        certificate_number=row.certificate_number,
        onward_certificate_number=row.onward_certificate_number,
        actions=list(STAYS.actions_from(StayStatus(row.status), actor)),
    )
