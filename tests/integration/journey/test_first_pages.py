"""The first page of a resident and of a clinician: one next thing, danger first, who gets it next."""

import pytest
from flask import Flask

from tests.factories import make_family, resident_person
from tests.integration.followup.test_followup import answer, care_for


@pytest.mark.parametrize("county", ["xinmi", "mangshi"])
def test_a_due_look_is_the_one_next_thing(app: Flask, county: str) -> None:
    cared = care_for(app, county)
    home = cared.person.get("/api/v1/home")
    assert home.status_code == 200, home.json
    assert home.json["next"]["title"] == "今天该量血压了"
    assert str(cared.visit_id) in home.json["next"]["page"]
    cared.person.post(f"/api/v1/follow-up-visits/{cared.visit_id}/answers", answer())
    assert cared.person.get("/api/v1/home").json["next"]["kind"] == "sign_up"


def test_a_family_member_sees_the_home_of_whom_they_act_for(app: Flask) -> None:
    from backend.people.models import Account, Resident
    from backend.store.db import transaction

    daughter, _ = resident_person(app)
    _, mother_id = resident_person(app)
    with app.app_context(), transaction() as current:
        mother = current.get(Resident, ("xinmi", mother_id))
        account = current.get(Account, ("xinmi", daughter.account_id))
        make_family(current, mother, account)
    daughter.acting_for = mother_id
    assert daughter.get("/api/v1/home").json["resident_id"] == str(mother_id)
    _, stranger_id = resident_person(app)
    daughter.acting_for = stranger_id
    assert daughter.get("/api/v1/home").status_code == 403


def test_danger_stands_first_on_the_doctors_today_and_says_who_is_next(app: Flask) -> None:
    cared = care_for(app, "xinmi")
    cared.person.post(f"/api/v1/follow-up-visits/{cared.visit_id}/answers", answer(186, 112))
    today = cared.doctor.get("/api/v1/today")
    assert today.status_code == 200, today.json
    first = today.json["sections"][0]
    assert (first["code"], first["title"]) == ("danger", "马上处理")
    item = first["items"][0]
    assert "186/112" in item["text"]
    assert item["next_owner"]
    assert today.json["counts"][0] == {"code": "danger", "label": "危险", "number": 1}
    task = cared.doctor.get(f"/api/v1/tasks/{item['id']}")
    assert task.json["actions"] == ["complete", "cancel"]
    assert cared.stranger.get(f"/api/v1/tasks/{item['id']}").status_code == 404
    done = cared.doctor.post(f"/api/v1/tasks/{item['id']}/done", {"outcome": "reached"})
    assert done.json["status"] == "done"
    assert cared.doctor.get("/api/v1/today").json["counts"][0]["number"] == 0


def test_a_resident_has_no_today_and_a_doctor_no_home(app: Flask) -> None:
    cared = care_for(app, "xinmi")
    assert cared.person.get("/api/v1/today").status_code == 403
    assert cared.doctor.get("/api/v1/home").status_code in (403, 404)
