"""The browser journeys: a house of real processes, Chromium at a phone's and at a desk's size."""

import os
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.house import ROOT, House, start

expect.set_options(timeout=20_000)
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
SCREENSHOTS = ROOT / "docs" / "screenshots"


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    """One running house for all journeys, with both counties and the demo people.

    LIANDONG_JOURNEY_STATE and PORT name one that already runs, for whoever writes a journey.
    """
    given = os.environ.get("LIANDONG_JOURNEY_STATE")
    if given:
        yield House(None, int(os.environ["PORT"]), Path(given), Path(given) / "logs" / "processes.log")
        return
    with tempfile.TemporaryDirectory(prefix="liandong-journey-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        running = start(Path(folder))
        try:
            yield running
        finally:
            running.stop()


class People:
    """Opens pages as somebody: each person in a browser context of their own."""

    def __init__(self, house: House, browser: Browser) -> None:
        self.house, self.browser = house, browser
        self._contexts: list[BrowserContext] = []
        self.faults: list[str] = []

    def phone(self, openid: str, county: str, path: str = "") -> Page:
        """The mini-program in somebody's hands, signed in as them."""
        page = self._page(PHONE, touch=True)
        page.goto(f"{self.house.url}/app/#/{path}?as={openid}&county={county}")
        return page

    def stranger(self, path: str) -> Page:
        """A page of the mini-program in the hands of somebody who never signed in."""
        page = self._page(PHONE, touch=True)
        page.goto(f"{self.house.url}/app/#/{path}")
        return page

    def desk(self, path: str = "/desk/") -> Page:
        """A browser at a desk, not signed in."""
        page = self._page(DESK, touch=False)
        page.goto(self.house.url + path)
        return page

    def _page(self, size: dict[str, int], *, touch: bool) -> Page:
        context = self.browser.new_context(
            viewport=size, has_touch=touch, is_mobile=touch, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        context.set_default_timeout(20_000)
        self._contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("request", lambda request: self._inside(request.url))
        return page

    def _inside(self, url: str) -> None:
        if not re.match(r"(https?|ws)://127\.0\.0\.1[:/]|data:|blob:|about:", url):
            self.faults.append(f"asked an outside address: {url}")

    def close(self) -> None:
        for context in self._contexts:
            context.close()


@pytest.fixture
def people(house: House, browser: Browser) -> Iterator[People]:
    """Everybody who opens a page in this journey; a script error or an outside request fails it."""
    gathered = People(house, browser)
    yield gathered
    gathered.close()
    assert gathered.faults == []


IN_LARGE = re.compile(r"home|status|today|consent|village|desk-(?:xinmi|mangshi)$")
"""Main pages whose large-font look stands in docs/ too."""
_LARGE = """large => {
  document.documentElement.dataset.text = large ? 'large' : '';
  for (const root of document.querySelectorAll('.ld-root')) {
    root.style.setProperty('--scale', large ? '1.35' : '1');
    root.style.setProperty('--tab-scale', large ? '1.2' : '1');
  }
}"""


@pytest.fixture(scope="session")
def shot(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Page, str], None]:
    """Takes a small screenshot: into docs/ when LIANDONG_SCREENSHOTS is set, else only to look at.

    Whatever is shown, in the ordinary and in the large letters, is never wider than the screen.
    """
    folder = SCREENSHOTS if os.environ.get("LIANDONG_SCREENSHOTS") else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)

    def take(page: Page, name: str) -> None:
        page.wait_for_timeout(300)
        page.screenshot(path=folder / f"{name}.png", scale="css")
        page.evaluate(_LARGE, True)
        page.wait_for_timeout(200)
        if IN_LARGE.search(name):
            page.screenshot(path=folder / f"{name}-large.png", scale="css")
        wide, room = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        page.evaluate(_LARGE, False)
        assert wide <= room, f"{name}: {wide} px wide in large letters, the screen has {room}"

    return take
