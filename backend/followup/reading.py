"""From rows to what is shown: visits with their person, forms in the villager's words, the round by household."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from backend.alliance.packs.sections.followup import Protocol
from backend.alliance.queries import pack
from backend.followup import queries
from backend.followup.models import FollowUpPlan, FollowUpVisit
from backend.followup.plans import protocol_of
from backend.followup.schemas import (
    FieldOut,
    FormOut,
    HouseholdOut,
    MeasureOut,
    PlanOut,
    RoundOut,
    SignOut,
    VisitOut,
)
from backend.followup.states import PLANS, VISITS, FollowUpPlanStatus, FollowUpVisitStatus
from backend.kernel.clock import local_day
from backend.kernel.roles import Actor
from backend.people.models import Resident
from backend.store import clock
from backend.store.vault import vault


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


def show_form(protocol: Protocol, age: int, *, by_patient: bool) -> FormOut:
    """Return the form as this person fills it: a patient is asked only what a patient can know."""
    return FormOut(
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
    )


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
        actions=[str(action) for action in PLANS.actions_from(FollowUpPlanStatus(plan.status), actor)],
    )


def show_round(actor: Actor) -> RoundOut:
    """Return the village doctor's round: households in walking order, namesakes told apart."""
    today = local_day(clock.now())
    visits = queries.round_of(actor, today)
    people = queries.residents_of(actor.county_id, [visit.resident_id for visit in visits])
    shown = {one.id: one for one in show_visits(actor, visits)}
    names = Counter(resident.name for resident in people.values())
    homes: dict[tuple[str, str], list[FollowUpVisit]] = {}
    for visit in visits:
        resident = people[visit.resident_id]
        homes.setdefault((resident.village, resident.household), []).append(visit)
    households = []
    for (village, household), dues in sorted(homes.items(), key=lambda item: _walking_order(item[0])):
        head = people[dues[0].resident_id].household_head or people[dues[0].resident_id].name
        households.append(
            HouseholdOut(
                household=household,
                village=village_name(actor.county_id, village),
                head=head,
                namesakes=max(names[people[due.resident_id].name] for due in dues),
                visits=[shown[due.id] for due in dues],
            )
        )
    return RoundOut(
        day=today,
        village_names=sorted({home.village for home in households}),
        households=households,
        done=show_visits(actor, queries.done_today(actor, today)),
    )


def _walking_order(home: tuple[str, str]) -> tuple[str, int, str]:
    village, household = home
    digits = "".join(character for character in household if character.isascii() and character.isdigit())
    return village, int(digits or 0), household


def village_name(county_id: str, code: str) -> str:
    """Return a village's name, or its code when the pack in force no longer has it."""
    try:
        return pack(county_id).places.village(code).name
    except KeyError:
        return code
