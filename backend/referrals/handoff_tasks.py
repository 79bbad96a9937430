"""A village's slip is somebody's task at the township until a doctor has the person in front of them."""

from datetime import datetime, timedelta

from backend.alliance.queries import pack
from backend.alliance.working_time import office
from backend.kernel.clock import local_day
from backend.kernel.roles import Role
from backend.records.events import HandedOverByVillage, HandoffEnded
from backend.records.states import HandoffStatus
from backend.store import clock
from backend.worklist.service import Owner, close_tasks, open_task

KIND = "handoff.receive"
URGENT_MINUTES = 30


def on_handed_over(event: HandedOverByVillage) -> None:
    """Put the person on the family doctors' list; then the medical office asks. Within the same transaction."""
    now = clock.now()
    doctors = Owner(role=Role.FAMILY_DOCTOR, institution=event.to_institution)
    office_people = Owner(role=Role.MEDICAL_OFFICE, institution=event.to_institution)
    open_task(
        event.county_id,
        KIND,
        doctors,
        dedupe_key=f"{KIND}:{event.handoff_id}",
        due_at=_due(event, now),
        focus=("village_handoff", event.handoff_id),
        resident_id=event.resident_id,
        priority="urgent" if event.urgent else "routine",
        ladder=[office_people.step(URGENT_MINUTES if event.urgent else 240)],
        detail={"from": event.from_institution},
    )


def on_handoff_ended(event: HandoffEnded) -> None:
    """Nobody waits any more, or one named doctor does: the pool's task ends, the doctor's own begins."""
    focus = ("village_handoff", event.handoff_id)
    close_tasks(event.county_id, focus, event.outcome)
    if event.outcome == HandoffStatus.TAKEN and event.practitioner_id is not None:
        day = clock.now()
        open_task(
            event.county_id,
            "handoff.see",
            Owner(practitioner_id=event.practitioner_id),
            dedupe_key=f"handoff.see:{event.handoff_id}",
            due_at=office(pack(event.county_id), "township", local_day(day)).after_minutes(day, 240).at,
            focus=focus,
            resident_id=event.resident_id,
        )


def _due(event: HandedOverByVillage, now: datetime) -> datetime:
    county = pack(event.county_id)
    hours = office(county, "township", local_day(now), event.to_institution)
    if event.urgent:
        # Somebody is on the road: the clock of the day counts, not the office's.
        return now + timedelta(minutes=URGENT_MINUTES)
    return hours.after_minutes(now, county.referral.limits.township_answer_working_minutes).at
