"""The written pages: every link leads somewhere, and the two READMEs tell the same."""

import re

import pytest

from launcher.places import CHECKOUT

PAGES = sorted([*CHECKOUT.glob("*.md"), *(CHECKOUT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)#:]+)\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_every_link_leads_somewhere(page: object) -> None:
    lost = [target for target in LINK.findall(page.read_text()) if not (page.parent / target).exists()]  # type: ignore[attr-defined]
    assert lost == []


def test_both_readmes_tell_the_same_settings_addresses_and_commands() -> None:
    english, chinese = ((CHECKOUT / name).read_text() for name in ("README.md", "README.zh.md"))
    for pattern in (r"`([A-Z][A-Z_]+)`", r"<(http[^>]+)>", r"^make \w+", r"^\| `([a-z-]+)/`"):
        found = [set(re.findall(pattern, text, re.MULTILINE)) for text in (english, chinese)]
        assert found[0] == found[1] != set(), pattern


def test_every_decision_is_listed() -> None:
    folder = CHECKOUT / "docs" / "decisions"
    listed = (folder / "README.md").read_text()
    assert [page.name for page in folder.glob("0*.md") if page.name not in listed] == []
