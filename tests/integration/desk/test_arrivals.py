"""The door of the desk: verified by number or QR, registered with a paper or without, admitted to a bed. MS-4.1b."""

import json
import re
import secrets
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from backend.kernel.roles import Role
from backend.people.models import Resident
from backend.records.models import Stay
from backend.referrals.certificate_state import latest
from backend.referrals.models import Referral
from backend.referrals.models_certificate import Arrival
from backend.referrals.numbers import check_character, read_number
from backend.referrals.verification import address
from backend.store.db import session, transaction
from tests import factories
from tests.integration.booking import scene
from tests.integration.booking.beds_rig import fresh_bed
from tests.integration.desk.browser import Browser, browser_of
from tests.integration.referrals.rig import Cast


def clerk_of(app: Flask, cast: Cast) -> Browser:
    return browser_of(app, cast.clerk)


def paper_of(app: Flask, cast: Cast, referral: str) -> tuple[str, str]:
    """The certificate's number, and what its QR says."""
    with app.test_request_context(), transaction():
        row = session().get(Referral, (cast.county, referral))
        assert row is not None
        found = latest(row)
        assert found is not None
        return found.number, address(found)


def register(desk: Browser, **form: str) -> dict[str, Any]:
    answer = desk.post("/desk/arrivals/register", **({"category": "outpatient", "department": "cardiology"} | form))
    assert answer.status_code == 200, answer.text
    return {"text": answer.text, "said": json.loads(answer.headers["HX-Trigger"])["said"]}


def newest(app: Flask, cast: Cast, model: Any) -> Any:
    with app.app_context(), transaction() as current:
        return current.scalar(
            select(model)
            .where(model.county_id == cast.county, model.resident_id == cast.patient_id)
            .order_by(model.id.desc())
            .limit(1)
        )


@pytest.mark.clause("MS-4.1b")
@pytest.mark.parametrize("how", ["qr", "number"])
def test_a_certificate_is_verified_and_the_patient_comes_as_referred(app: Flask, cast: Cast, how: str) -> None:
    referral = cast.issued()
    number, qr = paper_of(app, cast, referral)
    desk = clerk_of(app, cast)
    said = qr if how == "qr" else number
    found = desk.post("/desk/arrivals/look", q=said)
    assert found.status_code == 200, found.text
    assert cast.read(referral)["person"]["name"] in found.text
    assert "有效" in found.text
    done = register(desk, certificate=said, referral_id=referral)
    assert "转诊" in done["said"]
    row = newest(app, cast, Arrival)
    assert (row.came_as, row.verified_how, str(row.referral_id)) == ("referred", how, referral)
    assert cast.read(referral)["status"] == "arrived"


@pytest.mark.clause("MS-4.1b")
def test_without_a_certificate_one_is_received_and_registered_so(app: Flask, cast: Cast) -> None:
    desk = clerk_of(app, cast)
    with app.app_context(), transaction() as current:
        resident = current.get(Resident, (cast.county, cast.patient_id))
        assert resident is not None
        papers = resident.record_number
    page = desk.post("/desk/arrivals/look", q=papers).text
    assert "没有转诊证明" in page
    assert "照样收住" in page
    assert cast.places.foreign not in page
    done = register(desk, resident_id=str(cast.patient_id), category="stay", bed="7 床")
    assert "没有转诊" in done["said"]
    assert "7 床" in done["said"]
    stay = newest(app, cast, Stay)
    assert (stay.came_as, stay.referral_id, stay.bed) == ("not_referred", None, "7 床")
    assert "没有转诊" in desk.text("/desk/arrivals?show=come")


def test_a_record_number_that_could_be_a_certificates_still_finds_its_person(app: Flask, cast: Cast) -> None:
    numbers = (f"{secrets.randbelow(10**16):016d}" for _ in range(10_000))
    papers = next(body + sign for body in numbers if (sign := check_character(body)).isdigit())
    resident, _ = factories.resident_person(app, cast.county, record_number=papers, name="程知远")
    assert read_number(papers) == papers
    assert "程知远" in clerk_of(app, cast).post("/desk/arrivals/look", q=papers).text
    assert resident.county_id == cast.county


@pytest.mark.clause("MS-4.1b")
def test_an_exempted_case_is_not_asked_for_a_certificate(app: Flask, cast: Cast) -> None:
    with app.app_context(), transaction():
        from backend.alliance.queries import pack

        special = next(one for one in pack(cast.county).referral.verification_exemptions if one.group == "special")
    register(clerk_of(app, cast), resident_id=str(cast.patient_id), exemption=special.code)
    row = newest(app, cast, Arrival)
    assert (row.came_as, row.exemption) == ("special", special.code)


@pytest.mark.clause("MS-4.1b")
def test_an_emergency_announced_before_is_not_asked_again_and_not_called_without_referral(
    app: Flask, cast: Cast
) -> None:
    referral = cast.submitted(indication="critical", article=1, to_department="emergency")
    cast.consent(referral)
    with app.app_context(), transaction() as current:
        resident = current.get(Resident, (cast.county, cast.patient_id))
        assert resident is not None
        papers = resident.record_number
    desk = clerk_of(app, cast)
    page = desk.post("/desk/arrivals/look", q=papers).text
    chosen = re.search(r'<option value="(emergency-[a-z]+)" selected>', page)
    assert chosen is not None, page
    done = register(desk, referral_id=referral, department="emergency", exemption=chosen[1])
    assert "没有转诊" not in done["said"]
    assert newest(app, cast, Arrival).came_as == "emergency"
    # The paper that follows belongs to this visit all the same.
    cast.sign_all(referral)
    followed = newest(app, cast, Arrival)
    assert (followed.came_as, followed.certificate_id is not None) == ("emergency", True)
    assert "按转诊报销" in followed.benefit_note or "按转诊登记" in followed.benefit_note


def test_a_referred_patient_is_admitted_to_the_bed_that_was_kept(app: Flask, cast: Cast) -> None:
    referral = cast.submitted(category="stay")
    cast.consent(referral)
    desk = clerk_of(app, cast)
    bed = fresh_bed()
    assert desk.post(f"/desk/answers/{referral}/bed", bed=bed).status_code == 200
    cast.sign_all(referral)
    number, _ = paper_of(app, cast, referral)
    page = desk.post("/desk/arrivals/look", q=number).text
    assert bed in page
    # A bed has no hour, and is awaited today all the same.
    kept = cast.doctor.get(f"/api/v1/referrals/{referral}/bed").json["id"]
    awaited = f'data-open="/desk/arrivals/beds/{kept}"'
    assert awaited in desk.text("/desk/arrivals")
    assert bed in desk.text(f"/desk/arrivals/beds/{kept}")
    register(desk, certificate=number, referral_id=referral, category="stay", bed=bed)
    stay = newest(app, cast, Stay)
    assert (stay.came_as, str(stay.referral_id), stay.bed) == ("referred", referral, bed)
    assert stay.certificate_number == number
    assert cast.doctor.get(f"/api/v1/referrals/{referral}/bed").json["status"] == "used"
    assert awaited not in desk.text("/desk/arrivals")


def test_the_check_in_code_finds_the_appointment_which_is_then_used(app: Flask, cast: Cast) -> None:
    referral = cast.issued()
    with app.app_context(), transaction() as current:
        (slot,) = scene.make_slots(current, county_id=cast.county, institution=cast.places.hospital)
    booked = cast.patient.post(f"/api/v1/referrals/{referral}/appointment", {"slot_id": slot.id}).json
    desk = clerk_of(app, cast)
    for said in (booked["code"], booked["code_text"]):
        assert booked["person"]["name"] in desk.post("/desk/arrivals/look", q=said).text
    assert booked["person"]["name"] in desk.text(f"/desk/arrivals/{booked['id']}")
    # The place is booked in one department, also where the referral left it open: nobody picks it again.
    with app.app_context(), transaction() as current:
        current.get_one(Referral, (cast.county, UUID(referral))).to_department = None
    assert re.search(r'value="cardiology" selected', desk.text(f"/desk/arrivals/{booked['id']}"))
    assert "来早了" in desk.text(f"/desk/arrivals/{booked['id']}"), "before a place of a later day is used up"
    register(desk, referral_id=referral)
    assert cast.patient.get(f"/api/v1/appointments/{booked['id']}").json["status"] == "arrived"
    assert "来早了" not in desk.text(f"/desk/arrivals/{booked['id']}")
    with app.app_context(), transaction() as current:
        (today,) = scene.make_slots(current, county_id=cast.county, institution=cast.places.hospital, in_days=0.1)
    other = cast.issued(to_department="cardiology")
    now = cast.patient.post(f"/api/v1/referrals/{other}/appointment", {"slot_id": today.id})
    assert now.status_code == 201, now.json
    assert "来早了" not in desk.text(f"/desk/arrivals/{now.json['id']}")


@pytest.mark.clause("MS-3")
@pytest.mark.clause("XM-5.4e")
def test_an_operation_beyond_the_house_is_said_when_somebody_is_taken_in(app: Flask, cast: Cast) -> None:
    desk = clerk_of(app, cast)
    form = {"resident_id": str(cast.patient_id), "category": "stay"}
    refused = desk.post("/desk/arrivals/register", department="cardiology", **form, surgery_grade="9")
    assert refused.status_code == 422
    done = register(desk, **form, surgery_grade="4", technique="pci")
    assert "做不了四级手术" in done["said"]
    assert "能做的有" in done["said"]
    stay = newest(app, cast, Stay)
    assert (stay.status, stay.surgery_grade, stay.technique) == ("admitted", 4, "pci")


def test_who_is_on_the_way_here_is_known_by_their_papers_too(app: Flask, cast: Cast) -> None:
    referral = cast.submitted()
    cast.consent(referral)
    with app.app_context(), transaction() as current:
        resident = current.get(Resident, (cast.county, cast.patient_id))
        assert resident is not None
        papers = resident.record_number
    desk = clerk_of(app, cast)
    page = desk.post("/desk/arrivals/look", q=papers).text
    assert "证明还没开好" in page
    done = register(desk, referral_id=referral)
    assert "证明补上后按转诊报销" in done["said"]
    assert cast.read(referral)["status"] == "arrived"


def test_what_cannot_be_read_says_what_to_try(app: Flask, cast: Cast) -> None:
    desk = clerk_of(app, cast)
    for said in ("abc", "张三", "张三 1958-13-01"):
        answer = desk.post("/desk/arrivals/look", q=said)
        assert answer.status_code == 422
        assert answer.headers["HX-Retarget"] == "#problem"
    nobody = desk.post("/desk/arrivals/look", q="没有这人 1901-01-01")
    assert "照常看病" in nobody.text


def test_somebody_elses_house_sees_no_arrivals_of_ours(app: Flask, cast: Cast) -> None:
    register(clerk_of(app, cast), resident_id=str(cast.patient_id))
    elsewhere = browser_of(
        app, factories.staff_person(app, cast.places.other_hospital, Role.DESK_CLERK, county_id=cast.county)[0]
    )
    with app.app_context(), transaction() as current:
        resident = current.get(Resident, (cast.county, cast.patient_id))
        assert resident is not None
    assert resident.name not in elsewhere.text("/desk/arrivals?show=come")
