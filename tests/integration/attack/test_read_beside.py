"""What an attacker with the code could read beside a place: other houses, and names behind a veil."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, text

from backend.booking.models import Appointment, Slot
from backend.jobs import relay
from backend.kernel.roles import Role
from backend.store.db import transaction
from tests import factories
from tests.integration.attack.test_kept_by_nobody import DEPARTMENT, awaited, free, nothing_free
from tests.integration.attack.test_lists_left import waits_for
from tests.integration.booking import scene
from tests.integration.booking.test_open_places import take
from tests.integration.booking.test_wait_list import wait
from tests.integration.desk.browser import browser_of
from tests.integration.desk.test_arrivals import paper_of
from tests.integration.referrals.rig import PIN, Cast, signer


def third_desk(app: Flask, cast: Cast):
    return signer(app, cast.places.other_hospital, Role.DESK_CLERK, county=cast.county)


def crawl(app: Flask, who, name: str, ids: dict) -> list:
    desk, found = browser_of(app, who), []
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or not rule.rule.startswith(("/desk", "/api/v1")):
            continue
        if "events" in rule.rule or "stream" in rule.rule or "live" in rule.rule:
            continue
        if not set(rule.arguments) <= set(ids):
            continue
        path = rule.rule
        for one in rule.arguments:
            path = path.replace(f"<uuid:{one}>", str(ids[one])).replace(f"<{one}>", str(ids[one]))
        if "<" in path:
            continue
        answer = desk.client.get(path) if path.startswith("/desk") else who.get(path)
        if answer.status_code >= 500 and "slip.pdf" not in path:  # the fonts are not here
            found.append((path, answer.status_code))
        if answer.status_code == 200 and name.encode() in answer.get_data():
            found.append(path)
    return found


def test_another_hospitals_desk_reads_no_place_of_a_person_beside_the_times(app: Flask, cast: Cast) -> None:
    slot = free(cast, 3, "general")
    mine = take(cast.patient, slot, confirm=True)
    assert mine.status_code == 201, mine.json
    third = third_desk(app, cast)
    assert third.get(f"/api/v1/appointments/{mine.json['id']}").status_code in (403, 404)
    told = third.get(
        f"/api/v1/places?institution={cast.places.hospital}&department={DEPARTMENT}&resident_id={cast.patient_id}"
    )
    body = told.json
    nothing_free(cast)
    assert told.status_code in (403, 404) or (body["other_id"], body["other_at"]) == (None, None), body


def test_another_hospitals_desk_reads_no_priority_place_of_a_person_beside_the_times(app: Flask, cast: Cast) -> None:
    """Place of a psychiatric referral, asked by a desk of any house by the resident's id."""
    referral = awaited(cast)
    booked = cast.patient.post(f"/api/v1/referrals/{referral}/appointment", {"slot_id": free(cast, 6)})
    assert booked.status_code == 201
    third = third_desk(app, cast)
    told = third.get(
        f"/api/v1/places?institution={cast.places.hospital}&department={DEPARTMENT}&resident_id={cast.patient_id}"
    )
    nothing_free(cast)
    assert told.status_code in (403, 404) or told.json["other_at"] is None, told.json


@pytest.mark.parametrize("when", ["before", "withdrawn"])
def test_the_times_of_a_referral_tell_the_desk_no_name_without_consent(app: Flask, cast: Cast, when: str) -> None:
    referral = cast.submitted(to_department=DEPARTMENT) if when == "before" else awaited(cast)
    name = cast.read(referral)["person"]["name"]
    if when == "withdrawn":
        assert cast.patient.post(f"/api/v1/referrals/{referral}/withdraw", {"reason": "不去了"}).status_code == 200
    assert name not in cast.clerk.get(f"/api/v1/referrals/{referral}").get_data(as_text=True)
    told = cast.clerk.get(f"/api/v1/referrals/{referral}/places")
    assert name not in told.get_data(as_text=True), told.status_code
    # nor of what else the person has there
    take(cast.patient, free(cast, 3, "general"), confirm=True)
    told = cast.clerk.get(f"/api/v1/referrals/{referral}/places")
    nothing_free(cast)
    assert told.status_code != 200 or told.json["other_id"] is None


def test_the_code_on_a_veiled_place_opens_no_name(app: Flask, cast: Cast) -> None:
    referral = awaited(cast)
    name = cast.read(referral)["person"]["name"]
    booked = cast.patient.post(f"/api/v1/referrals/{referral}/appointment", {"slot_id": free(cast, 6)})
    assert booked.status_code == 201, booked.json
    assert cast.patient.post(f"/api/v1/referrals/{referral}/withdraw", {"reason": "不去了"}).status_code == 200
    nothing_free(cast)
    read = cast.clerk.get(f"/api/v1/appointments/{booked.json['id']}").json
    assert name not in str(read)
    seen = browser_of(app, cast.clerk).post("/desk/arrivals/look", q=read["code"]).text
    assert name not in seen


def test_a_house_from_which_it_was_turned_away_reads_no_name_on_its_old_place(app: Flask, cast: Cast) -> None:
    referral = awaited(cast)
    name = cast.read(referral)["person"]["name"]
    nothing_free(cast)
    booked = cast.patient.post(f"/api/v1/referrals/{referral}/appointment", {"slot_id": free(cast, 6)})
    assert booked.status_code == 201, booked.json
    turned = cast.doctor.request(
        "PUT",
        f"/api/v1/referrals/{referral}",
        {"to_institution": cast.places.other_hospital, "cleared": ["to_department"], "pin": PIN},
    )
    nothing_free(cast)
    assert turned.status_code == 200, turned.json
    one = booked.json["id"]
    told = [
        name in cast.clerk.get(f"/api/v1/appointments/{one}").get_data(as_text=True),
        name in browser_of(app, cast.clerk).get(f"/desk/bookings/{one}").text,
    ]
    assert told == [False, False]


@pytest.mark.parametrize("how", ["withdrawn", "changed"])
def test_no_page_of_the_house_tells_the_name_without_consent(app: Flask, cast: Cast, how: str) -> None:
    referral = awaited(cast)
    with app.app_context(), transaction() as current:
        from backend.people.models import Resident

        current.get_one(Resident, (cast.county, cast.patient_id)).name = "欧阳独一"
    name = "欧阳独一"
    booked = cast.patient.post(f"/api/v1/referrals/{referral}/appointment", {"slot_id": free(cast, 1)})
    assert booked.status_code == 201, booked.json
    if how == "withdrawn":
        assert cast.patient.post(f"/api/v1/referrals/{referral}/withdraw", {"reason": "不去了"}).status_code == 200
    else:
        changed = cast.doctor.request(
            "PUT", f"/api/v1/referrals/{referral}", {"summary": "另外还有别的问题，请看看", "pin": PIN}
        )
        assert changed.status_code == 200, changed.json
    nothing_free(cast)
    with app.app_context(), transaction() as current:
        row = current.get_one(Appointment, (cast.county, UUID(booked.json["id"])))
        on = current.scalar(select(Slot.session_id).where(Slot.id == row.slot_id))
    ids = {
        "referral_id": referral,
        "appointment_id": booked.json["id"],
        "session_id": on,
        "schedule_session_id": on,
    }
    relay.drain(app)
    found = crawl(app, cast.clerk, name, ids)
    chief = factories.staff_person(app, cast.places.hospital, Role.MEDICAL_OFFICE, county_id=cast.county)[0]
    found += crawl(app, chief, name, ids)
    assert found == []


def test_a_typed_number_tells_a_third_house_not_whether_they_came(app: Flask, cast: Cast) -> None:
    referral = cast.issued()
    number, _ = paper_of(app, cast, referral)
    third = browser_of(app, third_desk(app, cast))
    assert "已经登记过到院" not in third.post("/desk/arrivals/look", q=number).text
    assert cast.clerk.post("/api/v1/arrivals", {"category": "outpatient", "referral_id": referral}).status_code == 201
    assert "已经登记过到院" not in third.post("/desk/arrivals/look", q=number).text


def test_a_house_from_which_it_was_turned_away_reads_no_illness_and_no_time_elsewhere(app: Flask, cast: Cast) -> None:
    referral = awaited(cast)
    nothing_free(cast)
    booked = cast.patient.post(f"/api/v1/referrals/{referral}/appointment", {"slot_id": free(cast, 6)})
    assert booked.status_code == 201, booked.json
    nothing_free(cast)
    turned = cast.doctor.request(
        "PUT",
        f"/api/v1/referrals/{referral}",
        {
            "to_institution": cast.places.other_hospital,
            "to_department": "cardiology",
            "diagnosis_text": "另一种病，只同意告诉第二家",
            "pin": PIN,
        },
    )
    assert turned.status_code == 200, turned.json
    assert cast.consent(referral).status_code == 200
    second = third_desk(app, cast)
    said = second.post(
        f"/api/v1/referrals/{referral}/answer",
        {"accept": True, "contact": "李护士 转诊服务台", "note": "门诊楼一层", "department": "cardiology"},
    )
    assert said.status_code == 200, said.json
    with app.app_context(), transaction() as current:
        where = {"county_id": cast.county, "institution": cast.places.other_hospital, "department": "cardiology"}
        slot = scene.make_slots(current, in_days=5, **where)[0].id
    there = cast.patient.post(f"/api/v1/referrals/{referral}/appointment", {"slot_id": str(slot)})
    assert there.status_code == 201, there.json
    assert cast.clerk.get(f"/api/v1/referrals/{referral}").status_code == 404, "it is this house's no more"
    seen = browser_of(app, cast.clerk).get(f"/desk/arrivals/{booked.json['id']}", part=True).text
    by_code = browser_of(app, cast.clerk).post("/desk/arrivals/look", q=booked.json["code"]).text
    told = [word in page for page in (seen, by_code) for word in ("另一种病", "约的时间")]
    assert told == [False] * 4, told


def test_a_veiled_place_leads_to_no_name_by_the_one_close_to_it(app: Flask, cast: Cast) -> None:
    referral = awaited(cast)
    name = cast.read(referral)["person"]["name"]
    booked = cast.patient.post(f"/api/v1/referrals/{referral}/appointment", {"slot_id": free(cast, 4)})
    assert booked.status_code == 201, booked.json
    with app.app_context(), transaction() as current:
        where = {"county_id": cast.county, "institution": cast.places.hospital}
        slot = scene.make_slots(current, department="ent", in_days=4, pool="general", **where)[0].id
    assert take(cast.patient, str(slot), confirm=True).status_code == 201
    changed = cast.doctor.request("PUT", f"/api/v1/referrals/{referral}", {"summary": "另外还有别的问题", "pin": PIN})
    assert changed.status_code == 200, changed.json
    nothing_free(cast)
    read = cast.clerk.get(f"/api/v1/appointments/{booked.json['id']}").json
    assert name not in str(read), "veiled"
    assert read["close"] is None or name not in str(cast.clerk.get(f"/api/v1/appointments/{read['close']['id']}").json)


def test_odd_questions_about_places_crash_nothing(app: Flask, cast: Cast) -> None:
    bad = []
    for dep in ("%00", "%ff", "x" * 61, "", "ent%27"):
        for inst in (cast.places.hospital, "%00", "x" * 61):
            for day in ("", "&day=9999-12-31", "&day=0001-01-01", "&day=x"):
                for whom in ("", f"&resident_id={UUID(int=0)}", "&resident_id=x"):
                    for who in (cast.patient, cast.clerk):
                        answer = who.get(f"/api/v1/places?institution={inst}&department={dep}{day}{whom}")
                        bad += [(inst, dep, day, whom, answer.status_code)] if answer.status_code >= 500 else []
    for first, last in (("0001-01-01", "9999-12-31"), ("9999-12-31", "9999-12-31")):
        answer = wait(app, cast.patient, "ent", county_id=cast.county, institution=cast.places.hospital,
                      from_on=first, until_on=last)  # fmt: skip
        bad += [(first, last, answer.status_code)] if answer.status_code >= 500 else []
        if answer.status_code == 201:
            cast.patient.post(f"/api/v1/waitlist/{answer.json['id']}/leave")
    assert bad == []


def test_an_old_wait_of_a_turned_referral_tells_the_house_no_name(app: Flask, cast: Cast) -> None:
    referral = awaited(cast)
    name = cast.read(referral)["person"]["name"]
    nothing_free(cast)
    waits = waits_for(cast, referral)
    assert waits.status_code == 201
    turned = cast.doctor.request(
        "PUT",
        f"/api/v1/referrals/{referral}",
        {"to_institution": cast.places.other_hospital, "cleared": ["to_department"], "pin": PIN},
    )
    assert turned.status_code == 200, turned.json
    assert name not in cast.clerk.get(f"/api/v1/waitlist/{waits.json['id']}").get_data(as_text=True)


def test_a_typed_number_tells_a_third_house_no_bed(app: Flask, cast: Cast) -> None:
    referral = cast.issued(category="stay")
    with app.app_context(), transaction() as current:
        done = current.execute(
            text("UPDATE bed_request SET status = 'held', bed = '77 床' WHERE referral_id = :i"),
            {"i": UUID(referral)},
        )  # fmt: skip
        assert done.rowcount == 1
    number, _ = paper_of(app, cast, referral)
    assert "77 床" in browser_of(app, cast.clerk).post("/desk/arrivals/look", q=number).text
    assert "77 床" not in browser_of(app, third_desk(app, cast)).post("/desk/arrivals/look", q=number).text
