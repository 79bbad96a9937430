"""The ward over HTTP in both counties: who recovers, how somebody leaves, and whose ward it is."""

from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy import select

from backend.kernel.roles import Role
from backend.records import stays
from backend.records.models import AccessGrant, Stay
from backend.records.stays import Admission
from backend.store.db import transaction
from tests import factories
from tests.factories import Person

HOSPITALS = {"xinmi": "first-hospital", "mangshi": "people-hospital"}


@dataclass
class Ward:
    county: str
    hospital: str
    doctor: Person
    stay_id: UUID
    path: str


@pytest.fixture(params=["xinmi", "mangshi"])
def ward(app, request) -> Ward:
    county = request.param
    hospital = HOSPITALS[county]
    _, patient_id = factories.resident_person(app, county)
    doctor, _ = factories.staff_person(app, hospital, Role.WARD_DOCTOR, county_id=county, department="neurology")
    clerk, _ = factories.staff_person(app, hospital, Role.DESK_CLERK, county_id=county)
    with app.app_context(), transaction():
        stay = stays.admit(clerk.actor(), Admission(patient_id, "neurology", "not_referred", bed="12"))
    return Ward(county, hospital, doctor, stay.id, f"/api/v1/stays/{stay.id}")


@pytest.mark.clause("XM-5.4c")
def test_the_ward_says_who_recovers(ward: Ward) -> None:
    seen = ward.doctor.get(ward.path).json
    assert (seen["status"], seen["bed"], seen["day"]) == ("admitted", "12 床", 1)
    assert seen["actions"] == ["mark_recovering", "discharge"]
    done = ward.doctor.post(f"{ward.path}/recovering", {"diagnosis_code": "I69.3", "diagnosis_text": "脑梗死恢复期"})
    assert done.status_code == 200, done.json
    assert done.json["status"] == "recovering"
    assert done.json["diagnosis_text"] == "脑梗死恢复期"
    assert done.json["doctor"] != "", "whoever said so is the doctor in charge where there was none"
    assert done.json["actions"] == ["discharge"]
    again = ward.doctor.post(f"{ward.path}/recovering", {})
    assert (again.status_code, again.json["code"]) == (409, "illegal_move")


def test_only_ones_own_ward(app, ward: Ward) -> None:
    other, _ = factories.staff_person(
        app, ward.hospital, Role.WARD_DOCTOR, county_id=ward.county, department="cardiology"
    )
    elsewhere, _ = factories.staff_person(
        app, "tcm-hospital", Role.WARD_DOCTOR, county_id=ward.county, department="neurology"
    )
    for stranger in (other, elsewhere):
        assert stranger.get(ward.path).status_code == 404
        assert stranger.post(f"{ward.path}/recovering", {}).status_code == 404
        assert stranger.post(f"{ward.path}/discharge", {"disposition": "home"}).status_code == 404
    clerk, _ = factories.staff_person(app, ward.hospital, Role.DESK_CLERK, county_id=ward.county)
    assert clerk.post(f"{ward.path}/recovering", {}).status_code == 403
    head, _ = factories.staff_person(
        app, ward.hospital, Role.DEPARTMENT_HEAD, county_id=ward.county, department="neurology"
    )
    assert head.get(ward.path).status_code == 200


@pytest.mark.parametrize(("disposition", "code"), [("home", 1), ("against_advice", 4), ("died", 5), ("other", 9)])
def test_a_discharge_has_its_code_and_ends_the_wards_sight(app, ward: Ward, disposition: str, code: int) -> None:
    done = ward.doctor.post(f"{ward.path}/discharge", {"disposition": disposition})
    assert done.status_code == 200, done.json
    assert (done.json["status"], done.json["disposition_code"]) == ("discharged", code)
    assert done.json["discharged_at"] is not None
    assert done.json["actions"] == []
    with app.app_context(), transaction() as current:
        grants = list(current.scalars(select(AccessGrant).where(AccessGrant.basis_id == ward.stay_id)))
        assert [grant.ended_at is not None for grant in grants] == [True]


@pytest.mark.clause("MS-4.2.2d1")
def test_nobody_is_discharged_to_a_township_that_has_not_said_yes(app, ward: Ward) -> None:
    refused = ward.doctor.post(f"{ward.path}/discharge", {"disposition": "community"})
    assert refused.status_code == 422
    [violation] = refused.json["violations"]
    assert violation["rule"] == "referral.township_has_not_accepted"
    assert ("XM-" if ward.county == "mangshi" else "MS-") not in refused.get_data(as_text=True)
    with app.app_context(), transaction() as current:
        assert current.get(Stay, (ward.county, ward.stay_id)).status == "admitted"


def test_a_stale_page_discharges_nobody(ward: Ward) -> None:
    ward.doctor.post(f"{ward.path}/recovering", {})
    late = ward.doctor.request("POST", f"{ward.path}/discharge", {"disposition": "home"}, **{"If-Match": '"1"'})
    assert late.status_code == 412
