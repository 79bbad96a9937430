"""What the doctor who sent somebody down sees below, and until when. MS-4.2.3c, docs/decisions/0017.

Decided in the predicate, in domain time: nothing is swept. It ends with the county's days, with another hand-over
(the plan then names another referral), and at once when the person takes their consent to health data back.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_

from backend.alliance.queries import pack
from backend.followup.models import FollowUpPlan
from backend.kernel.roles import Actor
from backend.people.models import Account
from backend.referrals.models import Referral
from backend.store import clock


def of_upper_doctor(model: Any, actor: Actor) -> ColumnElement[bool]:
    """Return the predicate of Relation.RECEIVER of a plan: sent down by the actor, or by their department."""
    if actor.institution is None or actor.practitioner_id is None:
        return false()
    mine: ColumnElement[bool] = Referral.practitioner_id == actor.practitioner_id
    if actor.department is not None and pack(actor.county_id).followup.upper_doctor.department_sees:
        mine = or_(mine, Referral.from_department == actor.department)
    return lasting(model, actor.county_id, and_(Referral.from_institution == actor.institution, mine))


def of_advice(model: Any, actor: Actor) -> ColumnElement[bool]:
    """Return the same for an advice: whoever sees the plan sees what was advised on it."""
    return exists().where(
        FollowUpPlan.county_id == model.county_id,
        FollowUpPlan.id == model.plan_id,
        of_upper_doctor(FollowUpPlan, actor),
    )


def lasting(model: Any, county_id: str, whose: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return whether a plan's way down still gives sight to those it was sent by."""
    days = timedelta(days=pack(county_id).followup.upper_doctor.sight_days)
    sent = exists().where(
        Referral.county_id == model.county_id,
        Referral.id == model.referral_id,
        Referral.direction == "down",
        Referral.arrived_at > clock.sql_now() - days,
        whose,
    )
    taken_back = exists().where(
        Account.county_id == model.county_id, Account.resident_id == model.resident_id, Account.paused
    )
    return and_(sent, ~taken_back)


def ends_at(referral: Referral) -> datetime:
    """Return when the sight of a way down ends by itself."""
    assert referral.arrived_at is not None
    return referral.arrived_at + timedelta(days=pack(referral.county_id).followup.upper_doctor.sight_days)
