"""Connections for the few hot statements: each statement commits itself, and is planned once a connection.

A pool of their own, because a ROLLBACK makes the driver forget every prepared statement of its connection, and planning
a join of nine tables takes far longer than running it. Nothing is asked before a statement whether the connection still
lives: whoever uses one goes the ordinary way when it does not. Speed.md §1.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, current_app
from sqlalchemy import Connection, Engine, create_engine, event

from backend.store.db import db, engine_options

_EXTENSION = "liandong_hot_engine"


def install(app: Flask) -> None:
    """Give an app its pool, which is closed together with the ordinary one. Call inside an app context."""
    engine = create_engine(app.config["SQLALCHEMY_DATABASE_URI"], **_options(app.config["SETTINGS"].pool_size))
    app.extensions[_EXTENSION] = engine

    @event.listens_for(db.engine, "engine_disposed")
    def close(_: Engine) -> None:
        engine.dispose()


@contextmanager
def connection() -> Iterator[Connection]:
    """Lend a connection in autocommit. Raises SQLAlchemy's TimeoutError when all are lent for a second."""
    engine: Engine = current_app.extensions[_EXTENSION]
    with engine.connect() as lent:
        yield lent


def _options(pool_size: int) -> dict[str, Any]:
    options = engine_options(pool_size)
    arguments = dict(options["connect_args"])
    arguments["options"] += " -c plan_cache_mode=force_generic_plan"
    arguments["prepare_threshold"] = 1
    return options | {
        "isolation_level": "AUTOCOMMIT",
        "max_overflow": 0,
        "pool_pre_ping": False,
        "pool_reset_on_return": None,
        "pool_timeout": 1,
        "pool_use_lifo": True,
        "connect_args": arguments,
    }
