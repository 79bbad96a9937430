"""Township doctors take villages in charge (划片包村, XM-5.2b): each sees and scores their own village doctors only."""

from datetime import date
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from backend.alliance.queries import pack as pack_of
from backend.alliance.queries import villages_served
from backend.contracts import schemas
from backend.contracts.models import AreaAssignment, AreaScore, Contract, ServicePoint
from backend.contracts.queries import today
from backend.contracts.rules import AREA_RULES, AreaFacts
from backend.contracts.states import ContractStatus
from backend.contracts.wording import village_names
from backend.kernel.errors import Invalid, NotFound
from backend.kernel.ids import new_id
from backend.kernel.roles import Actor, Role
from backend.kernel.rules import require
from backend.people.models import Practitioner, PractitionerRole, Resident
from backend.store import access, audit
from backend.store.db import session


def assign(actor: Actor, practitioner_id: UUID, villages: list[str]) -> None:
    """Give villages of the actor's township into a doctor's charge. Raises Invalid, NotFound."""
    assert actor.institution is not None
    served = villages_served(actor.county_id, actor.institution)
    if not set(villages) <= served:
        raise Invalid("village_not_ours", "有的村不归本院管，请只选本院的村。")
    if practitioner_id not in {one.id for one in _people(actor.county_id, [actor.institution], Role.FAMILY_DOCTOR)}:
        raise NotFound("no_doctor", "本院没有这位医生，请重新选。")
    day = today()
    for village in sorted(set(villages)):
        session().execute(
            update(AreaAssignment)
            .where(
                AreaAssignment.county_id == actor.county_id,
                AreaAssignment.village == village,
                AreaAssignment.until_on.is_(None),
            )
            .values(until_on=day)
        )
        session().add(
            AreaAssignment(
                county_id=actor.county_id,
                practitioner_id=practitioner_id,
                institution=actor.institution,
                village=village,
                from_on=day,
            )
        )
    session().flush()
    audit.record(session(), actor, "area.assign", "practitioner", practitioner_id, detail={"villages": villages})


def score(actor: Actor, practitioner_id: UUID, month: str, points: int) -> None:
    """Score a village doctor for a month; only who has the village in charge. Raises RuleBroken, NotFound."""
    person = session().get(Practitioner, (actor.county_id, practitioner_id))
    if person is None:
        raise NotFound("no_doctor", "没有这位村医，请重新选。")
    mine = {row.village for row in _assignments(actor, "area.score")}
    theirs = {one.id for one in _village_doctors(actor.county_id, mine)}
    require(AREA_RULES, AreaFacts(person.name, practitioner_id in theirs), pack_of(actor.county_id).source)
    session().execute(
        insert(AreaScore)
        .values(
            county_id=actor.county_id,
            id=new_id(),
            practitioner_id=practitioner_id,
            scored_by=actor.practitioner_id,
            month=month,
            score=points,
        )
        .on_conflict_do_update(
            index_elements=["county_id", "practitioner_id", "month"],
            set_={"score": points, "scored_by": actor.practitioner_id, "version": AreaScore.version + 1},
        )
    )
    audit.record(
        session(), actor, "area.score", "practitioner", practitioner_id, detail={"month": month, "score": points}
    )


def view(actor: Actor, month: str, first: date, last: date) -> schemas.AreasOut:
    """Show the villages in the actor's charge, or all of the township's for its office."""
    rows = _assignments(actor, "area.read")
    names = village_names(pack_of(actor.county_id))
    supervisors = _names(actor.county_id, {row.practitioner_id for row in rows})
    return schemas.AreasOut(
        month=month,
        items=[
            schemas.AreaVillageOut(
                code=row.village,
                name=names.get(row.village, row.village),
                supervisor_id=row.practitioner_id,
                supervisor_name=supervisors.get(row.practitioner_id, ""),
                residents=_residents(actor.county_id, row.village),
                signed=_residents(actor.county_id, row.village, signed=True),
                doctors=[
                    _doctor(actor.county_id, one, month, first, last)
                    for one in _village_doctors(actor.county_id, {row.village})
                ],
            )
            for row in rows
        ],
    )


def _assignments(actor: Actor, action: str) -> list[AreaAssignment]:
    query = access.scoped_query(AreaAssignment, actor, action).where(AreaAssignment.until_on.is_(None))
    return list(session().scalars(query.order_by(AreaAssignment.village)))


def _village_doctors(county_id: str, villages: set[str]) -> list[Practitioner]:
    section = pack_of(county_id).institutions
    clinics = [one.code for one in section.of_kind("village_clinic") if villages & set(one.villages)]
    return _people(county_id, clinics, Role.VILLAGE_DOCTOR)


def _people(county_id: str, institutions: list[str], role: Role) -> list[Practitioner]:
    there = select(PractitionerRole.practitioner_id).where(
        PractitionerRole.county_id == county_id,
        PractitionerRole.institution.in_(institutions),
        PractitionerRole.role == role,
        PractitionerRole.from_on <= today(),
        (PractitionerRole.until_on.is_(None)) | (PractitionerRole.until_on >= today()),
    )
    query = select(Practitioner).where(Practitioner.county_id == county_id, Practitioner.id.in_(there))
    return list(session().scalars(query.where(Practitioner.active).order_by(Practitioner.name)))


def _doctor(county_id: str, person: Practitioner, month: str, first: date, last: date) -> schemas.AreaDoctorOut:
    done = session().execute(
        select(ServicePoint.service, func.count(), func.sum(ServicePoint.points))
        .where(
            ServicePoint.county_id == county_id,
            ServicePoint.practitioner_id == person.id,
            ServicePoint.done_on.between(first, last),
        )
        .group_by(ServicePoint.service)
    )
    services = {service: (int(number), int(points)) for service, number, points in done}
    given = session().scalar(
        select(AreaScore.score).where(
            AreaScore.county_id == county_id, AreaScore.practitioner_id == person.id, AreaScore.month == month
        )
    )
    return schemas.AreaDoctorOut(
        practitioner_id=person.id,
        name=person.name,
        points=sum(points for _, points in services.values()),
        services={service: number for service, (number, _) in services.items()},
        score=given,
    )


def _residents(county_id: str, village: str, *, signed: bool = False) -> int:
    query = (
        select(func.count())
        .select_from(Resident)
        .where(Resident.county_id == county_id, Resident.village == village, Resident.died_on.is_(None))
    )
    if signed:
        query = query.join(
            Contract,
            (Contract.county_id == Resident.county_id)
            & (Contract.resident_id == Resident.id)
            & (Contract.status == ContractStatus.ACTIVE),
        )
    return int(session().scalar(query) or 0)


def _names(county_id: str, ids: set[UUID]) -> dict[UUID, str]:
    rows = session().execute(
        select(Practitioner.id, Practitioner.name).where(Practitioner.county_id == county_id, Practitioner.id.in_(ids))
    )
    return {row.id: row.name for row in rows}
