"""Migrations go up, down and up again, and leave no difference to the models; the API document does not drift."""

import json
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from backend.migrations.head import alembic_config
from backend.store.base import Base
from backend.store.tables import import_all_models
from backend.web import openapi

ROOT = Path(__file__).parents[2]


def test_migrations_up_down_up_without_drift(running) -> None:
    url = make_url(running.database_url)
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS updownup"))
        connection.execute(text("CREATE DATABASE updownup"))
    admin.dispose()
    target = url.set(database="updownup").render_as_string(hide_password=False)
    config = alembic_config(target)
    command.upgrade(config, "head")
    command.downgrade(config, "base")
    engine = create_engine(target)
    with engine.connect() as connection:
        left = connection.execute(
            text("SELECT relname FROM pg_class WHERE relkind IN ('r','v') AND relnamespace = 'public'::regnamespace")
        ).scalars()
        assert set(left) == {"alembic_version"}
    command.upgrade(config, "head")
    import_all_models()
    with engine.connect() as connection:
        difference = compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata
        )
    engine.dispose()
    assert difference == []


def test_migrations_are_one_numbered_line() -> None:
    revisions = list(ScriptDirectory.from_config(alembic_config()).walk_revisions())
    assert [r.revision for r in reversed(revisions)] == [f"{n:04d}" for n in range(1, len(revisions) + 1)]


def test_the_api_document_is_the_committed_one(app: Flask) -> None:
    with app.test_request_context():
        now = json.loads(json.dumps(openapi.specification(), ensure_ascii=False))
    kept = json.loads((ROOT / "docs" / "openapi.json").read_text())
    assert now == kept, "docs/openapi.json is behind: run `make openapi`"
