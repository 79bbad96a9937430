"""The cast of a referral in each county on a working morning; and a world of every standing, made once a worker."""

from pathlib import Path

import pytest
from flask import Flask

from tests.integration.permissions.world import World, make_worlds
from tests.integration.referrals.conftest import cast, morning

__all__ = ["cast", "morning"]


@pytest.fixture(scope="session")
def worlds(app: Flask, fonts: Path) -> dict[str, World]:
    """Both counties' worlds."""
    return make_worlds(app)
