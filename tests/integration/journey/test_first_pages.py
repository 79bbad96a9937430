"""The first page of a resident and of a clinician: one next thing, danger first, who gets it next."""

import pytest
from flask import Flask

from backend.people.models import Account, Resident
from backend.store.db import transaction
from backend.store.vault import vault
from tests.factories import make_family, resident_person
from tests.integration.chat.conftest import make_talk
from tests.integration.followup.test_followup import answer, care_for
from tests.integration.followup.test_round import walk


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
    assert "血压 186/112" in item["text"]
    assert item["text"].endswith("自己填的")
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


def test_an_open_danger_is_the_next_thing_until_somebody_has_acted(app: Flask) -> None:
    cared = care_for(app, "mangshi")
    cared.person.post(f"/api/v1/follow-up-visits/{cared.visit_id}/answers", answer(186, 112))
    first = cared.person.get("/api/v1/home").json["next"]
    assert (first["kind"], first["phone"]) == ("danger", "120")
    assert str(cared.visit_id) in first["page"]
    assert first["due_at"]
    item = cared.doctor.get("/api/v1/today").json["sections"][0]["items"][0]
    cared.doctor.post(f"/api/v1/tasks/{item['id']}/done", {"outcome": "reached"})
    assert cared.person.get("/api/v1/home").json["next"]["kind"] == "sign_up"


def test_the_last_values_stand_beside_what_is_due(app: Flask, turned) -> None:
    cared = care_for(app, "xinmi")
    cared.person.post(f"/api/v1/follow-up-visits/{cared.visit_id}/answers", answer(162, 98))
    turned(days=14)
    due = cared.person.get("/api/v1/home").json["next"]
    assert due["title"] == "今天该量血压了"
    assert due["text"].startswith("上次血压 162/98（")
    turned(days=2)
    assert "晚了 2 天" in cared.person.get("/api/v1/home").json["next"]["text"]


def test_my_doctor_has_a_name_a_conversation_and_what_is_unread(app: Flask) -> None:
    talk = make_talk(app)
    doctor = talk.person.get("/api/v1/home").json["doctor"]
    assert (doctor["conversation_id"], doctor["unread"]) == (talk.id, 0)
    with app.app_context(), transaction():
        assert doctor["name"] == talk.team.leader.actor().name
    talk.say(talk.team.leader, "药按时吃")
    talk.say(talk.team.leader, "下周再量")
    assert talk.person.get("/api/v1/home").json["doctor"]["unread"] == 2


def test_who_waits_for_words_stands_on_the_doctors_today_once(app: Flask, turned) -> None:
    from backend.chat.waiting import tell_waiting

    talk = make_talk(app)
    talk.say(talk.person, "我头有点晕")
    message = next(s for s in talk.team.leader.get("/api/v1/today").json["sections"] if s["code"] == "message")
    assert [item["id"] for item in message["items"]] == [talk.id]
    assert "我头有点晕" in message["items"][0]["text"]
    assert not message["items"][0]["overdue"]
    turned(hours=30)
    with app.app_context(), transaction() as current:
        tell_waiting(current, "xinmi")
    today = talk.team.leader.get("/api/v1/today").json
    assert [item["id"] for s in today["sections"] for item in s["items"] if item["kind"] == "chat_waiting"] == [talk.id]
    assert {count["code"]: count["number"] for count in today["counts"]}["message"] == 1
    talk.say(talk.team.leader, "今天来量一下")
    assert "message" not in [s["code"] for s in talk.team.leader.get("/api/v1/today").json["sections"]]


def test_danger_brings_the_number_to_call_and_the_familys_when_there_is_none(app: Flask) -> None:
    cared = care_for(app, "xinmi")
    daughter, daughter_id = resident_person(app)
    with app.app_context(), transaction() as current:
        own = current.get_one(Resident, ("xinmi", daughter_id))
        vault().seal(own, "phone", "13800000007")
        make_family(
            current,
            current.get_one(Resident, ("xinmi", cared.resident_id)),
            current.get_one(Account, ("xinmi", daughter.account_id)),
        )
    cared.person.post(f"/api/v1/follow-up-visits/{cared.visit_id}/answers", answer(186, 112))
    item = cared.doctor.get("/api/v1/today").json["sections"][0]["items"][0]
    assert item["phone"] == "13800000007"
    task = cared.doctor.get(f"/api/v1/tasks/{item['id']}").json
    assert [(one["relation"], one["phone"]) for one in task["contacts"]] == [("女儿", "13800000007")]
    assert task["next_owner"]
    listed = next(one for one in cared.doctor.get("/api/v1/tasks").json["items"] if one["id"] == item["id"])
    assert listed["contacts"] == []


def test_a_village_doctor_sees_how_much_lies_on_the_round(app: Flask) -> None:
    walked = walk(app)
    today = walked.village_doctor.get("/api/v1/today").json
    assert (today["round"]["households"], today["round"]["people"]) == (2, 3)
    assert walked.doctor.get("/api/v1/today").json["round"] is None
