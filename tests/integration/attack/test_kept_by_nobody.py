"""What an attacker with the code could keep: offers and places that are nobody's, and words that are not so."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from time import sleep
from uuid import UUID

from flask import Flask
from sqlalchemy import select, text, update

from backend.booking import offers, stops, sweeping
from backend.booking.models import Appointment, ScheduleSession, Slot
from backend.jobs import relay
from backend.kernel.roles import Role, system_actor
from backend.store import clock
from backend.store.db import session, transaction
from tests import factories
from tests.integration.booking import scene
from tests.integration.booking.test_open_places import make, take
from tests.integration.booking.test_stops import offer_for, tasks_about
from tests.integration.booking.test_wait_list import entry, full, wait
from tests.integration.contracts.conftest import make_team, signed
from tests.integration.desk.browser import browser_of
from tests.integration.referrals.rig import Cast


def meet(current, other) -> bool:
    """Wait until the other one waits for a lock of ours."""
    for _ in range(100):
        if current.scalar(
            text("SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))")
        ):
            return True
        if other.done():
            return False
        sleep(0.05)
    return False


def test_who_leaves_the_list_while_an_offer_is_being_made_keeps_no_offer(app: Flask) -> None:
    (slot,), _ = full(app, "neurosurgery")
    waiting, _ = factories.resident_person(app)
    made = wait(app, waiting, "neurosurgery")
    assert made.status_code == 201, made.json

    def leave():
        answer = waiting.post(f"/api/v1/waitlist/{made.json['id']}/leave")
        return answer.status_code, answer.json

    with ThreadPoolExecutor(1) as other:
        with app.app_context(), transaction() as current:
            current.execute(update(Slot).where(Slot.id == slot).values(capacity=Slot.capacity + 1))
            current.flush()
            assert offers.offer_freed("xinmi", [slot]) == 1
            left = other.submit(leave)
            assert meet(current, left), left.result(20)
        status, said = left.result(20)
    assert status == 200, said
    assert entry(waiting, made.json["id"])["status"] == "left"
    with app.app_context():
        open_ones = (
            session()
            .scalars(
                select(Appointment.id).where(
                    Appointment.wait_id == UUID(made.json["id"]), Appointment.status == "offered"
                )
            )
            .all()
        )
    assert open_ones == []


def test_who_dies_while_an_offer_is_being_made_gets_no_place(app: Flask) -> None:
    team = make_team(app, "xinmi", "th-yuanzhuang")
    waiting, dead, _ = signed(app, team, "xinmi")
    (slot,), _ = full(app, "neurosurgery")
    made = wait(app, waiting, "neurosurgery")
    assert made.status_code == 201, made.json

    def die():
        answer = team.leader.post(
            f"/api/v1/residents/{dead}/corrections", {"died_on": "2026-11-01", "papers_seen": True}
        )
        return answer.status_code, answer.json

    with ThreadPoolExecutor(1) as other:
        with app.app_context(), transaction() as current:
            current.execute(update(Slot).where(Slot.id == slot).values(capacity=Slot.capacity + 1))
            assert offers.offer_freed("xinmi", [slot]) == 1
            gone = other.submit(die)
            assert meet(current, gone)
        status, said = gone.result(20)
    assert status in (200, 201), said
    with app.app_context():
        offer = session().scalars(select(Appointment).where(Appointment.wait_id == UUID(made.json["id"]))).one()
        assert offer.status == "cancelled"


def test_who_gives_up_a_place_while_an_earlier_one_is_being_offered_keeps_no_offer(app: Flask) -> None:
    (early, _), holders = full(app, "neurosurgery", 2)
    waiting, mine = holders[1]
    made = wait(app, waiting, "neurosurgery")
    assert made.status_code == 201, made.json

    def cancel():
        answer = waiting.post(f"/api/v1/appointments/{mine}/cancel")
        return answer.status_code, answer.json

    with ThreadPoolExecutor(1) as other:
        with app.app_context(), transaction() as current:
            current.execute(update(Slot).where(Slot.id == early).values(capacity=Slot.capacity + 1))
            assert offers.offer_freed("xinmi", [early]) == 1
            given = other.submit(cancel)
            assert meet(current, given)
        status, said = given.result(20)
    assert status == 200, said
    assert entry(waiting, made.json["id"])["status"] == "left"
    with app.app_context():
        standing = (
            session()
            .scalars(
                select(Appointment.status).where(Appointment.replaces_id == UUID(mine), Appointment.status == "offered")
            )
            .all()
        )
    assert standing == [], "an offer in the stead of nothing keeps the place from everybody"


def test_a_place_added_is_offered_though_many_later_ones_are_free(app: Flask) -> None:
    (late,), (holder,) = full(app, "neurosurgery", 1)
    who, _ = holder
    with app.app_context(), transaction() as current:
        current.execute(update(Slot).where(Slot.id == late).values(capacity=1))
        # Free times on days after the place this person has.
        on = scene.make_session(current, clock.now(current) + timedelta(days=9), department="neurosurgery")
        base = on.starts_at
        for number in range(500):
            current.add(
                Slot(
                    county_id="xinmi",
                    session_id=on.id,
                    starts_at=base + timedelta(seconds=number),
                    pool="general",
                    capacity=1,
                    taken=0,
                )
            )
    made = wait(app, who, "neurosurgery")
    assert made.status_code == 201, made.json
    make(app, department="neurosurgery", in_days=1)
    with app.app_context(), transaction() as current:
        for _ in range(3):
            sweeping.offer_waited_for(current, "xinmi")
    shown = entry(who, made.json["id"])
    with app.app_context(), transaction() as current:
        current.execute(update(Slot).where(Slot.session_id == on.id).values(capacity=0))
    assert shown["status"] == "offered"


DEPARTMENT = "obstetrics"


def awaited(cast: Cast) -> str:
    referral = cast.submitted(to_department=DEPARTMENT)
    assert cast.consent(referral).status_code == 200
    assert cast.accept(referral, department=DEPARTMENT).status_code == 200
    return referral


def nothing_free(cast: Cast) -> None:
    with cast.app.app_context(), transaction() as current:
        current.execute(
            text(
                "UPDATE slot SET capacity = taken FROM schedule_session s WHERE s.id = slot.session_id"
                " AND s.department = :d AND slot.county_id = :c"
            ),
            {"d": DEPARTMENT, "c": cast.county},
        )
        current.execute(
            text(
                "UPDATE waitlist_entry SET status = 'left', left_because = 'self'"
                " WHERE county_id = :c AND department = :d AND status = 'waiting'"
            ),
            {"d": DEPARTMENT, "c": cast.county},
        )


def free(cast: Cast, in_days: float, pool: str = "referral") -> str:
    with cast.app.app_context(), transaction() as current:
        where = {"county_id": cast.county, "institution": cast.places.hospital, "department": DEPARTMENT}
        return str(scene.make_slots(current, in_days=in_days, pool=pool, **where)[0].id)


def test_who_books_with_a_referral_holds_no_second_place_by_an_offer(app: Flask, cast: Cast) -> None:
    referral = awaited(cast)
    nothing_free(cast)
    waits = wait(
        app, cast.patient, DEPARTMENT, county_id=cast.county, institution=cast.places.hospital, referral_id=referral
    )
    assert waits.status_code == 201, waits.json
    offered = free(cast, 3)
    with app.app_context(), transaction() as current:
        sweeping.offer_waited_for(current, cast.county)
    assert entry(cast.patient, waits.json["id"])["status"] == "offered"
    other = free(cast, 5)
    booked = cast.patient.post(f"/api/v1/referrals/{referral}/appointment", {"slot_id": other})
    assert booked.status_code == 201, booked.json
    relay.drain(app)
    with app.app_context():
        held = [scene.counted(UUID(one), cast.county)[0] for one in (offered, other)]
    assert sum(held) == 1, "two places are kept from others for one referral"


def test_who_has_booked_with_a_referral_waits_no_more_for_what_cannot_come(app: Flask, cast: Cast) -> None:
    referral = awaited(cast)
    nothing_free(cast)
    waits = wait(
        app, cast.patient, DEPARTMENT, county_id=cast.county, institution=cast.places.hospital, referral_id=referral
    )
    assert waits.status_code == 201, waits.json
    booked = cast.patient.post(f"/api/v1/referrals/{referral}/appointment", {"slot_id": free(cast, 6)})
    assert booked.status_code == 201, booked.json
    relay.drain(app)
    earlier = free(cast, 2)
    with app.app_context(), transaction() as current:
        sweeping.offer_waited_for(current, cast.county)
    shown = entry(cast.patient, waits.json["id"])
    home = cast.patient.get("/api/v1/home").get_data(as_text=True)
    nothing_free(cast)
    assert shown["status"] != "waiting" and "排在第一位" not in home, (earlier, shown["status"])


def test_no_ordinary_place_after_the_certificates_last_day_is_called_sooner(app: Flask, cast: Cast) -> None:
    referral = awaited(cast)
    cast.sign_all(referral)
    assert cast.read(referral)["status"] == "issued"
    nothing_free(cast)
    free(cast, 200, "general")
    told = cast.patient.get(f"/api/v1/referrals/{referral}/places").json
    nothing_free(cast)
    assert told["sooner_at"] is None, (told["sooner_at"], told["last_day"])


def test_a_stopped_session_is_no_time_to_go_by(app: Flask, cast: Cast) -> None:
    referral = awaited(cast)
    cast.sign_all(referral)
    nothing_free(cast)
    slot = free(cast, 4, "general")
    mine = take(cast.patient, slot, confirm=True)
    assert mine.status_code == 201, mine.json
    chief = factories.staff_person(app, cast.places.hospital, Role.MEDICAL_OFFICE, county_id=cast.county)[0]
    with app.app_context(), transaction() as current:
        on = current.scalar(select(Slot.session_id).where(Slot.id == UUID(slot)))
    assert chief.post(f"/api/v1/schedule-sessions/{on}/stop", {"reason": "ill"}).status_code == 200
    home = cast.patient.get("/api/v1/home").get_data(as_text=True)
    assert "按约好的时间去" not in home


def test_what_is_only_offered_is_not_told_as_confirmed(app: Flask, cast: Cast) -> None:
    def said() -> int:
        found = re.search(r"约的 (\d+) 个门诊号今天已自动确认", browser_of(app, cast.clerk).text("/desk/answers"))
        return int(found[1]) if found else 0

    referral = awaited(cast)
    nothing_free(cast)
    waits = wait(
        app, cast.patient, DEPARTMENT, county_id=cast.county, institution=cast.places.hospital, referral_id=referral
    )
    assert waits.status_code == 201, waits.json
    before = said()
    free(cast, 3)
    with app.app_context(), transaction() as current:
        sweeping.offer_waited_for(current, cast.county)
    offer = entry(cast.patient, waits.json["id"])["offer_id"]
    offered = said()
    assert cast.patient.post(f"/api/v1/appointments/{offer}/cancel").status_code == 200
    declined = said()
    nothing_free(cast)
    assert (offered - before, declined - before) == (0, 0)


def test_a_person_of_two_stopped_sessions_is_offered_or_phoned_not_both(app: Flask) -> None:
    # A doctor's leave stops the session of their place and the one of the earlier place that was offered to them.
    slots, holders = full(app, "neurosurgery", 2)
    who, mine = holders[1]
    made = wait(app, who, "neurosurgery")
    assert made.status_code == 201, made.json
    assert holders[0][0].post(f"/api/v1/appointments/{holders[0][1]}/cancel").status_code == 200
    assert entry(who, made.json["id"])["status"] == "offered"
    make(app, department="neurosurgery", in_days=6)
    with app.app_context(), transaction() as current:
        ids = current.scalars(select(Slot.session_id).where(Slot.id.in_(slots))).all()
        rows = list(current.scalars(select(ScheduleSession).where(ScheduleSession.id.in_(ids))))
        stops._stop_all(system_actor("xinmi"), rows, "ill")
    with app.app_context():
        looked_after = (offer_for(mine) is not None, bool(tasks_about(mine)))
    assert sum(looked_after) == 1, looked_after
