"""Proxies run errands, guardians consent: made in the right way, ended at once, and seen by the right people."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import text

from backend.kernel.clock import local_day
from backend.kernel.roles import Role
from backend.people.models import Resident
from backend.store import clock
from backend.store.db import session, transaction
from tests.factories import Person, make_family, resident_person, staff_person
from tests.integration.people.conftest import Door, fresh_phone, newcomer, resident_with_phone
from tests.integration.people.test_claims import CHILD, VILLAGE, code_for, rule_of, village_doctor, villager

DAUGHTER = {"holder_name": "王小梅", "relation": "女儿"}


def invited(app: Flask, mother: Person) -> Person:
    """A daughter who typed in the code that her mother made."""
    code = mother.post("/api/v1/related-persons", DAUGHTER).get_json()["code"]
    daughter = newcomer(app)
    assert daughter.post("/api/v1/claims", {"hand_over_code": code}).status_code == 201
    return daughter


def acting(person: Person, resident_id: UUID) -> Person:
    return Person(person.app, person.county_id, person.account_id, person.token, resident_id)


def test_a_mother_lets_her_daughter_run_errands(app: Flask, door: Door) -> None:
    mother, mother_id = resident_person(app)
    daughter = invited(app, mother)
    me = daughter.get("/api/v1/me").get_json()
    assert [(row["id"], row["relation"]) for row in me["residents"]] == [(str(mother_id), "proxy")]
    listed = mother.get("/api/v1/related-persons").get_json()["items"]
    assert [(row["name"], row["relation"], row["kind"]) for row in listed] == [("王小梅", "女儿", "proxy")]
    assert acting(daughter, mother_id).get("/api/v1/me").get_json()["acting_for"] == str(mother_id)


def test_taking_it_back_is_felt_with_the_next_request(app: Flask, door: Door) -> None:
    mother, mother_id = resident_person(app)
    daughter = invited(app, mother)
    related = mother.get("/api/v1/related-persons").get_json()["items"][0]
    assert related["actions"] == ["revoke"]
    assert mother.request("DELETE", f"/api/v1/related-persons/{related['id']}").status_code == 204
    refused = acting(daughter, mother_id).get("/api/v1/me")
    assert (refused.status_code, refused.get_json()["code"]) == (403, "not_your_family")
    assert daughter.get("/api/v1/me").get_json()["residents"] == []


def test_a_proxy_may_give_up_but_not_invite_or_list(app: Flask, door: Door) -> None:
    mother, mother_id = resident_person(app)
    daughter = invited(app, mother)
    assert acting(daughter, mother_id).post("/api/v1/related-persons", DAUGHTER).status_code == 404
    assert acting(daughter, mother_id).get("/api/v1/related-persons").status_code == 404
    related = mother.get("/api/v1/related-persons").get_json()["items"][0]["id"]
    assert daughter.request("DELETE", f"/api/v1/related-persons/{related}").status_code == 204


def test_strangers_end_nobodys_family(app: Flask, door: Door) -> None:
    mother, _ = resident_person(app)
    invited(app, mother)
    related = mother.get("/api/v1/related-persons").get_json()["items"][0]["id"]
    stranger, _ = resident_person(app)
    elsewhere, _ = staff_person(app, "vc-huaishupo", Role.VILLAGE_DOCTOR)
    abroad, _ = resident_person(app, "mangshi")
    for person in (stranger, elsewhere, abroad):
        assert person.request("DELETE", f"/api/v1/related-persons/{related}").status_code == 404
    assert len(mother.get("/api/v1/related-persons").get_json()["items"]) == 1


def test_one_phone_runs_errands_for_five_at_most(app: Flask, door: Door) -> None:
    doctor, helper = village_doctor(app), newcomer(app)
    with app.app_context(), transaction():
        pass
    answers = []
    for number in range(6):
        if number == 4:  # five wrong or right codes in ten minutes are the most; the brake is not this test's matter
            from backend.web import live

            for name in live.valkey().scan_iter("liandong:rate:hand-over:*"):
                live.valkey().delete(name)
        code = code_for(doctor, villager(app), "proxy", **DAUGHTER)
        answers.append(helper.post("/api/v1/claims", {"hand_over_code": code}))
    assert [answer.status_code for answer in answers] == [201] * 5 + [422]
    assert rule_of(answers[-1]) == "family.most"


def test_nobody_is_their_own_proxy(app: Flask, door: Door) -> None:
    phone = fresh_phone()
    resident_with_phone(app, phone)
    person = newcomer(app)
    person.post("/api/v1/claims", {"phone_code": phone})
    code = person.post("/api/v1/related-persons", DAUGHTER).get_json()["code"]
    assert rule_of(person.post("/api/v1/claims", {"hand_over_code": code})) == "family.not_self"


def test_the_same_proxy_twice_is_told_so(app: Flask, door: Door) -> None:
    mother, _ = resident_person(app)
    daughter = invited(app, mother)
    code = mother.post("/api/v1/related-persons", DAUGHTER).get_json()["code"]
    answer = daughter.post("/api/v1/claims", {"hand_over_code": code})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "already_family")


def test_a_guardian_is_registered_by_staff_for_a_child(app: Flask, door: Door) -> None:
    child = villager(app, birth_on=CHILD)
    code = code_for(village_doctor(app), child, "guardian", holder_name="王建国", relation="父亲")
    father = newcomer(app)
    assert father.post("/api/v1/claims", {"hand_over_code": code}).status_code == 201
    assert father.get("/api/v1/me").get_json()["residents"][0]["relation"] == "guardian"
    answer = father.post("/api/v1/privacy-consents", {"version": "1", "child_id": str(child.id)})
    assert {row["kind"] for row in answer.get_json()["items"]} == {"notice", "health", "child"}


def test_a_grown_up_gets_no_guardian(app: Flask, door: Door) -> None:
    code = code_for(village_doctor(app), villager(app), "guardian", holder_name="王建国", relation="儿子")
    assert rule_of(newcomer(app).post("/api/v1/claims", {"hand_over_code": code})) == "family.guardian_due"


def test_a_guardians_right_ends_on_the_eighteenth_birthday(app: Flask, door: Door) -> None:
    with app.app_context(), transaction():
        day = local_day(clock.now())
    tomorrow = day + timedelta(days=1)
    eve = tomorrow.replace(year=tomorrow.year - 18) if (tomorrow.month, tomorrow.day) != (2, 29) else None
    assert eve is not None
    parent, _ = resident_person(app)
    child = villager(app, birth_on=eve)
    with app.app_context(), transaction() as current:
        make_family(current, child, parent_account(parent), "guardian", "母亲")
    assert len(parent.get("/api/v1/me").get_json()["residents"]) == 2
    with app.app_context(), transaction() as current:
        current.get_one(Resident, ("xinmi", child.id)).birth_on = eve - timedelta(days=1)
    assert len(parent.get("/api/v1/me").get_json()["residents"]) == 1


def parent_account(person: Person) -> Any:
    from backend.people.models import Account

    account = session().get(Account, (person.county_id, person.account_id))
    assert account is not None
    return account


def test_a_ward_does_not_end_the_guardianship_but_the_doctor_does(app: Flask, door: Door) -> None:
    parent, _ = resident_person(app)
    child, child_id = resident_person(app, birth_on=CHILD, village=VILLAGE)
    with app.app_context(), transaction() as current:
        make_family(current, current.get_one(Resident, ("xinmi", child_id)), parent_account(parent), "guardian", "母亲")
        related = current.execute(
            text("SELECT id FROM related_person WHERE resident_id = :child"), {"child": child_id}
        ).scalar_one()
    refused = child.request("DELETE", f"/api/v1/related-persons/{related}")
    assert (refused.status_code, refused.get_json()["code"]) == (403, "staff_only")
    assert village_doctor(app).request("DELETE", f"/api/v1/related-persons/{related}").status_code == 204


def test_a_doctor_gives_no_code_for_the_own_family(app: Flask, door: Door) -> None:
    with app.app_context(), transaction() as current:
        from tests.factories import make_account, make_practitioner, make_resident

        resident = make_resident(current, village=VILLAGE)
        practitioner = make_practitioner(current, "vc-dongling", Role.VILLAGE_DOCTOR)
        account = make_account(current, resident=resident, practitioner=practitioner)
    from tests.factories import sign_in

    doctor = sign_in(app, account)
    answer = doctor.post(
        f"/api/v1/residents/{resident.id}/hand-over-codes", {"purpose": "proxy", "papers_seen": True, **DAUGHTER}
    )
    assert (answer.status_code, answer.get_json()["code"]) == (403, "own_family")


def test_a_name_with_hidden_signs_is_refused(app: Flask) -> None:
    mother, _ = resident_person(app)
    for name in ("王\u202e小梅", "<script>", "", "=1+1"):
        answer = mother.post("/api/v1/related-persons", {"holder_name": name, "relation": "女儿"})
        assert answer.status_code == 422
