"""A stand-in with three people in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.platform.standin import PEOPLE, StandIn, start


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[StandIn]:
    running = start(tmp_path)
    try:
        running.ask("/mock/people", {"people": PEOPLE})
        yield running
    finally:
        running.stop()
