"""Hands on the keyboard, in a real browser: every deed by its key, and a list that never loses its place."""

import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Route, expect
from werkzeug.serving import make_server

from backend.people.models import Account
from backend.store.db import transaction
from backend.web.auth import DESK_COOKIE
from launcher import console
from tests import factories
from tests.integration.referrals.rig import Cast, make_cast
from tests.journeys.conftest import DESK


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    """The app behind a real port, with what the browser needs in place."""
    console.build()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def open_desk(app: Flask, browser: Browser, address: str) -> Iterator[Callable[[Cast], Page]]:
    """Opens the answer list as the clerk of a cast; a script error or an outside request fails the test."""
    context = browser.new_context(viewport=DESK, locale="zh-CN", timezone_id="Asia/Shanghai")
    context.set_default_timeout(15_000)
    faults: list[str] = []

    def go(cast: Cast) -> Page:
        with app.app_context(), transaction() as current:
            account = current.get(Account, (cast.county, cast.clerk.account_id))
            assert account is not None
        token = factories.sign_in(app, account, kind="desk").token
        context.add_cookies([{"name": DESK_COOKIE, "value": token, "url": address}])
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda asked: faults.append(asked.url) if "127.0.0.1" not in asked.url else None)
        page.goto(f"{address}/desk/answers")
        return page

    yield go
    context.close()
    assert faults == []


@pytest.fixture
def waiting(app: Flask, xinmi: Cast) -> list[tuple[Cast, str]]:
    """Three questions for one hospital and a fourth below them, in the order in which they are due."""
    casts = [xinmi, *(make_cast(app, "xinmi") for _ in range(3))]
    return [(cast, cast.submitted()) for cast in casts][:3]


def chosen(page: Page) -> str | None:
    return page.locator('#list tr[aria-selected="true"]').first.get_attribute("data-id")


def after(page: Page, referral: str) -> str:
    """The row below: questions of other tests may stand between ours."""
    rows = [str(row.get_attribute("data-id")) for row in page.locator("#list tr[data-id]").all()]
    return rows[rows.index(referral) + 1]


def settle(page: Page, referral: str) -> None:
    """The case beside the list is that of the chosen row, and its keys work."""
    expect(page.locator("#case")).to_have_attribute("aria-busy", "false")
    expect(page.locator(f'#case [hx-post="/desk/answers/{referral}/accept"]').first).to_be_visible()


def go_to(page: Page, referral: str) -> None:
    """Press the arrow until the row is chosen, as a hand would: down to the end, then up again."""
    rows = page.locator("#list tr[data-id]").count()
    for key in ["ArrowDown"] * rows + ["ArrowUp"] * rows:
        if chosen(page) == referral:
            break
        page.keyboard.press(key)
    assert chosen(page) == referral
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
