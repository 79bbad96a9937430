"""What an attacker with the code could read: names, illness and records that they may not know."""

from flask import Flask

from backend.kernel.roles import Role
from backend.store.db import transaction
from tests.integration.attack.test_kept_by_nobody import DEPARTMENT, awaited, free, nothing_free
from tests.integration.booking import scene
from tests.integration.booking.test_wait_list import wait
from tests.integration.desk.browser import browser_of
from tests.integration.desk.test_arrivals import paper_of
from tests.integration.referrals.rig import Cast, signer


def third_desk(app: Flask, cast: Cast):
    return signer(app, cast.places.other_hospital, Role.DESK_CLERK, county=cast.county)


def test_a_typed_number_registered_at_a_third_house_tells_no_name(app: Flask, cast: Cast) -> None:
    referral = cast.issued()
    number, _ = paper_of(app, cast, referral)
    name = cast.read(referral)["person"]["name"]
    third = third_desk(app, cast)
    told = third.post("/api/v1/certificates/verify", {"text": number}).json
    assert told["person"]["name"] != name
    came = third.post("/api/v1/arrivals", {"resident_id": told["person"]["id"], "category": "outpatient"})
    assert came.status_code == 404
    assert name not in browser_of(app, third).text("/desk/arrivals?show=come")


def test_a_typed_number_tells_a_third_house_no_department_and_no_time(app: Flask, cast: Cast) -> None:
    referral = cast.issued()
    with app.app_context(), transaction() as current:
        where = {"county_id": cast.county, "institution": cast.places.hospital}
        slot = str(scene.make_slots(current, **where)[0].id)
    booked = cast.patient.post(f"/api/v1/referrals/{referral}/appointment", {"slot_id": slot})
    assert booked.status_code == 201, booked.json
    number, _ = paper_of(app, cast, referral)
    seen = browser_of(app, third_desk(app, cast)).post("/desk/arrivals/look", q=number).text
    assert "约的时间" not in seen


def test_the_hospital_asked_learns_no_name_before_consent_by_registering(app: Flask, cast: Cast) -> None:
    referral = cast.submitted()
    name = cast.read(referral)["person"]["name"]
    before = cast.clerk.get(f"/api/v1/referrals/{referral}")
    assert name not in before.get_data(as_text=True)
    came = cast.clerk.post("/api/v1/arrivals", {"referral_id": referral, "category": "outpatient"})
    assert (came.status_code, came.json["code"]) == (404, "not_consented")
    after = cast.clerk.get(f"/api/v1/referrals/{referral}")
    told = [name in one.get_data(as_text=True) for one in (came, after)]
    assert told == [False, False], (after.json["status"], "nobody has agreed to anything")


def test_a_scanned_paper_of_who_withdrew_tells_a_third_house_no_diagnosis(app: Flask, cast: Cast) -> None:
    referral = cast.issued()
    _, qr = paper_of(app, cast, referral)
    assert cast.patient.post(f"/api/v1/referrals/{referral}/withdraw", {"reason": "不去了"}).status_code == 200
    ours = cast.clerk.post("/api/v1/certificates/verify", {"text": qr}).json
    assert (ours["state"], ours["diagnosis_text"]) == ("voided", "")
    third = third_desk(app, cast)
    told = third.post("/api/v1/certificates/verify", {"text": qr}).json
    assert (told["state"], told["diagnosis_text"]) == ("voided", "")
    assert "高血压" not in browser_of(app, third).post("/desk/arrivals/look", q=qr).text


def test_a_typed_number_opens_no_record_to_a_third_house_by_a_bed(app: Flask, cast: Cast) -> None:
    referral = cast.issued()
    number, _ = paper_of(app, cast, referral)
    third = browser_of(app, third_desk(app, cast))
    ward = signer(app, cast.places.other_hospital, Role.SPECIALIST, county=cast.county, department="cardiology")
    seen = third.post("/desk/arrivals/look", q=number).text
    assert "resident_id" not in seen and "登记到院" not in seen
    resident = third_desk(app, cast).post("/api/v1/certificates/verify", {"text": number}).json["person"]["id"]
    third.post("/desk/arrivals/register", category="stay", department="cardiology", resident_id=resident, bed="1")
    opened = ward.get(f"/api/v1/residents/{resident}/timeline")
    assert "高血压" not in opened.get_data(as_text=True)


ODD = [
    "", " ", "\x00", "％", "http://[", "//[::1", "http://a/v/?e=1", "?", "？", "2" * 400, "1958-13-40", "王 0000-00-00",
    "王 1958-02-30", "\ud7ff\U0010ffff", "' OR 1=1 --", "%", "_", "\\", "１２３", "410183195803010011",
    "0" * 17, "X" * 18, "1" * 18, "1" * 15, "http://x/v/%00?e=20260101-20260102&f=AA&s=AA", "٣" * 17,
]  # fmt: skip


def test_odd_words_crash_nothing(app: Flask, cast: Cast) -> None:
    referral = cast.issued()
    number, qr = paper_of(app, cast, referral)
    desk = browser_of(app, cast.clerk)
    base = qr.split("?", 1)[0]
    tails = [
        "?e=1&f=&s=",
        "?e=20260101-20260230&f=AA&s=AA",
        "?e=00000101-20260230&f=A&s=A",
        "?f=é&s=é&e=é",
        qr[len(base) : -4],
        qr[len(base) :] + "&e=1",
        "?" + qr.split("?")[1].replace("s=", "s=A"),
    ]
    bad = []
    words = [*ODD, *(base + one for one in tails), *(number + one for one in tails), number.lower(), f" {number} "]
    for one in words:
        for path in ("/desk/arrivals/look",):
            answer = desk.post(path, q=one)
            bad += [(path, one, answer.status_code)] if answer.status_code >= 500 else []
        answer = cast.clerk.post("/api/v1/certificates/verify", {"text": one})
        bad += [("verify", one, answer.status_code)] if answer.status_code >= 500 else []
        came = cast.clerk.post("/api/v1/arrivals", {"certificate": one, "category": "stay"})
        bad += [("arrivals", one, came.status_code)] if came.status_code >= 500 else []
        for path in ("/desk/search", "/desk/waiting", "/desk/day", "/desk/places", "/desk/arrivals"):
            for name in ("q", "department", "day", "show", "from"):
                seen = desk.client.get(path, query_string={name: one})
                bad += [(path, name, one, seen.status_code)] if seen.status_code >= 500 else []
    assert bad == []


def test_a_house_reads_no_name_on_its_wait_list_when_consent_was_taken_back(app: Flask, cast: Cast) -> None:
    referral = awaited(cast)
    name = cast.read(referral)["person"]["name"]
    nothing_free(cast)
    waits = wait(
        app, cast.patient, DEPARTMENT, county_id=cast.county, institution=cast.places.hospital, referral_id=referral
    )
    assert waits.status_code == 201, waits.json
    path = f"/api/v1/waitlist/{waits.json['id']}"
    assert name in cast.clerk.get(path).get_data(as_text=True)
    assert cast.patient.post(f"/api/v1/referrals/{referral}/withdraw", {"reason": "不去了"}).status_code == 200
    assert name not in cast.clerk.get(f"/api/v1/referrals/{referral}").get_data(as_text=True), "as on the referral"
    desk = browser_of(app, cast.clerk)
    told = [
        name in cast.clerk.get(path).get_data(as_text=True),
        name in desk.get(f"/desk/waiting/{waits.json['id']}").text,
        name in cast.clerk.get("/api/v1/waitlist").get_data(as_text=True),
    ]
    assert told == [False, False, False]


def test_a_house_reads_no_name_on_a_place_when_consent_was_taken_back(app: Flask, cast: Cast) -> None:
    referral = awaited(cast)
    name = cast.read(referral)["person"]["name"]
    booked = cast.patient.post(f"/api/v1/referrals/{referral}/appointment", {"slot_id": free(cast, 6)})
    assert booked.status_code == 201, booked.json
    assert cast.patient.post(f"/api/v1/referrals/{referral}/withdraw", {"reason": "不去了"}).status_code == 200
    nothing_free(cast)
    desk = browser_of(app, cast.clerk)
    one = booked.json["id"]
    told = [
        name in cast.clerk.get(f"/api/v1/appointments/{one}").get_data(as_text=True),
        name in desk.get(f"/desk/bookings/{one}").text,
    ]
    assert told == [False, False]
