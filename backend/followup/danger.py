"""A dangerous value: on a named person's list with a timer in the same transaction, then the next person's. HT-05."""

from datetime import timedelta

from backend.alliance.packs.sections.followup import Ladder
from backend.alliance.queries import pack
from backend.followup.events import DangerReported
from backend.followup.ladder import as_ladder, climb
from backend.followup.models import FollowUpPlan, FollowUpVisit
from backend.followup.queries import danger_key, named
from backend.followup.rules import Finding
from backend.notices.service import plan_notice
from backend.store import clock, events
from backend.worklist.service import open_task

TODAY = "pages/home/index"
"""Where a clinician's notice leads: danger stands first there."""


def raise_danger(plan: FollowUpPlan, visit: FollowUpVisit, finding: Finding) -> None:
    """Open the timed task and tell everybody named at once."""
    steps = climb(_ladder(plan), named(plan), plan.institution, plan.upper_institution)
    first, minutes = steps[0]
    open_task(
        plan.county_id,
        "danger_value",
        first,
        dedupe_key=danger_key(visit),
        due_at=clock.now() + timedelta(minutes=minutes),
        focus=("follow_up_visit", visit.id),
        resident_id=visit.resident_id,
        priority="stat",
        ladder=as_ladder(steps),
        detail={
            "condition": plan.condition,
            "measures": {code: visit.answers["measures"][code] for code in finding.dangerous_measures},
            "signs": list(finding.danger_signs),
            "plan_id": str(plan.id),
        },
    )
    for practitioner_id in dict.fromkeys(named(plan).values()):
        plan_notice(
            plan.county_id,
            "task_waiting",
            dedupe_key=f"danger:{visit.id}:{practitioner_id}",
            focus=("follow_up_visit", visit.id),
            practitioner_id=practitioner_id,
            urgent=True,
            page=TODAY,
        )
    events.publish(
        DangerReported(
            county_id=plan.county_id, visit_id=visit.id, resident_id=visit.resident_id, condition=plan.condition
        )
    )


def _ladder(plan: FollowUpPlan) -> Ladder:
    return pack(plan.county_id).followup.ladder("danger")
