"""One world for all sweeps of this folder, and the way into every operation."""

from collections.abc import Iterator

import pytest

from tests.integration.badinput.making import made_world
from tests.integration.badinput.world import Entrance, World, entrance, operations


@pytest.fixture(scope="package")
def world(app, fonts) -> Iterator[World]:
    """People and things of one county, standing still."""
    with made_world(app) as made:
        yield made


@pytest.fixture(scope="package")
def entrances(app, world: World) -> list[Entrance]:
    """The best way into each operation of the API."""
    return [entrance(world, *one) for one in operations(app)]
