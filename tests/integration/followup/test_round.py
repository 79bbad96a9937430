"""The village doctor's round: by household in walking order, with all that is needed where there is no signal."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask

from backend.followup.plans import Beginning, begin_plan
from backend.kernel.clock import SHANGHAI, local_day
from backend.kernel.ids import new_id
from backend.kernel.roles import Role, system_actor
from backend.records.service import grant
from backend.store import clock
from backend.store.db import transaction
from tests.factories import Person, make_resident, staff_person

GOOD = {"adherence": "按时吃", "reaction": False}


@dataclass
class Walk:
    """Two households of a village with three people who are due, and who looks after them."""

    village_doctor: Person
    doctor: Person
    people: dict[str, UUID]

    def round(self) -> dict:
        answer = self.village_doctor.get("/api/v1/follow-up-round")
        assert answer.status_code == 200, answer.json
        return answer.json


def walk(app: Flask, county: str = "xinmi", township: str = "th-yuanzhuang") -> Walk:
    doctor, doctor_id = staff_person(app, township, Role.FAMILY_DOCTOR, county_id=county, phone="0371-5550001")
    village_doctor, village_doctor_id = staff_person(app, township, Role.VILLAGE_DOCTOR, county_id=county)
    village, namesake = f"v-{uuid4().hex[:12]}", f"岩相{uuid4().hex[:4]}"
    homes = {"first": ("2", namesake), "wife": ("2", "玉"), "second": ("10", "刀"), "at home": ("3", namesake)}
    people = {}
    with app.app_context(), transaction() as current:
        today = local_day(clock.now())
        for key, (household, name) in homes.items():
            one = make_resident(current, county, name=name, household=household, household_head=name, village=village)
            people[key] = one.id
            if key == "at home":
                continue
            who = [f"practitioner:{doctor_id}", f"practitioner:{village_doctor_id}"]
            grant(county, one.id, "contract", new_id(), who)
            begin = Beginning("hypertension", "doctor", township, doctor_id, today)
            plan = begin_plan(system_actor(county), one.id, begin)
            plan.village_practitioner_id = village_doctor_id
        current.flush()
        from sqlalchemy import update

        from backend.followup.models import FollowUpVisit

        current.execute(
            update(FollowUpVisit)
            .where(FollowUpVisit.resident_id.in_(people.values()))
            .values(village_practitioner_id=village_doctor_id)
        )
    return Walk(village_doctor, doctor, people)


@pytest.mark.parametrize(("county", "township"), [("xinmi", "th-yuanzhuang"), ("mangshi", "th-fengping")])
def test_households_stand_in_walking_order_and_namesakes_are_told(app: Flask, county: str, township: str) -> None:
    shown = walk(app, county, township).round()
    assert [(home["household"], len(home["visits"])) for home in shown["households"]] == [("2", 2), ("10", 1)]
    assert [home["namesakes"] for home in shown["households"]] == [2, 1]


def test_the_round_carries_what_is_needed_without_a_signal(app: Flask) -> None:
    walked = walk(app)
    path = f"/api/v1/residents/{walked.people['first']}/readings"
    values = [{"code": "systolic", "value": 148, "unit": "mmHg"}, {"code": "diastolic", "value": 92, "unit": "mmHg"}]
    assert walked.village_doctor.post(path, {"values": values}).status_code == 201
    shown = walked.round()
    forms = {form["key"]: form for form in shown["forms"]}
    visit = next(v for v in shown["households"][0]["visits"] if v["resident_id"] == str(walked.people["first"]))
    assert {one["code"]: one["value"] for one in visit["last_values"]} == {"systolic": 148, "diastolic": 92}
    pressure = next(one for one in forms[visit["form"]]["measures"] if one["code"] == "systolic")
    assert (pressure["danger_from"], pressure["danger_to"]) == (180, None)
    assert "120" in forms[visit["form"]]["danger_advice"]
    assert (shown["carers"][0]["part"], shown["carers"][0]["phone"]) == ("家庭医生", "0371-5550001")
    alone = walked.village_doctor.get(f"/api/v1/follow-up-visits/{visit['id']}").json
    assert alone["form"] == forms[visit["form"]]
    assert alone["last_values"] == visit["last_values"]


def test_what_was_written_down_without_a_signal_keeps_its_hour(app: Flask) -> None:
    walked = walk(app)
    visit = walked.round()["households"][1]["visits"][0]
    with app.app_context(), transaction():
        now = clock.now()
        # Of today also right after midnight: the round of a day has what was done on that day.
        measured = max(now - timedelta(hours=5), datetime.combine(local_day(now), time.min, SHANGHAI).astimezone(UTC))
    body = {"measures": {"systolic": 132, "diastolic": 80}, "fields": GOOD, "mode": "home"}
    path = f"/api/v1/follow-up-visits/{visit['id']}/answers"
    for wrong in (measured - timedelta(days=30), measured + timedelta(days=1)):
        refused = walked.village_doctor.post(path, body | {"taken_at": wrong.isoformat()})
        assert (refused.status_code, refused.json["code"]) == (422, "taken_at_wrong")
    done = walked.village_doctor.post(path, body | {"taken_at": measured.isoformat()})
    assert done.status_code == 201, done.json
    assert done.json["visit"]["done_at"][:16] == measured.isoformat()[:16]
    assert done.json["visit"]["answers"]["fields"]["mode"] == "上门"
    points = walked.village_doctor.get(f"/api/v1/residents/{visit['resident_id']}/readings?codes=systolic,diastolic")
    assert [(one["values"], one["source"]) for one in points.json["items"]] == [
        ({"systolic": 132, "diastolic": 80}, "staff")
    ]
    assert [one["id"] for one in walked.round()["done"]] == [visit["id"]]


def test_a_trend_is_for_those_who_may_read_the_record(app: Flask) -> None:
    walked = walk(app)
    path = f"/api/v1/residents/{walked.people['second']}/readings"
    assert walked.doctor.get(f"{path}?codes=systolic").json["items"] == []
    stranger, _ = staff_person(app, "th-yuanzhuang", Role.FAMILY_DOCTOR)
    assert stranger.get(f"{path}?codes=systolic").status_code == 404
    assert walked.doctor.get(f"{path}?codes=wishes").status_code == 404
    assert walked.doctor.get(f"{path}?codes=systolic;drop").status_code == 422
