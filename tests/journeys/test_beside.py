"""A family doctor books for the old patient beside them, who has no phone: read aloud, and printed to take along."""

from typing import Any

from playwright.sync_api import expect

from tests.journeys.caller import Caller
from tests.journeys.cast import CASTS
from tests.journeys.conftest import People
from tests.journeys.doctoring import Shot
from tests.journeys.house import House

CAST = CASTS["mangshi"]


def old_one(house: House) -> dict[str, Any]:
    """Somebody old of the doctor's own who is on no WeChat and has nothing booked."""
    doctor = Caller(house, CAST.family_doctor, CAST.county)
    for one in doctor.get("/residents?limit=100")["items"]:
        if one["birth_year"] < 1958 and not one["namesake"] and not one["conditions"]:
            shown = doctor.get(f"/residents/{one['id']}")
            if not shown["on_wechat"] and "order.write" in shown["actions"]:
                return dict(shown)
    raise AssertionError("nobody old without WeChat")


def test_the_doctor_books_beside_the_patient_reads_aloud_and_prints(house: House, people: People, shot: Shot) -> None:
    patient = old_one(house)
    page = people.phone(CAST.family_doctor, CAST.county, "pages/people/index")
    page.get_by_label("找谁").fill(f"{patient['name']} {patient['birth_year']}")
    page.get_by_text(f"{patient['birth_year']}年生").first.click()
    expect(page.get_by_text("您看了这份资料")).to_be_visible()
    shot(page, "mangshi-beside-person")
    page.get_by_text("帮忙挂号").click()
    page.get_by_test_id(f"house-{CAST.hospital}").click()
    page.get_by_test_id("department-respiratory").click()
    expect(page.get_by_text(f"给 {patient['name']}")).to_be_visible()
    shot(page, "mangshi-beside-times")
    page.locator("[data-testid^=time-]:not([aria-disabled=true])").first.click()
    expect(page.get_by_test_id("aloud")).to_contain_text(patient["name"])
    page.get_by_test_id("confirm").click()
    expect(page.get_by_test_id("code")).to_be_visible()
    aloud = page.get_by_test_id("aloud")
    expect(aloud).to_contain_text("带上")
    shot(page, "mangshi-beside-aloud")
    with page.expect_download() as paper:
        page.get_by_test_id("slip").click()
    assert paper.value.path().read_bytes().startswith(b"%PDF")

    # The next day somebody rings: another time, asked about before it moves.
    page.get_by_test_id("move").click()
    page.locator("[data-testid^=time-]:not([aria-disabled=true])").last.click()
    expect(page.get_by_test_id("move-from")).to_be_visible()
    expect(page.get_by_test_id("move-to")).to_be_visible()
    shot(page, "mangshi-beside-move")
    old = page.get_by_test_id("move-from").inner_text()
    page.get_by_test_id("move-not").click()
    expect(page.get_by_test_id("move-to")).to_have_count(0)
    page.locator("[data-testid^=time-]:not([aria-disabled=true])").last.click()
    new = page.get_by_test_id("move-to").inner_text()
    page.get_by_test_id("move-sure").click()
    expect(page.get_by_test_id("place-time")).to_have_text(new)
    assert new != old
    shot(page, "mangshi-beside-moved")
    mine = Caller(house, CAST.family_doctor, CAST.county).get("/appointments")["items"]
    [one] = [one for one in mine if one["person"]["name"] == patient["name"] and one["status"] == "booked"]
    assert one["by_doctor"]
