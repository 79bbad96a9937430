"""The booking's part of the world: places of every kind and stage, an order, somebody who waits, a settled session."""

import base64
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import text

from backend.booking.models import ScheduleSession
from backend.kernel.clock import local_day
from backend.kernel.roles import Role
from backend.store import clock
from backend.store.db import transaction
from tests import factories
from tests.factories import Person
from tests.integration.badinput.world import COUNTY
from tests.integration.booking import scene
from tests.integration.contracts.conftest import make_team, signed
from tests.integration.referrals.rig import signer

HOSPITAL = "first-hospital"
SAFE = ["contrast-allergy", "kidney", "contrast-consent"]
TABLE = "编号,科室,名称,星期,开始,结束,号数\nx1,cardiology,表里排的,一,8:00,11:30,20\n"


def told(app: Flask) -> tuple[list[Person], dict[str, dict[str, Any]]]:
    """Who belongs to it, and a body that fits each operation."""
    team = make_team(app, COUNTY)
    patient, patient_id, _ = signed(app, team, COUNTY)
    people = [factories.resident_person(app, COUNTY) for _ in range(4)]
    clerk = signer(app, HOSPITAL, Role.DESK_CLERK, county=COUNTY)
    specialist = signer(app, HOSPITAL, Role.SPECIALIST, county=COUNTY, department="cardiology")
    with app.app_context(), transaction() as current:
        today = local_day(clock.now(current))
        doctor = specialist.actor().practitioner_id
        free, full, mine, come = (
            slot.id for slot in scene.make_slots(current, 4, pool="general", department="urology", in_days=9)
        )
        (examined,) = scene.make_slots(current, 1, 9, pool="general", department="radiology", in_days=9)
        on = current.get_one(ScheduleSession, (COUNTY, examined.session_id))
        on.kind, on.item = "examination", "ct-contrast"
        current.execute(
            text(
                "UPDATE slot SET capacity = taken FROM schedule_session s WHERE s.id = slot.session_id"
                " AND s.department = 'acupuncture' AND slot.county_id = :c"
            ),
            {"c": COUNTY},
        )
    held = people[0][0].post("/api/v1/appointments", {"slot_id": mine})
    assert held.status_code == 201, held.json
    for (person, _), slot in zip(people[1:3], (full, come), strict=True):
        made = person.post("/api/v1/appointments", {"slot_id": slot, "confirm": True})
        assert made.status_code == 201, made.json
    wanted = {
        "institution": "tcm-hospital",
        "department": "acupuncture",
        "from_on": today,
        "until_on": today + timedelta(days=9),
    }
    waits = people[3][0].post("/api/v1/waitlist", wanted)
    assert waits.status_code == 201, waits.json
    order = {"item": "ct-contrast", "reason": "反复头晕三个月", "answers": SAFE}
    ordered = team.leader.post(f"/api/v1/residents/{patient_id}/orders", order)
    assert ordered.status_code == 201, ordered.json
    settled = {
        "code": "x2", "department": "cardiology", "title": "高血压门诊", "start": "08:30", "end": "11:30",
        "capacity": 12, "from_on": today, "weekdays": [1, 3],
    }  # fmt: skip
    assert clerk.post("/api/v1/schedules", settled).status_code == 201
    whole = {
        "booking.TakeIn": {"slot_id": free},
        "booking.TimeIn": {"slot_id": examined.id},
        "booking.OverbookIn": {"slot_id": full, "resident_id": people[3][1], "reason": "sick"},
        "booking.CheckInIn": {"code": made.json["code"]},
        "booking.WaitIn": wanted,
        "booking.StopIn": {"reason": "ill"},
        "booking.LeaveIn": {
            "practitioner_id": doctor, "from_on": today, "until_on": today + timedelta(days=1), "reason": "ill",
        },
        "booking.SettledIn": settled | {"code": "x3"},
        "booking.ImportIn": {"name": "排班.csv", "content": base64.b64encode(TABLE.encode()).decode()},
        "booking.OrderIn": order | {"item": "gastroscopy", "answers": ["blood-thinner"]},
    }  # fmt: skip
    return [patient, team.leader, clerk, specialist, *(person for person, _ in people)], whole
