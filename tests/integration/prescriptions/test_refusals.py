"""Every broken rule at once, each with whose rule it is; and never the other county's clause."""

import pytest

from backend.kernel.roles import Role
from tests import factories
from tests.integration.contracts.conftest import drawn
from tests.integration.prescriptions.conftest import ASSESSED, long_one, make_house, rules_of

ESTAZOLAM = {"drug": "estazolam-1", "per_time": 1, "times_a_day": 1}
AMOXICILLIN = {"drug": "amoxicillin-250", "per_time": 2, "times_a_day": 3}


@pytest.mark.clause("MS-5.2b")
@pytest.mark.parametrize("county", ["xinmi", "mangshi"])
def test_all_broken_rules_come_at_once_with_their_sources(app, county) -> None:
    house = make_house(app, county)
    answer = house.issue(
        days=90,
        items=[ESTAZOLAM, AMOXICILLIN, {"drug": "sacubitril-valsartan", "per_time": 1, "times_a_day": 2}],
        assessment=ASSESSED | {"regimen_stable": False, "adherence_good": False},
        note="",
        examined=False,
    )
    assert rules_of(answer) == {
        "prescriptions.eligibility": "LP-01",
        "prescriptions.first_assessment": "LP-09",
        "prescriptions.examine_in_person": "LP-08",
        "prescriptions.max_days": "LP-04",
        "prescriptions.disease_days": "S-long-prescription",
        "prescriptions.over_four_weeks": "LP-05",
        "prescriptions.excluded_class": "LP-02",
        "prescriptions.filing": "XM-5.7" if county == "xinmi" else "MS-5.2a",
    }
    texts = answer.text
    assert "用药还没有稳定、没有按时吃药" in texts
    assert "艾司唑仑片（精神药品）、阿莫西林胶囊" in texts
    assert ("MS-" if county == "xinmi" else "XM-") not in texts


def test_each_county_has_its_own_longest_supply(app) -> None:
    xinmi, mangshi = make_house(app), make_house(app, "mangshi")
    assert xinmi.issue(**long_one(84)).status_code == 201
    assert rules_of(mangshi.issue(**long_one(57))) == {"prescriptions.disease_days": "S-long-prescription"}
    assert mangshi.issue(**long_one(56)).status_code == 201


@pytest.mark.clause("MS-5.2b")
def test_in_mangshi_only_the_contract_doctor_writes_and_in_xinmi_anybody_who_sees_the_patient(app) -> None:
    for county in ("mangshi", "xinmi"):
        house = make_house(app, county)
        stranger, _ = factories.staff_person(app, house.institution, Role.FAMILY_DOCTOR, county_id=county)
        _, unsigned_id = factories.resident_person(app, county, conditions=["hypertension"])
        for resident_id in (house.patient_id, unsigned_id):
            visit = {"resident_id": resident_id, "kind": "revisit", "department": "general_practice"}
            assert stranger.post("/api/v1/visits", visit).status_code == 201
        signed_answer = house.issue(person=stranger)
        unsigned_answer = house.issue(person=stranger, resident=unsigned_id)
        if county == "mangshi":
            assert rules_of(signed_answer) == {"prescriptions.contract_doctor": "MS-5.2b"}
            assert rules_of(unsigned_answer) == {"prescriptions.contract_required": "MS-5.2b"}
        else:
            assert (signed_answer.status_code, unsigned_answer.status_code) == (201, 201)


def test_the_disease_must_be_on_the_list_and_on_the_record(house) -> None:
    assert rules_of(house.issue(condition="pneumonia"))["prescriptions.chronic_required"] == "LP-01"
    copd = house.issue(condition="copd")
    assert rules_of(copd) == {"prescriptions.chronic_required": "LP-01"}
    assert "健康档案上没有慢阻肺" in copd.text


def test_a_lower_title_writes_the_first_one_only_where_a_paper_relaxes_it(app) -> None:
    near = make_house(app, "mangshi")
    young, _ = factories.staff_person(app, near.institution, Role.FAMILY_DOCTOR, county_id="mangshi", title="resident")
    _join(app, near, young)
    refused = near.issue(person=young)
    assert rules_of(refused) == {"prescriptions.issuer": "LP-06"}
    assert "您是住院医师" in refused.text
    far = make_house(app, "mangshi", "th-manghai")
    rural, _ = factories.staff_person(app, far.institution, Role.FAMILY_DOCTOR, county_id="mangshi", title="resident")
    _join(app, far, rural)
    assert far.issue(person=rural).status_code == 201
    assistant, _ = factories.staff_person(
        app, far.institution, Role.FAMILY_DOCTOR, county_id="mangshi", title="assistant"
    )
    _join(app, far, assistant)
    other = make_house(app, "mangshi", "th-manghai")
    _join(app, other, assistant)
    refused = other.issue(person=assistant)
    assert rules_of(refused) == {"prescriptions.issuer": "S-remote-issuer"}
    assert "芒卫健发" in refused.text


def test_a_village_doctor_and_a_nurse_do_not_write(house) -> None:
    for person in (house.team.village_doctor, house.pharmacist, house.patient):
        assert house.issue(person=person).status_code == 403


def test_more_than_four_weeks_wait_for_the_patients_own_yes(house) -> None:
    bare = house.issue(days=29)
    assert rules_of(bare) == {"prescriptions.over_four_weeks": "LP-05"}
    one = house.issued(days=56, educated=True, confirmation="phone_app")
    path = f"/api/v1/long-prescriptions/{one}"
    assert rules_of(house.pharmacist.post(f"{path}/review")) == {"prescriptions.over_four_weeks": "LP-05"}
    mine = house.get(one, house.patient)
    assert (mine["needs_confirmation"], mine["actions"]) == (True, ["confirm"])
    assert house.doctor.post(f"{path}/confirm").status_code == 403
    assert house.patient.post(f"{path}/confirm").status_code == 200
    assert house.patient.post(f"{path}/confirm").json["code"] == "nothing_to_confirm"
    assert house.pharmacist.post(f"{path}/review").status_code == 200


def test_a_proxy_runs_errands_and_does_not_confirm(app, house) -> None:
    from backend.people.models import Account, Resident
    from backend.store.db import transaction

    daughter, _ = factories.resident_person(app)
    with app.app_context(), transaction() as current:
        factories.make_family(
            current,
            current.get_one(Resident, ("xinmi", house.patient_id)),
            current.get_one(Account, ("xinmi", daughter.account_id)),
        )
    daughter.acting_for = house.patient_id
    one = house.issued(days=56, educated=True, confirmation="phone_app")
    assert house.get(one, daughter)["actions"] == []
    assert daughter.post(f"/api/v1/long-prescriptions/{one}/confirm").status_code == 404


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"items": []}, 422),
        ({"items": [{"drug": "amlodipine-5", "per_time": 0, "times_a_day": 1}]}, 422),
        ({"items": [{"drug": "amlodipine-5", "per_time": 1, "times_a_day": 1}] * 2}, 422),
        ({"confirmation": "in_person"}, 422),
        ({"days": 40, "educated": True, "confirmation": "in_person", "signature": "data:image/png;base64,xx"}, 422),
        ({"extra": 1}, 422),
        ({"signature": drawn() * 400}, 400),
    ],
)
def test_odd_forms_are_refused_with_a_reason(house, changed, status) -> None:
    answer = house.issue(**changed)
    assert answer.status_code == status, answer.text
    assert answer.json["code"]


def test_the_check_before_tells_what_stands_in_the_way(app, house) -> None:
    path = f"/api/v1/residents/{house.patient_id}/long-prescription-check"
    answer = house.doctor.get(f"{path}?condition=copd&days=29&drugs=estazolam-1,nothing-such")
    assert answer.status_code == 200, answer.text
    assert not answer.json["may"]
    assert {one["rule"].removeprefix("prescriptions.") for one in answer.json["violations"]} == {
        "chronic_required",
        "disease_days",
        "excluded_class",
        "unknown_drug",
    }
    assert house.pharmacist.get(f"{path}?condition=copd").status_code == 403
    assert house.patient.get(f"{path}?condition=copd").status_code == 403


def _join(app, house, person) -> None:
    from datetime import date

    from backend.contracts.models import CareTeamMember
    from backend.people.models import Account
    from backend.store.db import transaction

    with app.app_context(), transaction() as current:
        account = current.get_one(Account, (house.county_id, person.account_id))
        current.add(
            CareTeamMember(
                county_id=house.county_id,
                team_id=house.team.id,
                practitioner_id=account.practitioner_id,
                part="doctor",
                from_on=date(2020, 1, 1),
            )
        )
