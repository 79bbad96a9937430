"""Hands on the keyboard at the lists of booking: a key acts on the chosen row's case, or on nothing."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect
from sqlalchemy import update

from backend.booking.models import Appointment
from backend.kernel.roles import Role
from backend.store import clock
from backend.store.db import transaction
from tests import factories
from tests.factories import Person
from tests.integration.booking.test_door import on_today
from tests.integration.booking.test_open_places import HOSPITALS, make, row_of, take
from tests.integration.desk.keyboard import after, chosen, press_to
from tests.integration.desk.test_pending import asked
from tests.integration.desk.test_waiting import offered

Open = Callable[[Person, str], Page]


@pytest.fixture
def clerk(app: Flask) -> Person:
    return factories.staff_person(app, HOSPITALS["xinmi"], Role.DESK_CLERK)[0]


@pytest.fixture
def waiting(app: Flask) -> list[str]:
    """Three places that wait for the desk and a fourth below them, due before all others."""
    made = [asked(app, slot)[0] for slot in make(app, 4, department="urology")]
    with app.app_context(), transaction() as current:
        for number, one in enumerate(made):
            by = clock.now(current) - timedelta(days=9 - number)
            current.execute(update(Appointment).where(Appointment.id == UUID(one)).values(confirm_by=by))
    return made[:3]


def status(app: Flask, appointment: str) -> str:
    with app.app_context(), transaction():
        return row_of(appointment).status


def settle(page: Page, appointment: str) -> None:
    """The case beside the list is that of the chosen row, and its keys work."""
    expect(page.locator("#case")).to_have_attribute("aria-busy", "false")
    expect(page.locator(f'#case [hx-post="/desk/bookings/{appointment}/grant"]')).to_be_visible()


def go_to(page: Page, appointment: str) -> None:
    press_to(page, appointment)
    settle(page, appointment)


def test_enter_confirms_the_chosen_one_and_the_next_is_chosen(
    app: Flask, clerk: Person, waiting: list[str], open_page: Open
) -> None:
    first, *_ = waiting
    page = open_page(clerk, "/desk/pending")
    go_to(page, first)
    below = after(page, first)
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("确认了")
    expect(page.locator(f'tr[data-id="{first}"]')).to_have_count(0)
    settle(page, below)
    assert chosen(page) == below
    assert (status(app, first), status(app, below)) == ("booked", "pending")


def test_several_are_marked_and_confirmed_with_one_key(
    app: Flask, clerk: Person, waiting: list[str], open_page: Open
) -> None:
    first, second, third = waiting
    page = open_page(clerk, "/desk/pending")
    for one in (second, first):
        go_to(page, one)
        page.keyboard.press("Space")
    page.evaluate("htmx.trigger(document.body, 'refresh')")
    expect(page.locator("#list input[name=many]:checked")).to_have_count(2)
    settle(page, first)
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("2 位都确认了")
    expect(page.locator(f'tr[data-id="{second}"]')).to_have_count(0)
    assert [status(app, one) for one in waiting] == ["booked", "booked", "pending"]
    assert third


def test_a_key_does_nothing_while_the_chosen_case_is_on_its_way(
    app: Flask, clerk: Person, waiting: list[str], open_page: Open
) -> None:
    first, *_ = waiting
    page = open_page(clerk, "/desk/pending")
    go_to(page, first)
    second = after(page, first)
    held: list[Route] = []

    def hold(route: Route) -> None:  # Playwright marks its handlers, which a builtin does not bear
        held.append(route)

    page.route(f"**/desk/bookings/{second}", hold)
    page.keyboard.press("ArrowDown")
    assert chosen(page) == second
    page.keyboard.press("Enter")
    page.keyboard.press("d")
    page.wait_for_timeout(1000)
    assert (status(app, first), status(app, second)) == ("pending", "pending")
    expect(page.locator("#refuse")).to_be_hidden()
    for route in held:
        route.continue_()
    settle(page, second)


def test_a_refusal_is_made_without_the_mouse(app: Flask, clerk: Person, waiting: list[str], open_page: Open) -> None:
    first, *_ = waiting
    page = open_page(clerk, "/desk/pending")
    go_to(page, first)
    page.keyboard.press("d")
    reason = page.locator("#refuse select[name=reason]")
    expect(reason).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("不能确认")
    expect(page.locator(f'tr[data-id="{first}"]')).to_have_count(0)
    assert status(app, first) == "cancelled"


def test_a_call_is_written_down_with_one_key(app: Flask, clerk: Person, open_page: Open) -> None:
    entry, offer, _ = offered(app, "neurosurgery")
    page = open_page(clerk, "/desk/waiting?department=neurosurgery")
    press_to(page, entry)
    expect(page.locator("#case")).to_have_attribute("aria-busy", "false")
    expect(page.locator(f'#case [hx-post="/desk/waiting/offers/{offer}/call"]').first).to_be_visible()
    page.keyboard.press("u")
    expect(page.locator("#said")).to_contain_text("没打通")
    assert status(app, offer) == "offered"
    page.keyboard.press("y")
    expect(page.locator("#said")).to_contain_text("号归这位病人了")
    expect(page.locator(f'tr[data-id="{entry}"]')).to_have_count(0)
    assert status(app, offer) == "booked"


def test_an_empty_box_at_the_door_leaves_the_keys_to_the_list(app: Flask, clerk: Person, open_page: Open) -> None:
    (slot,) = make(app, 1, department="cardiology")
    mine = take(factories.resident_person(app, "xinmi")[0], slot, confirm=True).json["id"]
    on_today(app, mine)
    page = open_page(clerk, "/desk/arrivals")
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.url) if one.method == "POST" and "/look" in one.url else None)
    expect(page.locator("[data-door] input")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    press_to(page, mine)
    expect(page.locator("#case")).to_have_attribute("aria-busy", "false")
    expect(page.locator("#case .case")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("登记好了")
    assert sent == []
    assert status(app, mine) == "arrived"


def test_what_comes_while_a_list_is_being_swapped_is_told_after_it(clerk: Person, open_page: Open) -> None:
    page = open_page(clerk, "/desk/waiting?department=neurology")
    page.wait_for_function("window.htmx && document.body.dataset.stream")
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if "/desk/waiting?" in one.url else None)
    page.evaluate(
        """() => {
          let once = true;
          document.body.addEventListener('htmx:afterSwap', (event) => {
            if (once && event.detail.target.id === 'list') { once = false; htmx.trigger(document.body, 'refresh'); }
          });
          htmx.trigger(document.body, 'refresh');
        }"""
    )
    page.wait_for_timeout(3000)
    assert len(asked) == 2, "heard, and asked for once"
