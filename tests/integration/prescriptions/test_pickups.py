"""Handing out: both papers, the register, the village doctor who fetches for several, and races. LP-13."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from backend.kernel.roles import Role
from backend.prescriptions.models import LongPrescription, Pickup
from backend.store.db import transaction
from tests import factories
from tests.integration.contracts.conftest import drawn, signed
from tests.integration.prescriptions.conftest import by_other, by_self, give_number, rules_of


def fetches(*ones: str, digits: str = "0028") -> dict[str, object]:
    return {"items": [{"prescription_id": one, "patient_paper": "id_card", "patient_digits": digits} for one in ones]}


@pytest.mark.clause("MS-5.2b")
def test_somebody_else_collects_on_both_papers_and_stands_in_the_register(house) -> None:
    one = house.prepared()
    path = f"/api/v1/long-prescriptions/{one}/pickups"
    bare = house.dispenser.post(path, by_other(collector_digits="", knows_patient=False, signed_on_paper=False))
    assert rules_of(bare) == {
        "prescriptions.pickup_papers": "LP-13",
        "prescriptions.pickup_knows": "LP-13",
        "prescriptions.pickup_signed": "LP-13",
    }
    wrong = house.dispenser.post(path, by_other(patient_digits="9999"))
    assert "后四位对不上" in wrong.text
    done = house.dispenser.post(path, by_other(signature=drawn(), signed_on_paper=False))
    assert done.status_code == 201, done.text
    row = house.dispenser.get("/api/v1/pickups").json["items"][0]
    assert (row["prescription_id"], row["collected_text"]) == (one, "王秀英（女儿），证件后四位 123X")
    assert row["papers_text"] == "看了病人身份证和代领人身份证"
    assert row["drugs"] == ["苯磺酸氨氯地平片 5 mg 28 片"]
    assert house.patient.get("/api/v1/pickups").status_code == 403
    with house.app.app_context(), transaction() as current:
        pickup = current.scalar(select(Pickup).where(Pickup.prescription_id == one))
        assert pickup is not None and "王秀英".encode() not in (pickup.collector_name_sealed or b"")


def test_who_has_no_identity_card_shows_another_paper(house) -> None:
    one = house.prepared()
    path = f"/api/v1/long-prescriptions/{one}/pickups"
    assert rules_of(house.dispenser.post(path, by_self(patient_digits=""))) == {"prescriptions.pickup_papers": "LP-13"}
    assert house.dispenser.post(path, by_self(patient_paper="household_book", patient_digits="")).status_code == 201


def test_a_village_doctor_fetches_for_several_and_hands_out(house) -> None:
    _, second_id, _ = signed(house.app, house.team, conditions=["hypertension"])
    give_number(house.app, "xinmi", second_id)
    one, two = house.prepared(), house.prepared(resident=second_id)
    village = house.team.village_doctor
    assert house.get(one, village)["actions"] == ["fetch"]
    path = f"/api/v1/long-prescriptions/{one}/pickups"
    assert village.post(path, by_self()).json["code"] == "still_at_pharmacy"
    wrong = village.post("/api/v1/drug-fetches", fetches(one, two, digits="1111"))
    assert rules_of(wrong) == {"prescriptions.pickup_papers": "LP-13"}
    taken = village.post("/api/v1/drug-fetches", fetches(one, two))
    assert taken.status_code == 201, taken.text
    assert "药在村医" in house.get(one, house.patient)["pickup_text"]
    assert house.dispenser.post(path, by_self()).json["code"] == "with_village_doctor"
    assert village.post("/api/v1/drug-fetches", fetches(two)).json["code"] == "already_fetched"
    assert house.get(one, village)["actions"] == ["hand_out"]
    assert village.post(path, by_self()).status_code == 201
    rows = village.get("/api/v1/pickups").json["items"]
    assert [row["prescription_id"] for row in rows] == [one]


def test_nothing_of_a_fetch_is_done_when_one_cannot_be(house) -> None:
    _, second_id, _ = signed(house.app, house.team, conditions=["hypertension"])
    one, unready = house.prepared(), house.issued(resident=second_id)
    village = house.team.village_doctor
    assert village.post("/api/v1/drug-fetches", fetches(one, unready)).json["code"] == "not_prepared"
    assert house.get(one, village)["actions"] == ["fetch"]
    stranger, _ = factories.staff_person(house.app, "vc-dongling", Role.VILLAGE_DOCTOR)
    assert stranger.post("/api/v1/drug-fetches", fetches(one)).status_code == 404


def test_a_village_clinic_is_a_pickup_place_only_when_it_is_on_the_list(house) -> None:
    assert rules_of(house.issue(pickup_at="vc-dongling")) == {"prescriptions.pickup_place": "S-pickup"}
    assert rules_of(house.issue(pickup_at="vc-chaohua-cun")) == {"prescriptions.pickup_place": "S-pickup"}
    assert rules_of(house.issue(pickup_at="nowhere")) == {"prescriptions.pickup_place": "S-pickup"}
    one = house.issue(pickup_at="vc-yuanzhuang-cun")
    assert one.status_code == 201, one.text
    clinic, _ = factories.staff_person(house.app, "vc-yuanzhuang-cun", Role.VILLAGE_DOCTOR)
    assert house.get(one.json["id"], clinic)["pickup"]["name"] == "袁庄村卫生室"


def test_two_hands_at_once_get_the_drugs_once(house) -> None:
    one = house.prepared()
    path = f"/api/v1/long-prescriptions/{one}/pickups"
    with ThreadPoolExecutor(4) as pool:
        codes = list(pool.map(lambda _: house.dispenser.post(path, by_self()).status_code, range(4)))
    assert sorted(codes) == [201, 409, 409, 409]
    with house.app.app_context(), transaction() as current:
        assert current.scalar(select(func.count()).where(Pickup.prescription_id == one)) == 1


def test_two_doctors_at_once_write_one(house) -> None:
    with ThreadPoolExecutor(4) as pool:
        codes = list(pool.map(lambda _: house.issue().status_code, range(4)))
    assert sorted(codes) == [201, 422, 422, 422]
    with house.app.app_context(), transaction() as current:
        number = current.scalar(select(func.count()).where(LongPrescription.resident_id == house.patient_id))
        assert number == 1
