"""Residents for staff: found within sight only, told apart, looked up by papers, registered and put right."""

import secrets
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from backend.kernel.ids import new_id
from backend.kernel.roles import Role
from backend.people.identity import check_digit
from backend.people.models import Account, Resident
from backend.people.names import folded_name
from backend.people.pinyin import pinyin_of
from backend.people.residents import id_number_index
from backend.records.service import grant
from backend.store.audit import AuditEvent
from backend.store.db import transaction
from backend.store.vault import vault
from tests.factories import Person, make_resident, resident_person, staff_person
from tests.integration.people.conftest import Door, fresh_phone, newcomer
from tests.integration.people.test_claims import CHILD, code_for

VILLAGE, CLINIC = "huaishupo", "vc-huaishupo"
TOWNSHIP = "th-yuanzhuang"


def person(app: Flask, name: str, **values: Any) -> Resident:
    given = {"village": VILLAGE, "name": name, "name_folded": folded_name(name), "name_pinyin": pinyin_of(name)}
    with app.app_context(), transaction() as current:
        return make_resident(current, **(given | values))


def village_doctor(app: Flask) -> Person:
    return staff_person(app, CLINIC, Role.VILLAGE_DOCTOR)[0]


def found(who: Person, search: str, **more: Any) -> list[str]:
    query = "&".join(f"{name}={value}" for name, value in {"search": search, "limit": 100, **more}.items())
    answer = who.get(f"/api/v1/residents?{query}")
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.get_json()["items"]]


def fresh_number(birth_on: date, sex: str) -> str:
    first = f"410183{birth_on:%Y%m%d}{secrets.randbelow(49) * 2 + 100 + (sex == 'male')}"
    return first + check_digit(first)


@pytest.mark.parametrize(
    "words", ["上官雪樵", "雪樵", "shangguanxueqiao", "sgxq", "SGXQ", "shangguan 1971", "槐树坡 雪樵", "1971 雪"]
)
def test_however_one_searches_the_same_person_is_found(app: Flask, words: str) -> None:
    wanted = person(app, "上官雪樵", birth_on=date(1971, 1, 9))
    other = person(app, "欧阳一", birth_on=date(1972, 1, 9))
    ids = found(village_doctor(app), words)
    assert str(wanted.id) in ids
    assert str(other.id) not in ids


@pytest.mark.parametrize("words", ["%", "_", "\\", "' OR 1=1 --", '"', "nobodyhere", "1066"])
def test_signs_of_the_database_are_just_letters(app: Flask, words: str) -> None:
    person(app, "普通人")
    answer = village_doctor(app).client.get
    assert answer is not None
    assert found(village_doctor(app), words.replace("%", "%25").replace("\\", "%5C")) == []


def test_a_dot_however_it_is_typed(app: Flask) -> None:
    wanted = person(app, "勒排·麻鲁")
    for dot in "·•・.":
        assert str(wanted.id) in found(village_doctor(app), f"勒排{dot}麻鲁")


def test_namesakes_of_a_village_are_marked_and_never_alone(app: Flask) -> None:
    for year in (1956, 1974):
        person(app, "岩相印", birth_on=date(year, 5, 1), household_head=f"户主{year}")
    person(app, "独一位")
    rows = village_doctor(app).get("/api/v1/residents?search=岩相印").get_json()["items"]
    assert [row["namesake"] for row in rows] == [True, True]
    assert {row["birth_year"] for row in rows} == {1956, 1974}
    assert all(row["village_name"] == "槐树坡村" and row["household_head"] for row in rows)
    (alone,) = village_doctor(app).get("/api/v1/residents?search=独一位").get_json()["items"]
    assert alone["namesake"] is False


def test_everybody_sees_only_their_own(app: Flask) -> None:
    name = f"可见{secrets.token_hex(3)}"
    here, there = person(app, name), person(app, name, village="dongling")
    assert found(village_doctor(app), name) == [str(here.id)]
    public_health, _ = staff_person(app, TOWNSHIP, Role.PUBLIC_HEALTH)
    assert set(found(public_health, name)) == {str(here.id), str(there.id)}
    family_doctor, practitioner_id = staff_person(app, TOWNSHIP, Role.FAMILY_DOCTOR)
    assert found(family_doctor, name) == []
    with app.app_context(), transaction():
        grant("xinmi", there.id, "contract", new_id(), [f"practitioner:{practitioner_id}"])
    assert found(family_doctor, name) == [str(there.id)]


@pytest.mark.parametrize("role", [Role.BUREAU, Role.OPERATOR])
def test_bureau_and_operator_see_nobody(app: Flask, role: Role) -> None:
    officer, _ = staff_person(app, TOWNSHIP, role)
    assert officer.get("/api/v1/residents").status_code == 403
    assert officer.get(f"/api/v1/residents/{person(app, '某').id}").status_code == 403
    assert officer.post("/api/v1/residents/look-up", {"name": "某", "birth_on": "1958-03-01"}).status_code == 403


def test_a_resident_searches_nobody_but_reads_themselves(app: Flask) -> None:
    resident, own = resident_person(app)
    _, stranger = resident_person(app)
    assert resident.get("/api/v1/residents").status_code == 403
    assert resident.get(f"/api/v1/residents/{own}").status_code == 200
    same_as_nobody = resident.get(f"/api/v1/residents/{uuid4()}")
    hidden = resident.get(f"/api/v1/residents/{stranger}")
    assert (hidden.status_code, hidden.get_json()["detail"]) == (404, same_as_nobody.get_json()["detail"])


def test_a_record_of_another_county_does_not_exist(app: Flask) -> None:
    with app.app_context(), transaction() as current:
        abroad = make_resident(current, "mangshi", village=VILLAGE)
    assert village_doctor(app).get(f"/api/v1/residents/{abroad.id}").status_code == 404


def test_reading_is_written_down_and_the_owner_sees_who_it_was(app: Flask, door: Door) -> None:
    resident, own = resident_person(app, village=VILLAGE)
    doctor = village_doctor(app)
    assert doctor.get(f"/api/v1/residents/{own}").status_code == 200
    with app.app_context(), transaction() as current:
        rows = current.query(AuditEvent).filter_by(action="resident.read", resident_id=own).all()
    assert [row.account_id for row in rows] == [doctor.account_id]
    log = resident.get("/api/v1/access-log").get_json()["items"]
    assert [(row["what"], row["where"], row["own_family"]) for row in log] == [
        ("看了基本资料", "槐树坡村卫生室", False)
    ]
    stranger, _ = resident_person(app)
    assert stranger.get("/api/v1/access-log").get_json()["items"] == []


def test_the_number_is_masked_and_the_phone_is_there_to_call(app: Flask) -> None:
    number, phone = fresh_number(date(1958, 3, 1), "female"), fresh_phone()
    row = person(app, "打电话")
    with app.app_context(), transaction() as current:
        loaded = current.get_one(Resident, ("xinmi", row.id))
        vault().seal(loaded, "id_number", number)
        vault().seal(loaded, "phone", phone)
    answer = village_doctor(app).get(f"/api/v1/residents/{row.id}")
    assert answer.get_json()["phone"] == phone
    assert answer.get_json()["id_number_masked"].endswith(number[-4:])
    assert number not in answer.text
    offered = {"hand_over_code.issue", "resident.correct", "related_person.read", "authority.register"}
    assert offered <= set(answer.get_json()["actions"])


def test_whoever_stands_there_is_found_by_papers(app: Flask) -> None:
    number = fresh_number(date(1963, 4, 4), "male")
    row = person(app, "来看病", sex="male", birth_on=date(1963, 4, 4), conditions=["hypertension"])
    with app.app_context(), transaction() as current:
        current.get_one(Resident, ("xinmi", row.id)).id_number_index = id_number_index(number)
    desk, _ = staff_person(app, "first-hospital", Role.DESK_CLERK)
    for body in (
        {"id_number": number.lower()},
        {"record_number": row.record_number},
        {"name": "来看病", "birth_on": "1963-04-04"},
    ):
        answer = desk.post("/api/v1/residents/look-up", body)
        assert str(row.id) in {one["id"] for one in answer.get_json()["items"]}
        assert "hypertension" not in answer.text
    with app.app_context(), transaction() as current:
        rows = current.query(AuditEvent).filter_by(action="resident.look_up", resident_id=row.id).all()
    assert sorted(one.detail["by"] for one in rows) == ["id_number", "name", "record_number"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "张三"},
        {"birth_on": "1958-03-01"},
        {"id_number": "110105194912310021"},
        {"id_number": "11010519491231002X", "record_number": "1"},
        {"name": "张三", "birth_on": "1958-02-30"},
        {"name": "%", "birth_on": "２０００-01-01"},
    ],
)
def test_looking_up_needs_one_whole_thing(app: Flask, body: dict[str, str]) -> None:
    desk, _ = staff_person(app, "first-hospital", Role.DESK_CLERK)
    assert desk.post("/api/v1/residents/look-up", body).status_code == 422


def new(**changed: Any) -> dict[str, Any]:
    given = {"name": "新生儿", "sex": "female", "birth_on": "2026-11-01", "village": VILLAGE, "household": "12"}
    return given | changed


def test_a_newborn_without_papers_gets_a_record_number(app: Flask) -> None:
    doctor = village_doctor(app)
    first = doctor.post("/api/v1/residents", new()).get_json()
    second = doctor.post("/api/v1/residents", new(name="双胞胎")).get_json()
    assert len(first["record_number"]) == 17
    assert first["record_number"].startswith("410183")
    assert int(second["record_number"]) == int(first["record_number"]) + 1
    assert (first["needs_guardian"], first["under_fourteen"], first["id_number_masked"]) == (True, True, None)


def test_a_number_must_say_the_same_birth_and_sex(app: Flask) -> None:
    doctor = village_doctor(app)
    number = fresh_number(date(1980, 2, 2), "male")
    right = new(name="搬来的", sex="male", birth_on="1980-02-02", id_number=number.lower())
    wrong = [right | {"birth_on": "1980-02-03"}, right | {"sex": "female"}, right | {"id_number": number[:-1] + "#"}]
    for body in wrong:
        assert doctor.post("/api/v1/residents", body).status_code == 422
    assert doctor.post("/api/v1/residents", right).status_code == 201
    again = doctor.post("/api/v1/residents", right | {"name": "重号"})
    assert (again.status_code, again.get_json()["code"]) == (409, "id_number_taken")


@pytest.mark.parametrize(
    "changed",
    [
        {"village": "dongling"},
        {"village": "nowhere"},
        {"birth_on": "2099-01-01"},
        {"name": "<script>"},
        {"name": "岩\u202e相"},
        {"phone": "12345"},
        {"household": "十二"},
        {"conditions": ["hypertension"]},
        {"record_number": "1"},
        {"county_id": "mangshi"},
    ],
)
def test_what_cannot_be_registered(app: Flask, changed: dict[str, Any]) -> None:
    assert village_doctor(app).post("/api/v1/residents", new(**changed)).status_code in {403, 422}


def test_a_phone_is_put_right_and_then_claims(app: Flask, door: Door) -> None:
    row, phone, doctor = person(app, "改电话"), fresh_phone(), village_doctor(app)
    before = doctor.get(f"/api/v1/residents/{row.id}")
    path = f"/api/v1/residents/{row.id}/corrections"
    done = doctor.post(path, {"phone": f"+86 {phone}"}, **{"If-Match": before.headers["ETag"]})
    assert (done.status_code, done.get_json()["phone"]) == (200, phone)
    stale = doctor.post(path, {"phone": ""}, **{"If-Match": before.headers["ETag"]})
    assert stale.status_code == 412
    claimant = newcomer(app)
    assert claimant.post("/api/v1/claims", {"phone_code": phone}).status_code == 201


def test_names_and_numbers_change_with_papers_and_by_those_who_may(app: Flask) -> None:
    row = person(app, "旧名字")
    path = f"/api/v1/residents/{row.id}/corrections"
    doctor = village_doctor(app)
    assert doctor.post(path, {"name": "新名字"}).status_code == 422
    assert doctor.post(path, {"name": "新名字", "papers_seen": True}).get_json()["name"] == "新名字"
    assert doctor.post(path, {}).status_code == 422
    assert found(doctor, "xmz") != []
    desk, practitioner_id = staff_person(app, "first-hospital", Role.DESK_CLERK)
    with app.app_context(), transaction():
        grant("xinmi", row.id, "referral", new_id(), [f"practitioner:{practitioner_id}"])
    assert desk.post(path, {"name": "乱改", "papers_seen": True}).status_code == 403
    assert desk.post(path, {"phone": fresh_phone()}).status_code == 200
    stranger, _ = resident_person(app)
    assert stranger.post(path, {"phone": fresh_phone()}).status_code == 403


def test_nobody_goes_on_as_the_dead(app: Flask, door: Door) -> None:
    row, doctor = person(app, "已故的"), village_doctor(app)
    owner = newcomer(app)
    owner.post("/api/v1/claims", {"hand_over_code": code_for(doctor, row)})
    path = f"/api/v1/residents/{row.id}/corrections"
    assert doctor.post(path, {"died_on": "2099-01-01", "papers_seen": True}).status_code == 422
    done = doctor.post(path, {"died_on": "2026-11-01", "papers_seen": True})
    assert done.status_code == 200
    assert owner.get("/api/v1/me").get_json()["residents"] == []
    assert str(row.id) not in found(doctor, "已故的")
    with app.app_context(), transaction() as current:
        assert current.query(Account).filter_by(resident_id=row.id).count() == 0


def test_a_child_is_shown_as_needing_a_guardian(app: Flask) -> None:
    row = person(app, "小朋友", birth_on=CHILD)
    shown = village_doctor(app).get(f"/api/v1/residents/{row.id}").get_json()
    assert (shown["needs_guardian"], shown["under_fourteen"]) == (True, True)


def test_pages_go_on_where_they_stopped(app: Flask) -> None:
    mark = f"翻页{secrets.token_hex(3)}"
    wanted = {str(person(app, f"{mark}{number}").id) for number in range(5)}
    doctor, seen, cursor = village_doctor(app), list[str](), ""
    while True:
        page = doctor.get(f"/api/v1/residents?search={mark}&limit=2{cursor}").get_json()
        seen += [row["id"] for row in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert len(seen) == 5
    assert set(seen) == wanted


def test_ids_of_other_things_find_nobody(app: Flask) -> None:
    doctor = village_doctor(app)
    for thing in (doctor.account_id, UUID(int=0)):
        assert doctor.get(f"/api/v1/residents/{thing}").status_code == 404
    assert doctor.get("/api/v1/residents/1").status_code == 404
