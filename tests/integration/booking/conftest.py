"""An app with enough connections for a rush, beside the usual one."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from backend.app import create_app
from backend.store.db import db
from tests.integration.referrals.conftest import morning

__all__ = ["morning", "rush_app"]


@pytest.fixture(scope="module")
def rush_app(app: Flask) -> Iterator[Flask]:
    """The app again, with a connection for every thread of a race."""
    made = create_app(replace(app.config["SETTINGS"], pool_size=12))
    yield made
    with made.app_context():
        db.engine.dispose()
