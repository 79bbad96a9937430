"""A world that stands still: each request runs for real and is undone, and it is known what it would have written."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import flask_sqlalchemy.session
from flask import Flask
from sqlalchemy import Connection, event
from sqlalchemy.orm import Session

from backend.store import hot
from backend.store.db import db

_WRITES = re.compile(r"\b(?:INSERT\s+INTO|(?<!FOR )(?<!DO )UPDATE|DELETE\s+FROM)\s+\"?([a-z_]+)")


class Still:
    """One connection under whose transaction the app's own ones are savepoints; `once()` undoes them all."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._open: set[str] = set()
        self.written: set[str] = set()

    @contextmanager
    def once(self) -> Iterator[None]:
        """Undo at the end whatever is written inside; `written` says which tables a commit reached.

        Only inside does every session of this process speak through the one connection: other tests of the worker,
        with threads of their own, come between.
        """
        self.written, self._open = set(), set()
        kept = flask_sqlalchemy.session.Session.get_bind
        flask_sqlalchemy.session.Session.get_bind = lambda *_, **__: self._connection  # type: ignore[assignment,method-assign]
        own, hot.connection = hot.connection, self._hot
        event.listen(Session, "after_commit", self.committed)
        event.listen(Session, "after_rollback", self.rolled_back)
        whole = self._connection.begin()
        self._connection.begin_nested()  # so that a commit of the app only ends a savepoint
        try:
            yield
        finally:
            whole.rollback()
            flask_sqlalchemy.session.Session.get_bind = kept  # type: ignore[method-assign]
            hot.connection = own
            event.remove(Session, "after_commit", self.committed)
            event.remove(Session, "after_rollback", self.rolled_back)

    @contextmanager
    def _hot(self) -> Iterator[hot.Ask]:
        with self._connection.begin_nested():  # a hot statement commits itself, and is undone with the rest
            yield lambda words, values: self._connection.exec_driver_sql(words, dict(values)).one_or_none()
        self.written |= self._open
        self._open = set()

    def saw(self, _c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self._open |= set(_WRITES.findall(statement))

    def committed(self, session: Session) -> None:
        if isinstance(session, flask_sqlalchemy.session.Session):  # a counted try has a session of its own
            self.written |= self._open
            self._open = set()

    def rolled_back(self, _session: Session) -> None:
        self._open = set()


@contextmanager
def standing_still(app: Flask) -> Iterator[Still]:
    """One connection, kept for requests that are undone."""
    with app.app_context():
        engine = db.engine
    with engine.connect() as connection:
        still = Still(connection)
        event.listen(connection, "before_cursor_execute", still.saw)
        yield still
