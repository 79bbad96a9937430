"""What happens after: follow-up, drugs, places, tasks, and who is tied to whom. See `rows`."""

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.alliance.models import AllianceMembership
from backend.booking.models import Appointment, WaitlistEntry
from backend.booking.models_beds import BedRequest
from backend.booking.models_schedule import ScheduleTemplate
from backend.followup.models import FollowUpVisit
from backend.followup.models_advice import PlanAdvice
from backend.followup.plans import Beginning, begin_plan
from backend.kernel.clock import local_day
from backend.kernel.ids import new_id
from backend.kernel.roles import system_actor
from backend.people.models import RelatedPerson, SignInSession
from backend.prescriptions.models import Dispensing, LongPrescription, Pickup, PrescriptionItem, PrescriptionRenewal
from backend.records.models_orders import ExaminationOrder
from backend.referrals.content import content_of
from backend.referrals.models import Referral
from backend.store import clock
from backend.worklist.models import Task
from tests.integration.booking.scene import make_slots
from tests.integration.permissions.making import WORDS, Named, own, put


def followup(current: Session, world: Any, made: dict[str, UUID]) -> Named:
    plan = begin_plan(
        system_actor(world.county),
        world.resident_id,
        Beginning("hypertension", "doctor", world.sites.house, own(world), local_day(clock.now(current))),
    )
    down = Referral(
        county_id=world.county, direction="down", category="home", status="arrived", resident_id=world.resident_id,
        practitioner_id=world.people["receiver"].practitioner_id, from_institution=world.receiver,
        to_institution=world.sites.house, diagnosis_text="高血压 3 级", pack_version="2026.1", offered=[], records=[],
        round=1, emergency=False, own_wish=False, choice_by_patient=True, no_records=True,
        submitted_at=clock.now(current), arrived_at=clock.now(current),
    )  # fmt: skip
    down.content_hash = content_of(down).digest
    put(current, down)
    plan.upper_institution, plan.referral_id = world.receiver, down.id
    visit = current.scalar(select(FollowUpVisit).where(FollowUpVisit.plan_id == plan.id))
    assert visit is not None
    visit.village_practitioner_id = own(world)
    yield "plan_id", plan
    yield "advice_id", put(
        current,
        PlanAdvice(
            county_id=world.county, resident_id=world.resident_id, plan_id=plan.id, referral_id=down.id, kind="watch",
            practitioner_id=own(world), from_institution=world.receiver, institution=world.sites.house,
            asked_id=own(world), due_at=clock.now(current) + timedelta(days=1),
        ),
        text=WORDS[world.county],
    )  # fmt: skip
    yield "follow_up_visit_id", visit


def drugs(current: Session, world: Any, made: dict[str, UUID]) -> Named:
    now = clock.now(current)
    today = local_day(now)
    base = {"county_id": world.county, "resident_id": world.resident_id}
    one = put(
        current,
        LongPrescription(
            **base, practitioner_id=own(world), institution=world.sites.house, condition="hypertension",
            issue="first", days=28, carry_days=0, issued_on=today, counted_on=today, starts_on=today,
            run_out_on=today + timedelta(days=28), pickup_at=world.receiver, status="collected", collected_at=now,
            pack_version="2026.1", assessment={},
        ),
        note=WORDS[world.county],
    )  # fmt: skip
    put(
        current,
        PrescriptionItem(
            **base, prescription_id=one.id, number=1, drug="amlodipine-5", per_time=Decimal(1), times_a_day=1,
            quantity=28, starts_on=today, run_out_on=today + timedelta(days=28),
        ),
    )  # fmt: skip
    prepared = put(
        current,
        Dispensing(
            **base, prescription_id=one.id, number=1, days=28, institution=world.sites.house,
            practitioner_id=own(world), prepared_at=now,
        ),
    )  # fmt: skip
    yield "prescription_id", one
    yield "pickup_id", put(
        current,
        Pickup(
            **base, prescription_id=one.id, dispensing_id=prepared.id, institution=world.sites.house,
            practitioner_id=own(world), picked_at=now, collected_by="self", patient_paper="id_card",
            signed_how="paper",
        ),
    )  # fmt: skip
    yield (
        "renewal_id",
        put(
            current,
            PrescriptionRenewal(
                **base, prescription_id=one.id, practitioner_id=own(world), run_out_on=today + timedelta(days=28)
            ),
        ),
    )


def places(current: Session, world: Any, made: dict[str, UUID]) -> Named:
    [slot] = make_slots(current, county_id=world.county, institution=world.receiver, in_days=0)
    slot.taken = 1
    base = {"county_id": world.county, "resident_id": world.resident_id, "referral_id": made["referral_id"]}
    yield "appointment_id", put(
        current,
        Appointment(
            **base, slot_id=slot.id, institution=world.receiver, department="cardiology", day=local_day(slot.starts_at),
            starts_at=slot.starts_at, kind="referral_pool", code=uuid4().hex[:8],
        ),
    )  # fmt: skip
    yield (
        "bed_id",
        put(
            current,
            BedRequest(
                **base,
                institution=world.receiver,
                department="cardiology",
                needed_by=local_day(slot.starts_at),
                status="asked",
            ),
        ),
    )
    yield "schedule_session_id", slot.session_id
    yield "schedule_template_id", put(
        current,
        ScheduleTemplate(
            county_id=world.county, code=uuid4().hex, institution=world.receiver, department="cardiology",
            title="专病门诊", weekdays=[1], from_on=local_day(slot.starts_at), start_time=time(8), end_time=time(11),
            capacity=9,
        ),
    )  # fmt: skip
    yield "examination_order_id", put(
        current,
        ExaminationOrder(
            county_id=world.county, resident_id=world.resident_id, practitioner_id=own(world),
            institution=world.sites.house, item="ct-contrast", until_on=local_day(slot.starts_at) + timedelta(days=9),
        ),
    )  # fmt: skip
    yield "waitlist_entry_id", put(
        current,
        WaitlistEntry(
            **base, institution=world.receiver, department="neurology", pool="referral",
            from_on=local_day(slot.starts_at), until_on=local_day(slot.starts_at) + timedelta(days=9),
        ),
    )  # fmt: skip


def tasks(current: Session, world: Any, made: dict[str, UUID]) -> Named:
    base = {
        "county_id": world.county, "kind": "referral.returned", "focus_kind": "referral",
        "focus_id": made["referral_id"], "resident_id": world.resident_id,
        "due_at": clock.now(current) + timedelta(hours=2),
    }  # fmt: skip
    yield "task_id", put(current, Task(**base, dedupe_key=str(new_id()), practitioner_id=own(world)))
    yield (
        "task_id:pool",
        put(current, Task(**base, dedupe_key=str(new_id()), role="desk_clerk", institution=world.sites.house)),
    )


def people(current: Session, world: Any, made: dict[str, UUID]) -> Named:
    proxy = world.people["proxy"].person.account_id
    found = current.scalar(
        select(RelatedPerson).where(RelatedPerson.county_id == world.county, RelatedPerson.account_id == proxy)
    )
    yield "related_id", found
    mine = world.people["self"].person.account_id
    yield (
        "session_id",
        current.scalar(
            select(SignInSession.id).where(
                SignInSession.county_id == world.county,
                SignInSession.account_id == mine,
                SignInSession.kind == "bearer",
            )
        ),
    )
    member = current.scalar(
        select(AllianceMembership).where(
            AllianceMembership.county_id == world.county,
            AllianceMembership.institution == world.sites.house,
            AllianceMembership.status == "member",
        )
    )
    yield "membership_id", member or put(
        current,
        AllianceMembership(
            county_id=world.county, alliance="a", institution=world.sites.house, agreement="1",
            joined_on=date(2020, 1, 1), until_on=date(2030, 1, 1), signatories=[],
        ),
    )  # fmt: skip


PARTS = (followup, drugs, places, tasks, people)
"""In this order: a place is for a referral that is there already."""
