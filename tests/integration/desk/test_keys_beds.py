"""Hands on the keyboard at the beds: a key acts on the chosen row's case, and the next row is chosen."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from backend.booking import beds
from backend.kernel.roles import Role
from backend.store.db import transaction
from tests.factories import Person
from tests.integration.booking import beds_rig
from tests.integration.booking.beds_rig import HOSPITALS, asked, empty_wards, fresh_bed, in_days, status
from tests.integration.desk.keyboard import after, chosen, press_to

Open = Callable[[Person, str], Page]


@pytest.fixture
def clerk(app: Flask) -> Person:
    empty_wards(app)
    return beds_rig.staff(app, Role.DESK_CLERK, HOSPITALS["xinmi"])


def settle(page: Page, bed_id: str) -> None:
    expect(page.locator("#case")).to_have_attribute("aria-busy", "false")
    expect(page.locator(f'#case form[hx-post="/desk/beds/{bed_id}/hold"]')).to_have_count(1)


def test_a_bed_is_kept_and_a_wait_is_said_without_the_mouse(app: Flask, clerk: Person, open_page: Open) -> None:
    first, second, third = (asked(app, department="neurology") for _ in range(3))
    with app.app_context(), transaction():
        until = in_days(3)
        beds.wait(clerk.actor(), third, until, 1)
    page, bed = open_page(clerk, "/desk/beds"), fresh_bed()
    press_to(page, str(first))
    settle(page, str(first))
    below = after(page, str(first))
    assert below == str(second)
    page.keyboard.press("Enter")
    page.keyboard.type(bed.removesuffix(" 床"))
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text(f"床留好了：{bed}")
    settle(page, str(second))
    assert chosen(page) == str(second), "the hand goes on to the next"
    field = page.locator('#wait input[name="expected_on"]')
    for _ in range(50):  # a press in the first moment was meant for the one before, and does nothing
        page.keyboard.press("w")
        if field.is_visible():
            break
        page.wait_for_timeout(200)
    expect(field).to_be_focused()
    field.fill(until.isoformat())
    field.press("Enter")
    expect(page.locator("#said")).to_contain_text("已经告诉病人和对方医生")
    # Who waits stays chosen, shown as it is now; the arrows go on from there.
    expect(page.locator("#case")).to_contain_text("等床，预计")
    page.keyboard.press("ArrowDown")
    settle(page, str(third))
    assert chosen(page) == str(third)
    with app.app_context(), transaction():
        assert [status(one) for one in (first, second, third)] == ["held", "waiting", "waiting"]
