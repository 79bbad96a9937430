"""The home page of somebody whose place is kept only until they answer, who waits for one, or whose doctor is away."""

import pytest
from flask import Flask

from backend.journey.nexts import nexts_of
from backend.store.db import transaction
from tests import factories
from tests.integration.booking.test_open_places import BOTH, make, take
from tests.integration.booking.test_stops import REASON, clinic, office
from tests.integration.booking.test_wait_list import DEPARTMENT, full, give_up, wait


@BOTH
def test_a_held_place_is_the_next_thing_until_it_is_sure(app: Flask, county_id: str) -> None:
    who, _ = factories.resident_person(app, county_id)
    [slot] = make(app, 1, county_id=county_id)
    held = take(who, slot).json
    following = who.get("/api/v1/home").json["next"]
    assert (following["kind"], following["due_at"]) == ("hold", held["held_until"])
    assert held["id"] in following["page"]
    who.post(f"/api/v1/appointments/{held['id']}/confirm")
    assert who.get("/api/v1/home").json["next"]["kind"] != "hold"


@BOTH
def test_who_waits_sees_it_under_way_and_an_offer_first(app: Flask, county_id: str) -> None:
    _, [holder] = full(app, DEPARTMENT[county_id], county_id=county_id)
    who, _ = factories.resident_person(app, county_id)
    entry = wait(app, who, DEPARTMENT[county_id], county_id=county_id).json
    [row] = [one for one in who.get("/api/v1/home").json["under_way"] if one["kind"] == "waitlist"]
    assert entry["id"] in row["page"]
    give_up(holder)
    following = who.get("/api/v1/home").json["next"]
    assert (following["kind"], following["title"]) == ("offer", "候补到了，有号了")


@BOTH
@pytest.mark.parametrize("elsewhere", [False, True])
def test_whose_clinic_stops_tomorrow_hears_one_thing(app: Flask, county_id: str, elsewhere: bool) -> None:
    who, resident = factories.resident_person(app, county_id)
    # A department of this test alone: what another test left free would be offered.
    department = f"alone-{county_id}-{elsewhere}"
    stopped, [slot] = clinic(app, department, in_days=0.5, county_id=county_id)
    take(who, slot, confirm=True)
    if elsewhere:
        clinic(app, department, in_days=2, county_id=county_id)

    def kinds() -> list[str]:
        with app.app_context(), transaction():
            return [one.kind for one in nexts_of(who.actor(), resident) if one.kind != "sign_up"]

    assert kinds() == ["appointment"]
    assert office(app, county_id).post(f"/api/v1/schedule-sessions/{stopped}/stop", REASON).status_code == 200
    assert kinds() == ["offer" if elsewhere else "stopped"]
