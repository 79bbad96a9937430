"""An assembled app on a migrated database with both counties loaded, for integration tests."""

import base64
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from backend.alliance.service import load_county, read_folder
from backend.app import create_app
from backend.config import Settings
from backend.kernel.clock import SHANGHAI
from backend.store import clock
from backend.store.db import db, transaction
from launcher.fonts import build

COUNTIES = Path(__file__).parents[2] / "counties"


def load_counties(app: Flask) -> None:
    """Load both packs, as `flask county load` does."""
    drafts = [read_folder(COUNTIES / name) for name in ("xinmi", "mangshi")]
    with app.app_context(), transaction() as current:
        for draft in drafts:
            load_county(current, draft, may_replace=True)


@pytest.fixture(scope="session")
def settings(running) -> Settings:
    """Settings of a test process."""
    return Settings(
        database_url=running.database_url,
        redis_url=running.redis_url,
        master_key=base64.b64encode(b"test master key, 32 bytes long!!").decode(),
        embedded=True,
        demo=True,
        wechat_app_id="wx0000000000000000",
        wechat_app_secret="stand-in secret",
    )


@pytest.fixture(scope="session")
def app(settings: Settings) -> Iterator[Flask]:
    """The web app, once a worker."""
    from alembic import command

    from backend.migrations.head import alembic_config

    command.upgrade(alembic_config(settings.database_url), "head")
    made = create_app(settings)
    load_counties(made)
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def fonts() -> Path:
    """The fonts of a PDF, cut as `make run` does."""
    return build()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """An anonymous HTTP client."""
    return app.test_client()


@pytest.fixture
def context(app: Flask) -> Iterator[None]:
    """An app context for tests of services and queries."""
    with app.app_context():
        yield


@pytest.fixture
def turned(app: Flask) -> Iterator[Callable[..., None]]:
    """Turns domain time: `turned(days=3)`, or `turned(hour=10)` to the next time it is ten in China. Put back after."""

    def turn(*, hour: int | None = None, **by: float) -> None:
        with app.app_context(), transaction() as current:
            if hour is not None:
                local = clock.now(current).astimezone(SHANGHAI)
                wanted = local.replace(hour=hour, minute=0, second=0, microsecond=0)
                clock.turn(current, (wanted - local) % timedelta(days=1))
            else:
                clock.turn(current, timedelta(**by))

    yield turn
    with app.app_context(), transaction() as current:
        current.execute(update(clock.DomainClock).values(ahead=timedelta(0)))
