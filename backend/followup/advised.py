"""What a patient reads of the hospital's advice: that it was given, about what, and what became of it. MS-4.2.3c."""

from sqlalchemy import select

from backend.alliance.queries import pack
from backend.followup.advice_rules import KINDS, REASONS
from backend.followup.models import FollowUpPlan
from backend.followup.models_advice import PlanAdvice
from backend.followup.schemas import AdvisedOut
from backend.followup.states import PlanAdviceStatus as Status
from backend.kernel.clock import local_day
from backend.store.db import session

_SHOWN = 10


def show_advised(plan: FollowUpPlan) -> list[AdvisedOut]:
    """Return what was advised on a plan, the newest first; nothing where the county keeps it among the doctors.

    What was taken back was said to nobody. The doctors' own words stay between them.
    """
    county = pack(plan.county_id)
    if not county.followup.upper_doctor.patient_told:
        return []
    rows = session().scalars(
        select(PlanAdvice)
        .where(
            PlanAdvice.county_id == plan.county_id,
            PlanAdvice.plan_id == plan.id,
            PlanAdvice.status != Status.TAKEN_BACK,
        )
        .order_by(PlanAdvice.id.desc())
        .limit(_SHOWN)
    )
    return [
        AdvisedOut(
            on=local_day(row.created_at),
            text=f"{county.institutions.institution(row.from_institution).short_name}的医生建议：{KINDS[row.kind]}",
            outcome=_outcome(row),
            tone="wait" if row.status == Status.OPEN else "ok",
        )
        for row in rows
    ]


def _outcome(row: PlanAdvice) -> str:
    match Status(row.status):
        case Status.OPEN:
            return "您的家庭医生正在看，定了会写在这里。药先照原来的吃。"
        case Status.TAKEN_ON if row.next_on is not None:
            return f"家庭医生照着改了，{row.next_on.month}月{row.next_on.day}日再看。"
        case Status.TAKEN_ON:
            return "家庭医生采用了，怎么做听家庭医生的。"
        case Status.NOT_TAKEN_ON:
            said = "" if row.reason == "other" else f"：{REASONS[str(row.reason)]}"
            return f"家庭医生看过了，没有照着改{said}。想问清楚，可以问家庭医生。"
        case _:
            return "后来没有再往下办。有不舒服，找家庭医生。"
