"""The desk's page hears over the real stream that something happened, and asks anew by itself."""

import pytest
from playwright.sync_api import expect

from tests.journeys.caller import Caller
from tests.journeys.cast import CASTS, sign_in_at_desk
from tests.journeys.conftest import People
from tests.journeys.house import House
from tests.journeys.test_booking import OTHERS


@pytest.mark.parametrize("county", list(CASTS))
def test_the_desk_hears_of_a_place_that_is_taken_without_being_reloaded(
    house: House, people: People, county: str
) -> None:
    cast = CASTS[county]
    desk = people.desk("/desk/answers")
    sign_in_at_desk(desk, county, cast.hospital_desk)
    desk.goto(f"{house.url}/desk/answers")
    expect(desk.locator("body[data-stream=live]")).to_have_count(1)
    desk.wait_for_timeout(1500)  # the look at the beginning is over
    desk.evaluate("document.body.addEventListener('refresh', () => { document.body.dataset.heard = 'yes' })")
    someone = Caller(house, f"demo-{county}-{OTHERS[county][6]}", county)
    offered = someone.get(f"/places?institution={cast.hospital}&department=ophthalmology")
    slot = next(one for day in offered["days"] for one in day["places"] if one["open"] and one["left"])
    held = someone.post("/appointments", {"slot_id": slot["slot_id"]})
    try:
        # Told, and not found by asking every twenty seconds.
        expect(desk.locator("body[data-heard=yes][data-stream=live]")).to_have_count(1, timeout=10_000)
    finally:
        someone.post(f"/appointments/{held['id']}/cancel")
