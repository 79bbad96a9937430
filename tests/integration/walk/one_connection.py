"""Every session of this process on one connection: what the product commits is a savepoint of ours, and goes again."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import flask_sqlalchemy.session
from flask import Flask
from psycopg.rows import namedtuple_row
from sqlalchemy import Connection

from backend.store import hot
from backend.store.db import db


@contextmanager
def one_connection(app: Flask) -> Iterator[Connection]:
    """Lend the connection; at the end nothing was ever written. Begin a savepoint before anything is asked."""
    kept, lent = flask_sqlalchemy.session.Session.get_bind, hot.connection
    with app.app_context():
        engine = db.engine
    with engine.connect() as connection:
        whole = connection.begin()
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")

        @contextmanager
        def hot_too() -> Iterator[hot.Ask]:
            # In plain words, for a session may be opened inside; and ended here, or its end would take this with it.
            connection.exec_driver_sql("SAVEPOINT hot")
            try:
                driver: Any = connection.connection.driver_connection
                yield lambda words, values: driver.cursor(row_factory=namedtuple_row).execute(words, values).fetchone()
                db.session.commit()
            except BaseException:
                db.session.rollback()
                connection.exec_driver_sql("ROLLBACK TO SAVEPOINT hot")
                raise

        flask_sqlalchemy.session.Session.get_bind = lambda *_, **__: connection  # type: ignore[assignment,method-assign]
        hot.connection = hot_too
        try:
            yield connection
        finally:
            flask_sqlalchemy.session.Session.get_bind = kept  # type: ignore[method-assign]
            hot.connection = lent
            whole.rollback()
