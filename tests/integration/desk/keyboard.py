"""A real browser at the desk, signed in as a clerk: for what hands on the keyboard do."""

import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from backend.people.models import Account
from backend.store.db import transaction
from backend.web.auth import DESK_COOKIE
from launcher import console
from tests import factories
from tests.factories import Person
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
def open_page(app: Flask, browser: Browser, address: str) -> Iterator[Callable[[Person, str], Page]]:
    """Opens a page as somebody; a script error or an outside request fails the test."""
    context = browser.new_context(viewport=DESK, locale="zh-CN", timezone_id="Asia/Shanghai")
    context.set_default_timeout(15_000)
    faults: list[str] = []

    def go(who: Person, path: str) -> Page:
        with app.app_context(), transaction() as current:
            account = current.get(Account, (who.county_id, who.account_id))
            assert account is not None
        token = factories.sign_in(app, account, kind="desk").token
        context.add_cookies([{"name": DESK_COOKIE, "value": token, "url": address}])
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda asked: faults.append(asked.url) if "127.0.0.1" not in asked.url else None)
        page.goto(f"{address}{path}")
        return page

    yield go
    context.close()
    assert faults == []


def chosen(page: Page) -> str | None:
    return page.locator('#list tr[aria-selected="true"]').first.get_attribute("data-id")


def after(page: Page, one: str) -> str:
    """The row below: rows of other tests may stand between ours."""
    rows = [str(row.get_attribute("data-id")) for row in page.locator("#list tr[data-id]").all()]
    return rows[rows.index(one) + 1]


def press_to(page: Page, one: str) -> None:
    """Press the arrow until the row is chosen, as a hand would: down to the end, then up again."""
    rows = page.locator("#list tr[data-id]").count()
    for key in ["ArrowDown"] * rows + ["ArrowUp"] * rows:
        if chosen(page) == one:
            break
        page.keyboard.press(key)
    assert chosen(page) == one
