"""From rows to what is shown: visits with their person, forms in the villager's words, plans."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from backend.alliance.packs.sections.followup import Protocol
from backend.alliance.queries import pack, village_name
from backend.followup import queries
from backend.followup.advised import show_advised
from backend.followup.models import FollowUpPlan, FollowUpVisit
from backend.followup.plans import protocol_begun_with, protocol_of
from backend.followup.schemas import (
    CarerOut,
    FieldOut,
    FormOut,
    LastValueOut,
    MeasureOut,
    PlanOut,
    SignOut,
    VisitOut,
)
from backend.followup.states import PLANS, VISITS, FollowUpPlanStatus, FollowUpVisitStatus
from backend.kernel.clock import age_on, local_day
from backend.kernel.roles import Actor, Role
from backend.people.models import Practitioner, Resident
from backend.records.measures import MEASURES
from backend.records.queries import latest_readings
from backend.store import clock
from backend.store.db import session
from backend.store.vault import vault
from backend.worklist.queries import ROLE_NAMES


def show_visits(actor: Actor, visits: Sequence[FollowUpVisit]) -> list[VisitOut]:
    """Return visits as shown, each with its person."""
    people = queries.residents_of(actor.county_id, [visit.resident_id for visit in visits])
    plans = queries.plans_by_id(actor.county_id, [visit.plan_id for visit in visits])
    today = local_day(clock.now())
    return [_visit(actor, visit, people[visit.resident_id], plans[visit.plan_id], today) for visit in visits]


def show_visit(actor: Actor, visit: FollowUpVisit) -> VisitOut:
    """Return one visit as shown."""
    return show_visits(actor, [visit])[0]


def _visit(actor: Actor, visit: FollowUpVisit, resident: Resident, plan: FollowUpPlan, today: date) -> VisitOut:
    status = FollowUpVisitStatus(visit.status)
    return VisitOut(
        id=visit.id,
        plan_id=visit.plan_id,
        resident_id=visit.resident_id,
        resident_name=resident.name,
        birth_year=resident.birth_on.year,
        village=village_name(actor.county_id, resident.village),
        condition=plan.condition,
        plain=protocol_of(pack(actor.county_id), plan.condition, plan.started_on).plain,
        status=status,
        due_on=visit.due_on,
        overdue=status in queries.OPEN and visit.due_on < today,
        done_at=visit.done_at,
        mode=visit.mode,
        outcome=visit.outcome,
        answers=visit.answers,
        note=vault().open(visit, "note"),
        version=visit.version,
        actions=[str(action) for action in VISITS.actions_from(status, actor)],
    )


def show_form(county_id: str, protocol: Protocol, age: int, *, by_patient: bool) -> FormOut:
    """Return the form as this person fills it: a patient is asked only what a patient can know."""
    aims = [protocol.code, protocol.version, *(f"{one.target(age) or 0:g}" for one in protocol.measures)]
    return FormOut(
        key="/".join(aims),
        name=protocol.name,
        plain=protocol.plain,
        version=protocol.version,
        measures=[
            MeasureOut(
                code=one.code,
                plain=one.plain,
                unit=one.unit,
                lowest=one.possible_from,
                highest=one.possible_to,
                decimals=one.decimals,
                required=one.required,
                aim_below=one.target(age),
                danger_from=one.danger_at_least,
                danger_to=one.danger_at_most,
            )
            for one in protocol.measures
        ],
        danger_signs=[SignOut(code=one.code, ask=one.ask) for one in protocol.danger_signs],
        fields=[
            FieldOut(
                code=one.code,
                plain=one.plain,
                kind=one.kind,
                choices=list(one.choices),
                unit=one.unit,
                required=one.required,
            )
            for one in protocol.fields
            if one.code not in {"note", "mode"} and (one.patient_may_fill or not by_patient)
        ],
        danger_advice=protocol.danger_advice,
        emergency_phone=pack(county_id).county.emergency_phone,
    )


def show_form_of(visit: FollowUpVisit, *, by_patient: bool) -> FormOut:
    """Return the form of a visit, in the version its plan was begun with."""
    plan = session().get_one(FollowUpPlan, (visit.county_id, visit.plan_id))
    resident = session().get_one(Resident, (visit.county_id, visit.resident_id))
    age = age_on(resident.birth_on, local_day(clock.now()))
    return show_form(visit.county_id, protocol_begun_with(plan), age, by_patient=by_patient)


def show_last_values(county_id: str, resident_ids: Collection[UUID]) -> dict[UUID, list[LastValueOut]]:
    """Return the newest value of everything that a form may ask, by person."""
    found: dict[UUID, list[LastValueOut]] = {}
    for row in latest_readings(county_id, resident_ids, MEASURES):
        last = LastValueOut(code=row.code, value=float(row.value), taken_at=row.taken_at)
        found.setdefault(row.resident_id, []).append(last)
    return found


def show_carers(plans: Sequence[FollowUpPlan]) -> list[CarerOut]:
    """Return who looks after these plans, the township doctors first, each once."""
    parts: dict[UUID, Role] = {}
    for role in (Role.FAMILY_DOCTOR, Role.VILLAGE_DOCTOR):
        for plan in plans:
            if (practitioner_id := queries.named(plan).get(role)) is not None:
                parts.setdefault(practitioner_id, role)
    found = []
    for practitioner_id, role in parts.items():
        person = session().get_one(Practitioner, (plans[0].county_id, practitioner_id))
        found.append(CarerOut(name=person.name, part=ROLE_NAMES[role], phone=person.phone))
    return found


def show_plan(actor: Actor, plan: FollowUpPlan) -> PlanOut:
    """Return a plan as shown."""
    following = queries.next_visit(plan)
    return PlanOut(
        id=plan.id,
        resident_id=plan.resident_id,
        condition=plan.condition,
        plain=protocol_of(pack(actor.county_id), plan.condition, plan.started_on).plain,
        protocol_version=plan.protocol_version,
        status=plan.status,
        basis=plan.basis,
        institution=pack(actor.county_id).institutions.institution(plan.institution).name,
        practitioner=queries.practitioner_name(plan.county_id, plan.practitioner_id) or "",
        village_practitioner=queries.practitioner_name(plan.county_id, plan.village_practitioner_id),
        hospital_follows=plan.hospital_follows,
        started_on=plan.started_on,
        next_due_on=following.due_on if following else None,
        version=plan.version,
        advised=show_advised(plan),
        actions=[str(action) for action in PLANS.actions_from(FollowUpPlanStatus(plan.status), actor)],
    )
