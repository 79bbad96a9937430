"""A referral that was sent back and turned to another hospital, and one whose department changes after the yes."""

import pytest

from backend.kernel.roles import Role
from backend.store.db import transaction
from tests.integration.booking import scene
from tests.integration.referrals.rig import Cast, signer


def test_the_next_hospital_sees_no_name_before_the_patient_agreed_to_it(cast: Cast) -> None:
    referral = cast.submitted()
    assert cast.consent(referral).status_code == 200
    line = cast.waiting_for(cast.head, referral)
    assert line is not None
    back = cast.head.post(f"/api/v1/signatures/{line['id']}/return", {"reason": "请写清楚"})
    assert back.status_code == 200, back.json
    assert cast.read(referral, cast.clerk)["person"] is not None, "the hospital that was agreed to still knows"
    turned = cast.doctor.request(
        "PUT",
        f"/api/v1/referrals/{referral}",
        {"to_institution": cast.places.other_hospital, "cleared": ["to_department"]},
    )
    assert turned.status_code == 200, turned.json
    other = signer(cast.app, cast.places.other_hospital, Role.DESK_CLERK, county=cast.county)
    seen = other.get(f"/api/v1/referrals/{referral}")
    assert seen.status_code == 404 or (seen.json["person"], seen.json["summary"]) == (None, None)


@pytest.mark.parametrize("change", [{"to_department": "neurology"}, {"cleared": ["to_department"]}])
def test_the_yes_of_one_department_is_no_yes_of_another(cast: Cast, change: dict) -> None:
    referral = cast.submitted()
    assert cast.consent(referral).status_code == 200
    assert cast.accept(referral).status_code == 200
    changed = cast.doctor.request("PUT", f"/api/v1/referrals/{referral}", change)
    assert changed.status_code == 200, changed.json
    assert changed.json["answer"]["status"] == "asked"
    with cast.app.app_context(), transaction() as current:
        where = {"county_id": cast.county, "institution": cast.places.hospital, "department": "neurology"}
        slot = scene.make_slots(current, **where)[0].id
    path = f"/api/v1/referrals/{referral}/appointment"
    assert cast.patient.post(path, {"slot_id": str(slot)}).status_code == 422
    assert cast.accept(referral, department="neurology").status_code == 200
    assert cast.patient.post(path, {"slot_id": str(slot)}).status_code == 201


def test_a_certificate_prints_no_yes_beside_another_department(cast: Cast) -> None:
    referral = cast.issued()
    paper = f"/api/v1/referrals/{referral}/certificate"
    assert "已联系确认" in cast.patient.get(paper).json["rows"][0]["text"]
    changed = cast.doctor.request("PUT", f"/api/v1/referrals/{referral}", {"to_department": "neurology"})
    assert changed.status_code == 200, changed.json
    text = cast.patient.get(paper).json["rows"][0]["text"]
    assert "神经内科" in text
    assert "已联系确认" not in text
    assert "还没有答复" in text
    assert changed.json["answer"]["status"] == "asked"


def test_another_doctor_or_day_asks_nobody_again(cast: Cast) -> None:
    referral = cast.issued()
    changed = cast.doctor.request("PUT", f"/api/v1/referrals/{referral}", {"to_doctor": "王主任"})
    assert changed.status_code == 200, changed.json
    assert changed.json["answer"]["status"] == "accepted"
    assert "已联系确认" in cast.patient.get(f"/api/v1/referrals/{referral}/certificate").json["rows"][0]["text"]
