"""Connections for the few hot statements: each statement commits itself, and is planned once a connection.

A pool of their own, because a ROLLBACK makes the driver forget every prepared statement of its connection, and planning
a join of nine tables takes far longer than running it. The driver is spoken to as it is: reading the names of the
columns anew for each row was a tenth of a booking. Nothing is asked before a statement whether the connection still
lives: whoever uses one goes the ordinary way when it does not. Speed.md §1.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from flask import Flask, current_app
from psycopg.rows import namedtuple_row
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from backend.store.db import db, engine_options

_EXTENSION = "liandong_hot_engine"

Ask = Callable[[str, Mapping[str, Any]], Any]
"""Runs a statement in the driver's own words with its values; returns the one row, its columns by name, or None."""

FAILED = (psycopg.Error, DBAPIError, PoolTimeout)
"""What may be raised while asking: nothing is known then of what was written."""


def install(app: Flask) -> None:
    """Give an app its pool, which is closed together with the ordinary one. Call inside an app context."""
    engine = create_engine(app.config["SQLALCHEMY_DATABASE_URI"], **_options(app.config["SETTINGS"].pool_size))
    app.extensions[_EXTENSION] = engine

    @event.listens_for(db.engine, "engine_disposed")
    def close(_: Engine) -> None:
        engine.dispose()


@contextmanager
def connection() -> Iterator[Ask]:
    """Lend a connection in autocommit. Raises one of FAILED, when all are lent for a second among others."""
    engine: Engine = current_app.extensions[_EXTENSION]
    lent = engine.raw_connection()
    driver: psycopg.Connection[Any] = lent.driver_connection  # type: ignore[assignment]
    try:
        yield lambda words, values: driver.execute(words, values).fetchone()
    finally:
        if driver.closed:
            lent.invalidate()
        lent.close()


def _options(pool_size: int) -> dict[str, Any]:
    options = engine_options(pool_size)
    arguments = dict(options["connect_args"])
    arguments["options"] += " -c plan_cache_mode=force_generic_plan"
    arguments["prepare_threshold"] = 1
    arguments["row_factory"] = namedtuple_row
    return options | {
        "isolation_level": "AUTOCOMMIT",
        "max_overflow": 0,
        "pool_pre_ping": False,
        "pool_reset_on_return": None,
        "pool_timeout": 1,
        "pool_use_lifo": True,
        "connect_args": arguments,
    }
