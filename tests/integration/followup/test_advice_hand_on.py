"""The doctor below who was asked is away: the house's office hands the advice on to another of its doctors."""

from uuid import UUID

import pytest
from flask import Flask

from backend.kernel.roles import Role
from backend.records.models import AccessGrant
from backend.worklist.models import Task
from backend.worklist.service import escalate_overdue
from tests.factories import Person
from tests.integration.followup.test_advice import advised, below, morning, reply, status, tick, turn
from tests.integration.referrals.down_rig import Down
from tests.integration.referrals.rig import signer

__all__ = ["below", "morning"]
pytestmark = pytest.mark.clause("MS-4.2.3c")


def office_of(below: Down, app: Flask) -> Person:
    return signer(app, below.places.township, Role.MEDICAL_OFFICE, county=below.county)


def hand_on(advice: str, who: Person, to: Person | UUID | str, reason: str = "on-leave"):
    other = to if isinstance(to, UUID | str) else to.actor().practitioner_id
    return who.post(f"/api/v1/plan-advices/{advice}/hand-on", {"practitioner_id": str(other), "reason": reason})


def test_the_office_hands_it_on_and_the_other_doctor_answers(app: Flask, below: Down) -> None:
    advice, office = advised(below), office_of(below, app)
    other = signer(app, below.places.township, Role.FAMILY_DOCTOR, county=below.county)
    with app.app_context():
        other_id = str(other.actor().practitioner_id)
    turn(below, days=4)
    tick(below, escalate_overdue)
    [task] = below.rows(Task, Task.focus_id == UUID(advice))
    assert (task.role, task.practitioner_id) == ("medical_office", None)
    shown = office.get(f"/api/v1/plan-advices/{advice}").json
    assert "hand_on" in shown["actions"]
    found = office.get(f"/api/v1/plan-advices/{advice}/others").json
    assert other_id in {one["id"] for one in found["items"]}
    assert str(below.team.leader_id) not in {one["id"] for one in found["items"]}
    done = hand_on(advice, office, other_id)
    assert done.status_code == 200, done.json
    assert (done.json["status"], done.json["overdue"]) == ("open", False), "with the county's time anew"
    open_now = [one for one in below.rows(Task, Task.focus_id == UUID(advice)) if one.status == "open"]
    assert [str(one.practitioner_id) for one in open_now] == [other_id]
    assert open_now[0].ladder, "and up the same ladder again"
    answered = reply(below, advice, other, taken_on=True, text="晚上那片改到睡前")
    assert answered.status_code == 200, answered.json
    assert status(advice, below) == "taken_on"
    [sight] = below.rows(AccessGrant, AccessGrant.basis_id == UUID(advice))
    assert sight.ended_at is not None, "sight lasts as long as the question"
    late = hand_on(advice, office, below.team.leader_id)
    assert late.status_code == 409, late.json


def test_only_the_houses_office_and_only_to_its_own_doctors(app: Flask, below: Down) -> None:
    advice, office = advised(below), office_of(below, app)
    stranger = signer(app, below.places.hospital, Role.SPECIALIST, county=below.county)
    with app.app_context():
        stranger_id = stranger.actor().practitioner_id
    for to, rule in ((stranger_id, "advice.hand_on_to"), (below.team.leader_id, "advice.hand_on_to")):
        refused = hand_on(advice, office, to)
        assert refused.status_code == 422, refused.json
        assert {one["rule"] for one in refused.json["violations"]} == {rule}
    nowhere = signer(app, below.places.hospital, Role.MEDICAL_OFFICE, county=below.county)
    assert hand_on(advice, nowhere, below.team.leader_id).status_code == 404
    assert hand_on(advice, below.team.leader, below.team.leader_id).status_code == 403
    assert status(advice, below) == "open"
