"""The house keeps its own rules: routes, events, ticks, statuses, names, sizes."""

import ast
import importlib
import pkgutil
import re
from enum import StrEnum
from pathlib import Path

import pytest
from flask import Flask

from backend.jobs.ticks import TICKS
from backend.kernel.events import Event
from backend.kernel.roles import Role
from backend.kernel.states import Transitions
from backend.store import access, events
from backend.store.base import Base
from backend.store.tables import import_all_models

ROOT = Path(__file__).parents[2]
BACKEND = ROOT / "backend"
SOURCES = sorted(path for path in BACKEND.rglob("*.py") if "versions" not in path.parts)
OPEN_PATHS = {"/", "/healthz", "/readyz", "/metrics", "/static/<path:filename>", "/api/openapi.json", "/api/docs"}
"""Pages that show nothing of anybody, and say so here."""
OPEN_PATHS |= {"/favicon.ico", "/app", "/app/", "/app/environment.json", "/app/<path:name>"}
OPEN_PATHS |= {"/wechat/callback/<county>"}  # WeChat itself, known by its signature


def every_module() -> list[object]:
    import backend

    names = [module.name for module in pkgutil.walk_packages(backend.__path__, "backend.")]
    return [
        importlib.import_module(name)
        for name in names
        if not name.startswith(("backend.migrations", "backend.chat_app"))
    ]


def test_every_route_declares_who_may(app: Flask) -> None:
    unmapped = []
    for rule in app.url_map.iter_rules():
        declared = getattr(app.view_functions[rule.endpoint], "operation", None)
        if declared is None:
            if rule.rule not in OPEN_PATHS:
                unmapped.append(rule.rule)
        elif not declared.public:
            access.catalogue.get(declared.action)
    assert unmapped == []


def test_every_permission_is_used_somewhere(app: Flask) -> None:
    text = "\n".join(path.read_text() for path in SOURCES if path.name != "permissions.py")
    unused = [p.action for p in access.catalogue.all() if f'"{p.action}"' not in text]
    assert unused == []


def test_every_after_event_has_a_handler_of_ours(app: Flask) -> None:
    for kind in events.after_kinds():
        assert kind.startswith("event:")
    enqueued = set()
    for path in SOURCES:
        for call in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)):
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            if name == "enqueue" and len(call.args) > 2 and isinstance(call.args[2], ast.Constant):
                enqueued.add(call.args[2].value)
    missing = enqueued - set(app.extensions["outbox_handlers"])
    assert missing == set()


def test_every_event_is_told_to_somebody_or_said_to_be_news_only() -> None:
    from backend.subscriptions import NEWS_ONLY, SUBSCRIPTIONS

    every_module()
    told = {line.event for line in SUBSCRIPTIONS}
    silent = {kind.__name__ for kind in _subclasses(Event)} - {kind.__name__ for kind in told}
    assert silent == {kind.__name__ for kind in NEWS_ONLY}


def _subclasses(kind: type) -> set[type]:
    found = set(kind.__subclasses__())
    return {
        one for one in found | {deep for one in found for deep in _subclasses(one)} if "tests" not in one.__module__
    }


@pytest.mark.parametrize("tick", TICKS, ids=lambda tick: tick.name)
def test_a_tick_run_again_at_once_does_nothing_more(app: Flask, tick) -> None:
    from backend.alliance.queries import county_ids
    from backend.store.db import transaction

    with app.app_context():
        with transaction() as current:
            counties = county_ids(current)
        for county_id in counties:
            with transaction() as current:
                tick.run(current, county_id)
            with transaction() as current:
                assert tick.run(current, county_id) == 0


def test_statuses_are_only_written_from_a_table() -> None:
    """`x.status = …` must be what a Transitions table returned, in the same function."""
    wrong = []
    for path in SOURCES:
        tree = ast.parse(path.read_text())
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            followed = _names_from_next(function)
            for node in ast.walk(function):
                if isinstance(node, ast.Assign):
                    wrong += [
                        f"{path.relative_to(ROOT)}:{node.lineno}"
                        for target, value in _pairs(node)
                        if isinstance(target, ast.Attribute)
                        and re.fullmatch(r"(?:\w+_)?status", target.attr)
                        and not _is_followed(value, followed)
                    ]
    assert wrong == []


def _names_from_next(function: ast.FunctionDef) -> set[str]:
    names = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and _is_next(node.value):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


def _is_next(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "next"


def _is_followed(value: ast.expr, names: set[str]) -> bool:
    return _is_next(value) or (isinstance(value, ast.Name) and value.id in names)


def _pairs(node: ast.Assign) -> list[tuple[ast.expr, ast.expr]]:
    target = node.targets[0]
    if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
        return list(zip(target.elts, node.value.elts, strict=True))
    return [(target, node.value)]


def test_every_status_can_be_reached() -> None:
    for module in every_module():
        for table in (value for value in vars(module).values() if isinstance(value, Transitions)):
            kind = type(next(iter(table.start)))
            assert table.statuses() == frozenset(kind), f"{table.entity}: {set(kind) - table.statuses()}"


def test_files_stay_rooms_one_can_live_in() -> None:
    long = [f"{path.relative_to(ROOT)}: {n}" for path in SOURCES if (n := len(path.read_text().splitlines())) > 300]
    assert long == []


def test_no_drawer_is_called_miscellaneous() -> None:
    banned = re.compile(r"(manager|helper|util|common|misc)", re.IGNORECASE)
    names = [str(path.relative_to(ROOT)) for path in SOURCES if banned.search(path.stem)]
    for path in SOURCES:
        names += [
            f"{path.relative_to(ROOT)}:{node.name}"
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.ClassDef) and banned.search(node.name)
        ]
    assert names == []


def test_the_glossary_knows_every_table_and_every_status() -> None:
    import_all_models()
    text = (ROOT / "docs" / "glossary.md").read_text()
    words = set(re.findall(r"`([a-z_]+)`", text))
    missing = {table.name for table in Base.metadata.sorted_tables} | {str(role) for role in Role}
    missing -= words
    for module in every_module():
        if module.__name__.endswith(".states"):  # type: ignore[attr-defined]
            for value in vars(module).values():
                if isinstance(value, type) and issubclass(value, StrEnum) and value.__name__.endswith("Status"):
                    missing |= {str(member) for member in value} - words
    assert missing == set()


def test_a_tables_key_begins_with_the_county() -> None:
    import_all_models()
    for table in Base.metadata.sorted_tables:
        if table.name != "domain_clock":
            assert next(iter(table.primary_key.columns)).name == "county_id", table.name


def test_test_functions_are_really_collected() -> None:
    """A function that looks like a test but lacks the prefix never runs."""
    strange = []
    for path in (ROOT / "tests").rglob("test_*.py"):
        tree = ast.parse(path.read_text())
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and any(isinstance(inner, ast.Assert) for inner in ast.walk(node)):
                called = len(re.findall(rf"\b{node.name}\b", path.read_text())) > 1
                if not node.name.startswith("test_") and not called and not node.decorator_list:
                    strange.append(f"{path.name}:{node.name}")
    assert strange == []
