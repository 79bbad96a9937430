"""Rows of the record as bodies of the API: codes become the pack's names, sealed text is opened."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import select

from backend.alliance.packs.pack import Pack
from backend.alliance.queries import pack
from backend.kernel.roles import Actor
from backend.people.models import Practitioner, Resident
from backend.records.models import Reading, Result, VillageHandoff, Visit
from backend.records.models_recognition import RecognitionChoice
from backend.records.results import recognition_at
from backend.records.schemas import (
    EntryBody,
    HandoffBody,
    PersonLine,
    RecognitionBody,
    ResultBody,
    ResultUseBody,
    TrendBody,
    TrendPoint,
    VisitBody,
)
from backend.records.states import HANDOFFS, HandoffAction, HandoffStatus, VisitStatus
from backend.records.timeline import Entry
from backend.store.db import session
from backend.store.vault import vault
from backend.web.openapi import SourceBody

_NOBODY = UUID(int=0)


def trend_body(readings: Sequence[Reading]) -> TrendBody:
    """Return values in order of time, those measured together as one point."""
    points: dict[UUID, TrendPoint] = {}
    for one in readings:
        point = points.setdefault(
            one.set_id, TrendPoint(set_id=one.set_id, at=one.taken_at, source=one.source, values={})
        )
        point.values[one.code] = float(one.value)
    return TrendBody(items=list(points.values()))


def institution_name(county: Pack, code: str | None) -> str | None:
    """Return what an institution is called, or its code when the pack of today no longer has it."""
    if code is None:
        return None
    try:
        return county.institutions.institution(code).name
    except KeyError:
        return code


def department_name(county: Pack, code: str | None) -> str | None:
    """Return what a department is called, or its code when the pack of today no longer has it."""
    if code is None:
        return None
    try:
        return county.institutions.department(code).name
    except KeyError:
        return code


def person_line(resident: Resident) -> PersonLine:
    """Return who somebody is: name, birth year and village."""
    return line_of(
        resident.county_id, resident.id, resident.name, resident.sex, resident.birth_on.year, resident.village
    )


def line_of(county_id: str, resident_id: UUID, name: str, sex: str, birth_year: int, village: str) -> PersonLine:
    """Return the line of a person from what was read of them; the village by its name in the pack."""
    with suppress(KeyError):
        village = pack(county_id).places.village(village).name
    return PersonLine(id=resident_id, name=name, sex=sex, birth_year=birth_year, village=village)


def person_of(county_id: str, resident_id: UUID) -> PersonLine:
    """Return the line of a person known by id."""
    resident = session().get(Resident, (county_id, resident_id))
    assert resident is not None
    return person_line(resident)


def veiled_name(name: str) -> str:
    """Return the family name and a sign for each character after it: enough to compare with papers in the hand."""
    return f"{name[:1]}{'＊' * max(len(name) - 1, 1)}" if name else ""


def veiled(person: PersonLine) -> PersonLine:
    """Return the line of a person for a house that may not know whom it is about: nothing is to be found by it."""
    return person.model_copy(update={"id": _NOBODY, "name": veiled_name(person.name), "village": ""})


def is_veiled(person: PersonLine) -> bool:
    """Say whether a line tells nothing of whom it is about."""
    return person.id == _NOBODY


def practitioner_of(county_id: str, practitioner_id: UUID | None) -> Practitioner | None:
    """Return a clinician known by id."""
    return None if practitioner_id is None else session().get(Practitioner, (county_id, practitioner_id))


def _name_of(county_id: str, practitioner_id: UUID | None) -> str | None:
    found = practitioner_of(county_id, practitioner_id)
    return found.name if found else None


def handoff_body(row: VillageHandoff, actor: Actor) -> HandoffBody:
    """Return a slip, with what this actor may do with it now."""
    county, doctor = pack(row.county_id), practitioner_of(row.county_id, row.practitioner_id)
    return HandoffBody(
        id=row.id,
        version=row.version,
        status=row.status,
        urgent=row.urgent,
        person=person_of(row.county_id, row.resident_id),
        from_institution=row.institution,
        from_name=institution_name(county, row.institution) or "",
        village_doctor=doctor.name if doctor else "",
        village_doctor_phone=doctor.phone if doctor else "",
        to_institution=row.to_institution,
        to_name=institution_name(county, row.to_institution) or "",
        complaint=vault().open(row, "complaint"),
        why=vault().open(row, "why"),
        given=vault().open(row, "given"),
        since_on=row.since_on,
        readings={r.code: r.value for r in readings_of_set(row.county_id, row.reading_set_id)},
        phoned=row.phoned,
        phoned_at=row.phoned_at,
        left_at=row.left_at,
        travel=row.travel,
        sent_at=row.created_at,
        taken_by=_name_of(row.county_id, row.taken_by),
        actions=_handoff_actions(row, actor),
    )


def _handoff_actions(row: VillageHandoff, actor: Actor) -> list[str]:
    mine = {
        HandoffAction.CANCEL: row.practitioner_id == actor.practitioner_id,
        HandoffAction.TAKE: row.to_institution == actor.institution,
        HandoffAction.SEE: row.to_institution == actor.institution,
    }
    return [action for action in HANDOFFS.actions_from(HandoffStatus(row.status), actor) if mine[action]]


def readings_of_set(county_id: str, set_id: UUID | None) -> list[Reading]:
    """Return values measured together."""
    if set_id is None:
        return []
    return list(session().scalars(select(Reading).where(Reading.county_id == county_id, Reading.set_id == set_id)))


def visit_body(row: Visit, actor: Actor) -> VisitBody:
    """Return a visit, with what this actor may do with it now."""
    county = pack(row.county_id)
    mine = row.practitioner_id == actor.practitioner_id and row.status == VisitStatus.OPEN
    return VisitBody(
        id=row.id,
        version=row.version,
        person=person_of(row.county_id, row.resident_id),
        institution=row.institution,
        institution_name=institution_name(county, row.institution) or "",
        department=row.department,
        department_name=department_name(county, row.department),
        doctor=_name_of(row.county_id, row.practitioner_id) or "",
        kind=row.kind,
        status=row.status,
        began_at=row.began_at,
        finished_at=row.finished_at,
        diagnosis_code=row.diagnosis_code,
        diagnosis_text=row.diagnosis_text,
        complaint=vault().open(row, "complaint"),
        findings=vault().open(row, "findings"),
        treatment=vault().open(row, "treatment"),
        outcome=row.outcome,
        handoff_id=row.handoff_id,
        actions=["write", "finish"] if mine else [],
    )


def result_body(row: Result, at: str | None) -> ResultBody:
    """Return a result, and whether it counts at an institution."""
    county = pack(row.county_id)
    judged = recognition_at(row, at) if at else None
    return ResultBody(
        id=row.id,
        item=row.item,
        name=row.name,
        institution=row.institution,
        institution_name=institution_name(county, row.institution) or "",
        taken_on=row.taken_on,
        text=vault().open(row, "text"),
        quality_mark=row.quality_mark,
        recognition=RecognitionBody(
            recognised=judged.recognised,
            why=judged.why,
            text=judged.text,
            direction=judged.direction,
            valid_until=judged.valid_until,
            source=SourceBody(**asdict(judged.source)),
        )
        if judged
        else None,
    )


def use_body(row: RecognitionChoice) -> ResultUseBody:
    """Return that a result is used, and what the catalogue says it saves."""
    listed = (one for one in pack(row.county_id).insurance.recognition.items if one.code == row.item)
    entry = next(listed, None)
    return ResultUseBody(
        id=row.id,
        result_id=row.result_id,
        item=row.item,
        saved_fen=row.saved_fen,
        sample=entry is None or entry.sample,
        at=row.created_at,
    )


def entry_body(county_id: str, entry: Entry) -> EntryBody:
    """Return one line of the timeline."""
    return EntryBody(
        kind=entry.kind,
        id=entry.id,
        at=entry.at,
        institution=entry.institution,
        institution_name=institution_name(pack(county_id), entry.institution),
        status=entry.status,
        title=entry.title,
        detail=entry.detail,
    )
