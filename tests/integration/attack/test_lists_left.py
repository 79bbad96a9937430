"""Waits and offers that an attacker could lose, or stop in a circle, by leaving at the wrong moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from backend.booking import service, sweeping, wait_list
from backend.booking.models import WaitlistEntry
from backend.jobs import relay
from backend.kernel.roles import system_actor
from backend.store.db import transaction
from tests import factories
from tests.factories import Person
from tests.integration.attack.test_kept_by_nobody import DEPARTMENT, awaited, free, meet, nothing_free
from tests.integration.booking.test_open_places import run_out, take
from tests.integration.booking.test_wait_list import entry, full, wait
from tests.integration.referrals.rig import Cast


def waits_for(cast: Cast, referral: str):
    return wait(
        cast.app,
        cast.patient,
        DEPARTMENT,
        county_id=cast.county,
        institution=cast.places.hospital,
        referral_id=referral,
    )


def leaves_while(app: Flask, monkeypatch: pytest.MonkeyPatch, entry_id: str, act: Callable[[], Any]) -> Any:
    """Take somebody off the list; in the middle of it, with its locks held, another begins. Returns what they had."""
    leave, begun = wait_list.leave, []
    with ThreadPoolExecutor(1) as other, app.app_context(), transaction() as current:

        def leave_and_wait(*args: Any) -> bool:
            left = leave(*args)
            begun.append(other.submit(act))
            meet(current, begun[0])
            return left

        monkeypatch.setattr(wait_list, "leave", leave_and_wait)
        row = current.get_one(WaitlistEntry, ("xinmi", UUID(entry_id)))
        service.leave_wait(system_actor("xinmi"), row, "self")
        current.commit()
        return begun[0].result(30)


def offered_one(app: Flask) -> tuple[Person, str, str]:
    """Somebody who waited and was offered a place; the entry's id, and the offer's."""
    _, [(holder, place)] = full(app, "neurosurgery")
    waiting, _ = factories.resident_person(app)
    made = wait(app, waiting, "neurosurgery")
    assert made.status_code == 201, made.json
    assert holder.post(f"/api/v1/appointments/{place}/cancel").status_code == 200
    offer = entry(waiting, made.json["id"])["offer_id"]
    assert offer
    return waiting, made.json["id"], offer


def test_leaving_and_accepting_at_once_do_not_stand_in_each_others_way(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting, mine, offer = offered_one(app)
    answer = leaves_while(app, monkeypatch, mine, lambda: waiting.post(f"/api/v1/appointments/{offer}/accept"))
    assert answer.status_code == 409 and answer.json["code"] != "busy", answer.json
    assert entry(waiting, mine)["status"] == "left"


def test_an_offer_that_runs_out_while_its_person_leaves_ends_nobodys_work(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting, mine, offer = offered_one(app)
    with app.app_context(), transaction():
        run_out(offer)

    def tick() -> int:
        with app.app_context(), transaction() as current:
            return sweeping.expire_holds(current, "xinmi")

    leaves_while(app, monkeypatch, mine, tick)
    assert entry(waiting, mine)["status"] == "left"


def test_who_gave_the_place_back_and_waits_again_is_not_taken_off_the_list(app: Flask, cast: Cast) -> None:
    referral = awaited(cast)
    nothing_free(cast)
    booked = cast.patient.post(f"/api/v1/referrals/{referral}/appointment", {"slot_id": free(cast, 6)})
    assert booked.status_code == 201, booked.json
    gone = cast.patient.post(f"/api/v1/appointments/{booked.json['id']}/cancel")
    assert gone.status_code == 200, gone.json
    nothing_free(cast)
    waits = waits_for(cast, referral)
    assert waits.status_code == 201, waits.json
    relay.drain(app)
    shown = entry(cast.patient, waits.json["id"])
    assert shown["status"] == "waiting", shown["left_because"]


def test_an_ordinary_place_after_the_papers_last_day_is_no_time_to_go_by(app: Flask, cast: Cast) -> None:
    referral = awaited(cast)
    cast.sign_all(referral)
    nothing_free(cast)
    far = take(cast.patient, free(cast, 200, "general"), confirm=True)
    assert far.status_code == 201, far.json
    last = cast.patient.get(f"/api/v1/referrals/{referral}/places").json["last_day"]
    home = cast.patient.get("/api/v1/home").get_data(as_text=True)
    nothing_free(cast)
    assert far.json["starts_at"][:10] > last
    assert "按约好的时间去" not in home


def test_who_leaves_the_list_while_withdrawing_is_withdrawn(app: Flask, cast: Cast) -> None:
    referral = awaited(cast)
    nothing_free(cast)
    waits = waits_for(cast, referral)
    assert waits.status_code == 201

    def withdraw():
        answer = cast.patient.post(f"/api/v1/referrals/{referral}/withdraw", {"reason": "不去了"})
        return answer.status_code, answer.json

    with ThreadPoolExecutor(1) as other:
        with app.app_context(), transaction() as current:
            row = current.get(WaitlistEntry, (cast.county, UUID(waits.json["id"])))
            wait_list.leave(system_actor(cast.county), row, "self")
            gone = other.submit(withdraw)
            assert meet(current, gone), gone.result(20)
        status, said = gone.result(30)
    assert status == 200, said
