"""The walk can fail: each action with one cell taken away or put in, the routes run against the unchanged record."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from backend.kernel.permissions import Relation
from backend.kernel.roles import Role
from backend.store import access
from tests.integration.permissions import oracle
from tests.integration.permissions.oracle import Matrix, relations
from tests.integration.permissions.walk import Walker, kept_as_it_was
from tests.integration.permissions.ways import HOLES, Way, ways_of, with_object
from tests.integration.permissions.world import FAMILY, STAFF, STANDINGS, World

Cell = tuple[str, Role, Relation, Way, str]


def cells_of(ways: list[Way], matrix: Matrix) -> Iterator[Cell]:
    """Every relation of one role of every action that a way asks of an object, and one that no cell of it has."""
    done: set[tuple[str, Role, Relation]] = set()
    for way in ways:
        for kind in HOLES[str(way.hole)]:
            table, action = way.asks(kind)
            if table == "nothing" or ":" in table or action not in matrix:
                continue
            opened = [role for role in matrix[action] if all(role in matrix[door] for door in way.doors)]
            closed = [role for role in STAFF if role not in matrix[action]]
            if way.doors[-1] != action or (way.page and closed and closed[0] not in matrix["desk.open"]):
                closed = []
            wanted = [(opened[0], relation) for relation in matrix[action][opened[0]]] if opened else []
            wanted += [(closed[0], Relation.ANY)] if closed else []
            for role, relation in wanted:
                standings = FAMILY if role is Role.RESIDENT else STANDINGS
                meant = any(relation in relations(table, standing, role) for standing in standings)
                if meant and (action, role, relation) not in done:
                    done.add((action, role, relation))
                    yield action, role, relation, way, kind


def flip(patch: pytest.MonkeyPatch, action: str, role: Role, relation: Relation) -> None:
    """Turn one cell of the running catalogue over."""
    known = access.catalogue.get(action)
    grants = dict(known.grants)
    left = grants.get(role, frozenset()) ^ {relation}
    grants.pop(role, None)
    if left:
        grants[role] = left
    patch.setitem(access.catalogue._by_action, action, replace(known, grants=grants))


def test_every_flipped_cell_is_found(app: Flask, worlds: dict[str, World], monkeypatch: pytest.MonkeyPatch) -> None:
    matrix = oracle.read_record()
    cells = sorted(cells_of(with_object(ways_of(app)), matrix), key=lambda cell: (cell[1], cell[0]))
    survived = []
    with kept_as_it_was(monkeypatch) as commits:
        walker = Walker(worlds["xinmi"], worlds["mangshi"], matrix, commits, every_standing=False)
        for action, role, relation, way, kind in cells:
            walker.wear(role)
            walker.found.wrong.clear()
            with monkeypatch.context() as during:
                flip(during, action, role, relation)
                walker.try_one(way, role, kind)
            if not walker.found.wrong:
                survived.append(f"{action}: {relation} of {role} by {way.name}")
    print(f"{len(cells)} cells turned over, {len(survived)} not found")  # noqa: T201  the figure of the run
    assert len(cells) > 100
    assert survived == [], survived


def test_a_flipped_cell_no_longer_fits_the_record(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    before = oracle.write_record(oracle.record_of(access.catalogue))
    flip(monkeypatch, "contract.read", Role.BUREAU, Relation.ANY)
    assert oracle.write_record(oracle.record_of(access.catalogue)) != before
