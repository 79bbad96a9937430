"""The session and the one transaction of a use case."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import Session

from backend.store.base import Base

db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


def engine_options(pool_size: int) -> dict[str, Any]:
    """Pools stay small: 64 connections are slower than 16 on two cores (speed.md §1)."""
    return {
        "pool_size": pool_size,
        "max_overflow": 2,
        "pool_pre_ping": True,
        "pool_timeout": 10,
        "hide_parameters": True,  # an error in the log must not carry a name or a number
        "connect_args": {
            "options": "-c lock_timeout=5s -c statement_timeout=30s -c timezone=UTC"
            " -c idle_in_transaction_session_timeout=60s",
            "connect_timeout": 5,
        },
    }


def session() -> Session:
    """Return the session of the present app context."""
    return db.session()


@contextmanager
def transaction() -> Iterator[Session]:
    """Commit what happens inside, or nothing of it. Opened in api, desk and jobs only."""
    current = session()
    current.info.clear()  # kept keys and the kept instant belong to one transaction
    try:
        yield current
        current.commit()
    except BaseException:
        current.rollback()
        raise
    finally:
        # Nobody waits for the network with a session open: the connection goes back now.
        current.close()
        current.info.clear()
