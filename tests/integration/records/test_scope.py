"""What a house may not do is flagged with who can, never in the way, and what was chosen is kept. MS-3, XM-5.4e."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from backend.alliance import reach
from backend.alliance.queries import pack
from backend.kernel.roles import Role
from backend.records.models import Stay
from backend.records.stays import Admission, admit
from backend.store.audit import AuditEvent
from backend.store.db import transaction
from tests import factories
from tests.factories import Person

BOTH = pytest.mark.parametrize("county", ["xinmi", "mangshi"])
TOWNSHIP = {"xinmi": "th-yuanzhuang", "mangshi": "th-fengping"}
SOURCE = {"xinmi": "XM-5.4e", "mangshi": "MS-3"}
COUNTY_HOSPITAL = {"xinmi": "first-hospital", "mangshi": "people-hospital"}


def lying(app: Flask, county: str, house: str, **said: Any) -> tuple[Person, str]:
    """Somebody admitted at a house, and a doctor of the ward."""
    _, resident = factories.resident_person(app, county)
    clerk, _ = factories.staff_person(app, house, Role.DESK_CLERK, county_id=county)
    with app.app_context(), transaction():
        department = next(
            code
            for code in pack(county).institutions.institution(house).departments
            if pack(county).institutions.department(code).kind == "clinical"
        )
        values = {"came_as": "not_referred"} | said
        stay = admit(clerk.actor(), Admission(resident, department, **values))
    doctor, _ = factories.staff_person(app, house, Role.WARD_DOCTOR, county_id=county, department=department)
    return doctor, f"/api/v1/stays/{stay.id}"


def trace(app: Flask, path: str) -> list[dict[str, Any]]:
    with app.app_context(), transaction() as current:
        query = select(AuditEvent.detail).where(
            AuditEvent.entity_id == UUID(path.rsplit("/", 1)[1]), AuditEvent.action == "stay.plan_operation"
        )
        return list(current.scalars(query.order_by(AuditEvent.id)))


@BOTH
@pytest.mark.clause("MS-3")
@pytest.mark.clause("XM-5.4e")
def test_an_operation_beyond_the_house_is_flagged_and_the_patient_is_taken_in(app: Flask, county: str) -> None:
    doctor, path = lying(app, county, TOWNSHIP[county], surgery_grade=3, technique="joint-replacement")
    seen = doctor.get(path).json
    assert seen["status"] == "admitted", "nobody is turned away"
    flag = seen["scope"]
    assert (flag["source"]["id"], flag["choice"]) == (SOURCE[county], None)
    assert "三级手术" in flag["text"]
    assert "人工关节置换" in flag["text"]
    able = [one["code"] for one in flag["who_can"]]
    assert able[0] == COUNTY_HOSPITAL[county], "the nearest that can comes first"
    with app.app_context(), transaction():
        for code in able:
            assert reach.may_treat(pack(county), code, None, surgery_grade=3, technique="joint-replacement")
    assert flag["who_can"][0]["phones"]
    [kept] = trace(app, path)
    assert (kept["surgery_grade"], kept["who_can"][0], kept["choice"]) == (3, able[0], None)


@BOTH
@pytest.mark.clause("MS-3")
@pytest.mark.clause("XM-5.4e")
@pytest.mark.clause("MS-2.1")
def test_the_ward_says_what_is_done_now_and_it_is_kept(app: Flask, county: str) -> None:
    doctor, path = lying(app, county, TOWNSHIP[county])
    assert doctor.get(path).json["scope"] is None
    wanted = {"surgery_grade": 3}
    refused = doctor.post(f"{path}/operation", wanted)
    assert refused.status_code == 422, refused.json
    [violation] = refused.json["violations"]
    assert (violation["rule"], violation["source"]["id"]) == ("records.out_of_scope", SOURCE[county])
    with app.app_context(), transaction():
        hospital = pack(county).institutions.institution(COUNTY_HOSPITAL[county]).name
    assert hospital in violation["instead"]
    assert doctor.get(path).json["surgery_grade"] is None, "what was refused is not kept"
    for choice in ("stays", "refer_on"):
        done = doctor.post(f"{path}/operation", wanted | {"choice": choice})
        assert (done.status_code, done.json["scope"]["choice"]) == (200, choice), done.json
    assert [one["choice"] for one in trace(app, path)] == ["stays", "refer_on"]
    within = doctor.post(f"{path}/operation", {"surgery_grade": 1})
    assert (within.status_code, within.json["scope"]) == (200, None), "what the house may do asks nothing"


@BOTH
@pytest.mark.clause("MS-3")
def test_an_emergency_is_never_asked(app: Flask, county: str) -> None:
    doctor, path = lying(
        app, county, TOWNSHIP[county], came_as="emergency", exemption="emergency-transport", surgery_grade=4
    )
    assert doctor.get(path).json["scope"]["choice"] == "emergency"
    done = doctor.post(f"{path}/operation", {"surgery_grade": 4, "technique": "pci"})
    assert (done.status_code, done.json["scope"]["choice"]) == (200, "emergency"), done.json
    assert done.json["scope"]["who_can"], "who can is told all the same"


@BOTH
@pytest.mark.clause("MS-3")
def test_across_at_the_same_level_counts_too(app: Flask, county: str) -> None:
    doctor, path = lying(app, county, "tcm-hospital", surgery_grade=3)
    assert doctor.get(path).json["scope"]["who_can"][0]["code"] == COUNTY_HOSPITAL[county]


@BOTH
def test_a_disease_that_the_house_does_not_publish_is_flagged(app: Flask, county: str) -> None:
    doctor, path = lying(app, county, TOWNSHIP[county], diagnosis_code="S52", diagnosis_text="前臂骨折")
    assert "没有这个病" in doctor.get(path).json["scope"]["text"]


@BOTH
def test_whoever_has_a_small_illness_beside_is_told_who_operates(app: Flask, county: str) -> None:
    said = {"surgery_grade": 4, "diagnosis_code": "I10", "diagnosis_text": "高血压"}
    doctor, path = lying(app, county, COUNTY_HOSPITAL[county], **said)
    found = [one["code"] for one in doctor.get(path).json["scope"]["who_can"]]
    with app.app_context(), transaction():
        assert found
        assert all(reach.scope(pack(county), code).surgery_grade == 4 for code in found)


def test_what_the_county_does_not_list_is_refused(app: Flask) -> None:
    doctor, path = lying(app, "mangshi", TOWNSHIP["mangshi"])
    unknown = doctor.post(f"{path}/operation", {"technique": "moon-laser", "choice": "stays"})
    assert (unknown.status_code, unknown.json["code"]) == (422, "no_technique")
    with app.app_context(), transaction() as current:
        assert current.get_one(Stay, ("mangshi", UUID(path.rsplit("/", 1)[1]))).technique is None
