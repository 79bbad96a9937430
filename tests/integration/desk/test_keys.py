"""Hands on the keyboard, in a real browser: every deed by its key, and a list that never loses its place."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect

from tests.factories import Person
from tests.integration.desk.keyboard import after, chosen, press_to
from tests.integration.referrals.rig import Cast, make_cast


@pytest.fixture
def open_desk(open_page: Callable[[Person, str], Page]) -> Callable[[Cast], Page]:
    """Opens the answer list as the clerk of a cast."""
    return lambda cast: open_page(cast.clerk, "/desk/answers")


@pytest.fixture
def waiting(app: Flask, xinmi: Cast) -> list[tuple[Cast, str]]:
    """Three questions for one hospital and a fourth below them, in the order in which they are due."""
    casts = [xinmi, *(make_cast(app, "xinmi") for _ in range(3))]
    return [(cast, cast.submitted()) for cast in casts][:3]


def settle(page: Page, referral: str) -> None:
    """The case beside the list is that of the chosen row, and its keys work."""
    expect(page.locator("#case")).to_have_attribute("aria-busy", "false")
    expect(page.locator(f'#case [hx-post="/desk/answers/{referral}/accept"]').first).to_be_visible()


def go_to(page: Page, referral: str) -> None:
    press_to(page, referral)
    settle(page, referral)


def test_down_to_a_row_enter_and_the_next_one_is_chosen(
    waiting: list[tuple[Cast, str]], open_desk: Callable[[Cast], Page]
) -> None:
    (cast, first), (other, second), _ = waiting
    page = open_desk(cast)
    go_to(page, first)
    below = after(page, first)
    page.keyboard.press("Enter")
    expect(page.locator(f'tr[data-id="{first}"]')).to_have_count(0)
    expect(page.locator("#said")).to_contain_text("可以来")
    settle(page, below)
    assert chosen(page) == below
    assert cast.read(first)["answer"]["status"] == "accepted"
    assert other.read(second)["answer"]["status"] == "asked"


def test_a_live_update_moves_neither_the_choice_nor_the_marks(
    waiting: list[tuple[Cast, str]], open_desk: Callable[[Cast], Page]
) -> None:
    (other, first), (_, second), (_, third) = waiting
    page = open_desk(waiting[0][0])
    go_to(page, third)
    page.keyboard.press("Space")
    go_to(page, second)
    page.keyboard.press("Space")
    assert other.accept(first).status_code == 200
    page.evaluate("htmx.trigger(document.body, 'refresh')")
    expect(page.locator(f'tr[data-id="{first}"]')).to_have_count(0)
    assert chosen(page) == second
    expect(page.locator("#list input[name=many]:checked")).to_have_count(2)
    settle(page, second)
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("2 位")
    expect(page.locator(f'tr[data-id="{third}"]')).to_have_count(0)


def test_a_key_never_acts_on_a_case_that_is_not_the_chosen_ones(
    waiting: list[tuple[Cast, str]], open_desk: Callable[[Cast], Page]
) -> None:
    cast, first = waiting[0]
    page = open_desk(cast)
    go_to(page, first)
    second = after(page, first)
    held: list[Route] = []

    def hold(route: Route) -> None:  # Playwright marks its handlers, which a builtin does not bear
        held.append(route)

    page.route(f"**/desk/answers/{second}", hold)
    page.keyboard.press("ArrowDown")
    assert chosen(page) == second
    page.keyboard.press("Enter")  # the case beside the list is still that of the first one
    page.wait_for_timeout(1000)
    assert cast.read(first)["answer"]["status"] == "asked"
    # Back up while that answer is on its way: it comes too late and covers nothing.
    page.keyboard.press("ArrowUp")
    settle(page, first)
    for route in held:
        route.continue_()
    page.wait_for_timeout(1000)
    settle(page, first)


def test_a_refusal_stands_on_the_page_and_escape_puts_it_away(
    waiting: list[tuple[Cast, str]], open_desk: Callable[[Cast], Page]
) -> None:
    (cast, first), *_ = waiting
    page = open_desk(cast)
    go_to(page, first)
    assert cast.accept(first).status_code == 200
    page.keyboard.press("Enter")
    expect(page.locator("#problem")).to_contain_text("已经答复")
    page.keyboard.press("Escape")
    expect(page.locator("#problem")).to_be_empty()


def test_another_time_is_given_without_the_mouse(
    waiting: list[tuple[Cast, str]], open_desk: Callable[[Cast], Page]
) -> None:
    (cast, first), *_ = waiting
    page = open_desk(cast)
    go_to(page, first)
    page.keyboard.press("t")
    day = page.locator("#another-time input[name=day]")
    expect(day).to_be_focused()
    day.fill("2026-12-24")
    page.keyboard.press("Enter")
    expect(page.locator(f'tr[data-id="{first}"]')).to_have_count(0)
    assert cast.read(first)["wanted_on"] == "2026-12-24"
