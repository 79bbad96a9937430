"""A certificate's number that was only typed tells a third house nothing, and two offers made at once hurt nobody."""

from concurrent.futures import ThreadPoolExecutor
from time import sleep
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from backend.booking import offers, queries
from backend.booking.models import Appointment
from backend.kernel.roles import Role
from backend.store.db import session, transaction
from tests.integration.booking.test_open_places import make
from tests.integration.booking.test_wait_list import entry, full, wait
from tests.integration.desk.browser import browser_of
from tests.integration.desk.test_arrivals import paper_of
from tests.integration.referrals.rig import Cast, signer
from tests.integration.referrals.test_further_visit import book, slots


@pytest.mark.clause("MS-4.1b")
def test_a_typed_number_tells_a_third_hospital_neither_the_name_nor_the_illness(app: Flask, cast: Cast) -> None:
    referral = cast.issued()
    number, qr = paper_of(app, cast, referral)
    name, diagnosis = cast.read(referral)["person"]["name"], cast.read(referral)["diagnosis_text"]
    third = signer(app, cast.places.other_hospital, Role.DESK_CLERK, county=cast.county)
    desk = browser_of(app, third)
    typed = desk.post("/desk/arrivals/look", q=number).text
    assert name not in typed and diagnosis not in typed
    assert f"{name[0]}＊" in typed and "登记到院" not in typed and "身份证号" in typed, "by the papers in the hand"
    told = third.post("/api/v1/certificates/verify", {"text": number}).json
    assert (told["person"]["name"][0], name == told["person"]["name"], told["diagnosis_text"]) == (name[0], False, "")
    for said in (
        desk.post("/desk/arrivals/look", q=qr).text,
        browser_of(app, cast.clerk).post("/desk/arrivals/look", q=number).text,
    ):
        assert name in said and diagnosis in said
    scanned = third.post("/api/v1/certificates/verify", {"text": qr}).json
    assert (scanned["person"]["name"], scanned["diagnosis_text"]) == (name, diagnosis)


def test_two_offers_of_one_moment_for_one_place_end_in_one_and_in_no_error(app: Flask) -> None:
    _, holders = full(app, "orthopedics", 2)
    waiting, mine = holders[1]
    made = wait(app, waiting, "orthopedics")
    assert made.status_code == 201, made.json
    (elsewhere,) = make(app, department="orthopedics", in_days=6)

    def give_up() -> tuple[int, object]:
        who, appointment = holders[0]
        answer = who.post(f"/api/v1/appointments/{appointment}/cancel")
        return answer.status_code, answer.json

    with ThreadPoolExecutor(1) as other:
        with app.app_context(), transaction() as current:
            row = queries.appointment("xinmi", UUID(mine))
            assert offers.offer_instead(row, elsewhere) is not None
            freed = other.submit(give_up)
            # The other waits at our offer, which is not committed yet, and finds it there.
            for _ in range(100):
                blocked = current.scalar(
                    text("SELECT count(*) FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))")
                )
                if blocked or freed.done():
                    break
                sleep(0.05)
            assert blocked, "they met"
        status, said = freed.result(20)
    assert status == 200, said
    with app.app_context():
        running = session().scalar(
            select(func.count()).where(Appointment.replaces_id == UUID(mine), Appointment.status == "offered")
        )
        assert running == 1
    assert entry(waiting, made.json["id"])["status"] == "waiting"


def test_a_registered_guess_still_tells_no_department_before(app: Flask, cast: Cast) -> None:
    referral = cast.issued()
    number, _ = paper_of(app, cast, referral)
    third = signer(app, cast.places.other_hospital, Role.DESK_CLERK, county=cast.county)
    [slot] = slots(cast, 1, in_days=2, department="cardiology")
    assert book(cast, referral, slot).status_code == 201
    typed = browser_of(app, third).post("/desk/arrivals/look", q=number).text
    assert "约的时间" not in typed
    assert "约的时间" in browser_of(app, cast.clerk).post("/desk/arrivals/look", q=number).text
