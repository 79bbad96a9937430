"""Whoever is followed up is looked after by the doctor of their own village, where their team has one there."""

from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from backend.alliance.queries import pack
from backend.contracts.models import CareTeamMember
from backend.followup.models import FollowUpVisit
from backend.followup.plans import Beginning, begin_plan
from backend.kernel.clock import local_day
from backend.kernel.roles import Role, system_actor
from backend.store import clock
from backend.store.db import session, transaction
from tests import factories
from tests.integration.contracts.conftest import make_team, signed

TOWNSHIP = {"xinmi": "th-yuanzhuang", "mangshi": "th-fengping"}


@pytest.mark.parametrize("county", ["xinmi", "mangshi"])
@pytest.mark.parametrize("joins", ["both", "only the other"])
def test_the_first_look_is_of_the_doctor_of_ones_own_village(app: Flask, county: str, joins: str) -> None:
    house = TOWNSHIP[county]
    with app.app_context():
        own, other = [one for one in pack(county).institutions.institutions if one.parent == house and one.villages][:2]
    team = make_team(app, county, house, village=own.villages[0])
    with app.app_context(), transaction() as current:
        # By name the doctor of the other village is first.
        ids = {
            name: factories.make_practitioner(current, clinic.code, Role.VILLAGE_DOCTOR, county_id=county, name=name).id
            for name, clinic in (("乙", own), ("一", other))
        }
        for one in ids.values() if joins == "both" else [ids["一"]]:
            current.add(
                CareTeamMember(
                    county_id=county,
                    team_id=team.id,
                    practitioner_id=one,
                    part="village_doctor",
                    from_on=date(2020, 1, 1),
                )
            )
    _, resident_id, _ = signed(app, team, county)
    with app.app_context(), transaction():
        today = local_day(clock.now())
        beginning = Beginning("hypertension", "doctor", house, team.leader_id, today)
        plan = begin_plan(system_actor(county), resident_id, beginning)
        assert looked_after_by(plan.id) == ids["乙" if joins == "both" else "一"]


def looked_after_by(plan_id: UUID) -> UUID | None:
    return session().scalar(select(FollowUpVisit.village_practitioner_id).where(FollowUpVisit.plan_id == plan_id))
