"""Every route, every role, every standing, against the record: what is written in no cell is refused without a word."""

import pytest
from flask import Flask

from backend.kernel.roles import Role
from backend.store import access
from tests.integration.permissions import oracle
from tests.integration.permissions.walk import Walker, kept_as_it_was
from tests.integration.permissions.ways import unmapped, ways_of, with_object
from tests.integration.permissions.world import STAFF, World

ROLES = (Role.RESIDENT, *STAFF)


def test_the_record_is_what_the_rooms_declare(app: Flask) -> None:
    """A changed cell is written twice, here and in its room: `make permissions` writes the record anew."""
    assert oracle.RECORD.read_text(encoding="utf-8") == oracle.write_record(oracle.record_of(access.catalogue))


def test_no_way_is_unmapped(app: Flask) -> None:
    assert unmapped(ways_of(app)) == []


@pytest.mark.parametrize("county", ["xinmi", "mangshi"])
def test_every_way_does_what_the_record_says(
    app: Flask, worlds: dict[str, World], county: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = next(world for name, world in worlds.items() if name != county)
    with kept_as_it_was(monkeypatch) as commits:
        whole = county == "xinmi"  # closed doors and untied standings are the same code in every county
        walker = Walker(worlds[county], other, oracle.read_record(), commits, whole, whole)
        found = walker.walk(with_object(ways_of(app)), ROLES)
    print(f"{county}: {found.cases} cases, {found.allowed} of them allowed, {len(found.wrong)} wrong")  # noqa: T201  the figure of the run
    assert found.wrong == []
