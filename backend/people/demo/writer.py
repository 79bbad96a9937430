"""Writes a county's invented people into the tables of this room, once."""

from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from backend.people.demo.accounts import write_accounts
from backend.people.demo.shape import DemoClinician, DemoResident, Population
from backend.people.demo.steps import DemoIds
from backend.people.models import Practitioner, PractitionerRole, RelatedPerson, Resident
from backend.people.names import folded_name, stored_name
from backend.people.pinyin import pinyin_of
from backend.store.vault import vault


def is_written(current: Session, population: Population) -> bool:
    """Whether the county's demonstration is there already."""
    record = population.residents[0].record_number
    found = exists().where(Resident.county_id == population.county_id, Resident.record_number == record)
    return bool(current.scalar(select(found)))


def write_people(current: Session, population: Population) -> DemoIds:
    """Write residents, clinicians, their accounts and who acts for whom; returns the ids by key."""
    clinicians = {one.key: _clinician(current, population.county_id, one) for one in population.clinicians}
    residents = {one.key: _resident(current, population.county_id, one) for one in population.residents}
    current.flush()
    accounts = write_accounts(current, population, residents, clinicians)
    for relation in population.relations:
        person = population.resident(relation.resident)
        current.add(
            RelatedPerson(
                county_id=population.county_id,
                resident_id=residents[relation.resident],
                account_id=accounts[relation.acting],
                kind=relation.kind,
                name=population.resident(relation.acting).name,
                relation=relation.relation,
                verified_by=clinicians.get(f"village-doctor-{person.village}"),
            )
        )
    current.flush()
    return DemoIds(residents, clinicians, accounts)


def _resident(current: Session, county_id: str, person: DemoResident) -> UUID:
    row = Resident(
        county_id=county_id,
        name=stored_name(person.name),
        name_folded=folded_name(person.name),
        name_pinyin=pinyin_of(person.name),
        sex=person.sex,
        birth_on=person.birth_on,
        ethnicity=person.ethnicity,
        record_number=person.record_number,
        village=person.village,
        household=person.household,
        household_head=person.household_head,
        language=person.language,
        insurance=person.insurance,
        insured_here=person.insured_here,
        lacks_capacity=person.lacks_capacity,
        own_wages=person.own_wages,
        away_at=person.away_at,
        conditions=list(person.conditions),
        key_groups=list(person.key_groups),
    )
    for name, value in (("id_number", person.id_number), ("phone", person.phone)):
        vault().seal(row, name, value)
        setattr(row, f"{name}_index", vault().blind_index(name, value) if value else None)
    vault().seal(row, "address", person.address)
    current.add(row)
    return row.id


def _clinician(current: Session, county_id: str, person: DemoClinician) -> UUID:
    row = Practitioner(
        county_id=county_id,
        name=person.name,
        name_pinyin=pinyin_of(person.name),
        title=person.title,
        licence=person.licence,
        phone=person.phone,
    )
    current.add(row)
    current.flush()
    for place in person.places:
        current.add(
            PractitionerRole(
                county_id=county_id,
                practitioner_id=row.id,
                role=place.role,
                institution=place.institution,
                department=place.department,
                duty=place.duty,
            )
        )
        current.flush()  # ids rise in the order of places: the first one is the main one
    return row.id
