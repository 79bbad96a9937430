"""Starting and stopping a plan. An accepted hand-over has its plan in the same transaction, or is not accepted."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from backend.alliance.packs.pack import Pack
from backend.alliance.packs.sections.followup import Protocol
from backend.alliance.queries import pack, pack_version
from backend.contracts.queries import village_doctor_of
from backend.followup.events import FollowUpStarted
from backend.followup.models import FollowUpPlan, FollowUpVisit
from backend.followup.queries import next_visit
from backend.followup.states import PLANS, VISITS, FollowUpPlanAction, FollowUpPlanStatus, FollowUpVisitAction
from backend.followup.states import FollowUpVisitStatus as Visit
from backend.kernel.clock import local_day
from backend.kernel.errors import Conflict, Invalid, NotFound
from backend.kernel.ids import new_id
from backend.kernel.roles import Actor, system_actor
from backend.people.models import Resident
from backend.referrals.events import HandOverAccepted, IncomingAccepted
from backend.store import access, audit, clock, events
from backend.store.db import session


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a plan starts from: why, who looks after, and when the first look is due."""

    condition: str
    basis: str
    institution: str
    practitioner_id: UUID
    first_on: date
    referral_id: UUID | None = None
    upper_institution: str | None = None
    hospital_follows: bool = False
    medicine_ends_on: date | None = None


def on_hand_over_accepted(event: HandOverAccepted) -> None:
    """Start the plan of a patient sent down, first looked at before the discharge drugs run out (MS-4.2.2d1)."""
    first = pack(event.county_id).followup.first_contact.due(
        event.discharged_on, event.advised_on, event.medicine_ends_on
    )
    beginning = Beginning(
        condition=event.condition or "general",
        basis="hand_over",
        institution=event.institution,
        practitioner_id=event.practitioner_id,
        first_on=first,
        referral_id=event.referral_id,
        upper_institution=event.upper_institution,
        hospital_follows=event.hospital_follows,
        medicine_ends_on=event.medicine_ends_on,
    )
    begin_plan(system_actor(event.county_id), event.resident_id, beginning)


def on_incoming_accepted(event: IncomingAccepted) -> None:
    """Start the plan of somebody sent down on paper from above, by the same days as for our own (MS-3b)."""
    first = pack(event.county_id).followup.first_contact.due(
        event.discharged_on, event.advised_on, event.medicine_ends_on
    )
    beginning = Beginning(
        condition=event.condition or "general",
        basis="incoming",
        institution=event.institution,
        practitioner_id=event.practitioner_id,
        # A paper may come late: what should have been looked at before is looked at today.
        first_on=max(first, local_day(clock.now())),
        medicine_ends_on=event.medicine_ends_on,
    )
    begin_plan(system_actor(event.county_id), event.resident_id, beginning)


def start_plan(actor: Actor, resident_id: UUID, condition: str) -> FollowUpPlan:
    """Let the township doctor start following a disease. Raises Conflict when it is followed already."""
    resident = access.authorize(Resident, resident_id, actor, "follow_up_plan.start")
    if actor.practitioner_id is None or actor.institution is None:
        raise NotFound("not_found", "没有找到，或者您现在不能看。请回上一页刷新。")
    _one_at_a_time(actor.county_id, resident.id)
    if _live_plan(actor.county_id, resident.id, condition) is not None:
        raise Conflict("plan_running", "这个病已经有随访方案在管了。")
    today = local_day(clock.now())
    beginning = Beginning(condition, "doctor", actor.institution, actor.practitioner_id, today)
    return begin_plan(actor, resident.id, beginning)


def begin_plan(actor: Actor, resident_id: UUID, beginning: Beginning) -> FollowUpPlan:
    """Write a plan and its first visit; a plan that already runs is taken over instead of doubled."""
    county = pack(actor.county_id)
    protocol = protocol_of(county, beginning.condition, local_day(clock.now()))
    resident = session().get(Resident, (actor.county_id, resident_id))
    if resident is None:
        raise NotFound("not_found", "没有找到这个人。")
    village_doctor = village_doctor_of(actor.county_id, resident)
    _one_at_a_time(actor.county_id, resident_id)
    plan = _live_plan(actor.county_id, resident_id, protocol.condition)
    if plan is None:
        plan = FollowUpPlan(
            county_id=actor.county_id,
            resident_id=resident_id,
            condition=protocol.condition,
            protocol=protocol.code,
            started_on=local_day(clock.now()),
        )
        session().add(plan)
    plan.protocol_version, plan.pack_version = protocol.version, county.version
    plan.basis, plan.institution = beginning.basis, beginning.institution
    plan.practitioner_id, plan.village_practitioner_id = beginning.practitioner_id, village_doctor
    plan.referral_id, plan.upper_institution = beginning.referral_id, beginning.upper_institution
    plan.hospital_follows, plan.medicine_ends_on = beginning.hospital_follows, beginning.medicine_ends_on
    session().flush()
    plan_visit(plan, resident.village, beginning.first_on)
    audit.record(session(), actor, "follow_up_plan.start", "follow_up_plan", plan.id, resident_id=resident_id)
    events.publish(
        FollowUpStarted(county_id=plan.county_id, plan_id=plan.id, resident_id=resident_id, condition=plan.condition)
    )
    return plan


def plan_visit(plan: FollowUpPlan, village: str, due_on: date) -> None:
    """Plan one look, once for its day."""
    session().execute(
        insert(FollowUpVisit)
        .values(
            county_id=plan.county_id,
            id=new_id(),
            plan_id=plan.id,
            resident_id=plan.resident_id,
            village=village,
            village_practitioner_id=plan.village_practitioner_id or plan.practitioner_id,
            due_on=due_on,
            protocol_version=plan.protocol_version,
        )
        .on_conflict_do_nothing()
    )


def look_sooner(actor: Actor, plan: FollowUpPlan, on: date) -> date:
    """Put the next look forward: what was planned for later is called off. Returns when the next look is.

    Raises Conflict for a stopped plan, Invalid for a day that had its look.
    """
    if plan.status != FollowUpPlanStatus.ACTIVE:
        raise Conflict("plan_stopped", "这个随访已经停了，不能再排日子。要接着管，请重新开始随访。")
    following = next_visit(plan)
    if following is not None and following.due_on <= on:
        return following.due_on
    _call_off(actor, plan)
    resident = session().get_one(Resident, (plan.county_id, plan.resident_id))
    plan_visit(plan, resident.village, on)
    if next_visit(plan) is None:
        raise Invalid("day_taken", "那天已经看过或取消过一次了，请换一天。")
    return on


def stop_plan(actor: Actor, plan_id: UUID) -> FollowUpPlan:
    """Stop a plan; its open visits are called off."""
    plan = access.authorize(FollowUpPlan, plan_id, actor, "follow_up_plan.stop", lock=True)
    before = FollowUpPlanStatus(plan.status)
    after = PLANS.next(before, FollowUpPlanAction.STOP, actor)
    plan.status = after
    _call_off(actor, plan)
    audit.record(
        session(),
        actor,
        "follow_up_plan.stop",
        "follow_up_plan",
        plan.id,
        resident_id=plan.resident_id,
        before=before,
        after=after,
    )
    return plan


def protocol_of(county: Pack, condition: str, on: date) -> Protocol:
    """Return the protocol of a disease, or the general one where the county has none for it."""
    return county.followup.protocol(condition, on) or county.followup.general


def protocol_begun_with(plan: FollowUpPlan) -> Protocol:
    """Return the protocol in the version a plan was begun with."""
    return protocol_of(pack_version(plan.county_id, plan.pack_version), plan.condition, plan.started_on)


def _call_off(actor: Actor, plan: FollowUpPlan) -> None:
    for status in (Visit.PLANNED, Visit.ASKED):
        called_off = VISITS.next(status, FollowUpVisitAction.CALL_OFF, actor)
        session().execute(
            update(FollowUpVisit)
            .where(
                FollowUpVisit.county_id == plan.county_id,
                FollowUpVisit.plan_id == plan.id,
                FollowUpVisit.status == status,
            )
            .values(status=called_off)
        )


def _one_at_a_time(county_id: str, resident_id: UUID) -> None:
    """Let two who start a plan for one person at once wait for each other: the second sees the first one's plan."""
    # Not the stronger lock: rows that name the person are written meanwhile.
    query = select(Resident.id).where(Resident.county_id == county_id, Resident.id == resident_id)
    session().execute(query.with_for_update(key_share=True))


def _live_plan(county_id: str, resident_id: UUID, condition: str) -> FollowUpPlan | None:
    return session().scalar(
        select(FollowUpPlan).where(
            FollowUpPlan.county_id == county_id,
            FollowUpPlan.resident_id == resident_id,
            FollowUpPlan.condition == condition,
            FollowUpPlan.status == FollowUpPlanStatus.ACTIVE,
        )
    )


def next_due(done_on: date, days: int) -> date:
    """Return the day of the next look."""
    return done_on + timedelta(days=days)
