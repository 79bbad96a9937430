"""Every task that is opened has its words, and every page the server sends somebody to is in the mini-program."""

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from backend.journey.wording import WORDING

ROOT = Path(__file__).parents[2]
APP = ROOT / "miniapp-mock" / "src"
SQL_TASK = re.compile(r"INSERT INTO task \(.*?\)\s*SELECT :county, gen_random_uuid\(\), '([\w.]+)'", re.DOTALL)
PAGE = re.compile(r"/?((?:features/[\w-]+/)?pages/[\w-]+(?:/[\w-]+)*)")
NOT_PAGES = ("/desk/",)


@cache
def modules() -> dict[Path, ast.Module]:
    files = [path for path in (ROOT / "backend").rglob("*.py") if "migrations" not in path.parts]
    return {path: ast.parse(path.read_text()) for path in files}


@cache
def constants() -> dict[str, set[str]]:
    """Every module constant that is a text, by its name: a name may stand in more than one module."""
    found: dict[str, set[str]] = {}
    for module in modules().values():
        for node in module.body:
            if not isinstance(node, ast.Assign):
                continue
            for target in node.targets:
                names = target.elts if isinstance(target, ast.Tuple) else [target]
                values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
                if len(names) != len(values):
                    continue
                for name, value in zip(names, values, strict=True):
                    if isinstance(name, ast.Name) and isinstance(value, ast.Constant) and isinstance(value.value, str):
                        found.setdefault(name.id, set()).add(value.value)
    return found


def functions(module: ast.Module) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(module) if isinstance(node, ast.FunctionDef))


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def opened_kinds() -> tuple[set[str], list[str]]:
    """The kinds given to `open_task`, followed through functions that hand on a kind they were given."""
    places: dict[tuple[str, Path | None], int] = {("open_task", None): 1}
    kinds: set[str] = set()
    while True:
        unclear: list[str] = []
        before = len(places)
        for path, module in modules().items():
            for function in functions(module):
                if function.name == "open_task":
                    continue
                takes = [argument.arg for argument in function.args.args]
                for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
                    place = places.get((called(call), path), places.get((called(call), None)))
                    if place is None:
                        continue
                    named = [keyword.value for keyword in call.keywords if keyword.arg == "kind"]
                    given = named[0] if named else call.args[place]
                    for value in [given.body, given.orelse] if isinstance(given, ast.IfExp) else [given]:
                        name = value.attr if isinstance(value, ast.Attribute) else getattr(value, "id", "")
                        if isinstance(value, ast.Constant):
                            kinds.add(str(value.value))
                        elif name in takes:
                            own = path if function.name.startswith("_") else None
                            places.setdefault((function.name, own), takes.index(name))
                        elif name in constants():
                            kinds |= constants()[name]
                        else:
                            unclear.append(f"{path.relative_to(ROOT)}:{call.lineno}")
        if len(places) == before:
            return kinds, unclear


def kinds_in_sql() -> set[str]:
    return {kind for path in modules() for kind in SQL_TASK.findall(path.read_text())}


def test_every_kind_of_task_has_its_words() -> None:
    kinds, unclear = opened_kinds()
    assert unclear == [], "the kind must be a constant, or handed on by a function of its own"
    assert {"danger_value", "referral.sign", "follow_up_overdue"} <= kinds | kinds_in_sql()
    assert kinds | kinds_in_sql() <= set(WORDING)


def pages_sent_to() -> dict[str, set[str]]:
    """Every page that stands in a text of the back end, and where."""
    found: dict[str, set[str]] = {}
    for path, module in modules().items():
        for node in ast.walk(module):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and not _is_prose(node.value):
                for page in PAGE.findall(node.value):
                    found.setdefault(page, set()).add(str(path.relative_to(ROOT)))
    for words in WORDING.values():
        for page in PAGE.findall(words.page):
            found.setdefault(page, set()).add("wording")
    return found


def _is_prose(text: str) -> bool:
    return any(start in text for start in NOT_PAGES)


def known_pages() -> set[str]:
    base = json.loads((APP / "pages.base.json").read_text())
    pages = {page["path"] for page in base["pages"]}
    for file in (APP / "features").glob("*/feature.json"):
        pages |= {f"features/{file.parent.name}/{page['path']}" for page in json.loads(file.read_text())["pages"]}
    return pages


def test_every_page_somebody_is_sent_to_exists() -> None:
    sent, known = pages_sent_to(), known_pages()
    assert "pages/home/index" in sent
    lost = {page: sorted(where) for page, where in sent.items() if page not in known and _is_built(page)}
    assert lost == {}


def _is_built(page: str) -> bool:
    """A feature whose pages are not drawn at all yet is no broken link: the app shows no button to it."""
    return not page.startswith("features/") or (APP / "features" / page.split("/")[1] / "feature.json").exists()


@pytest.mark.parametrize("kind", sorted(WORDING))
def test_a_button_and_its_page_stand_together(kind: str) -> None:
    words = WORDING[kind]
    assert bool(words.button) == bool(words.page)
