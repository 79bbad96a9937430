"""Domain time: one row that Python and SQL both read; outside production it can be turned."""

import time
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, DateTime, SmallInteger, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.kernel.clock import machine_now
from backend.store.base import Base
from backend.store.db import db, session

CREATE_NOW = """
CREATE OR REPLACE FUNCTION liandong_now() RETURNS timestamptz LANGUAGE sql STABLE AS
$$ SELECT now() + coalesce((SELECT ahead FROM domain_clock WHERE id = 1), interval '0') $$
"""
DROP_NOW = "DROP FUNCTION IF EXISTS liandong_now()"


class DomainClock(Base):
    """How far domain time runs ahead of machine time. One row; production keeps it at zero."""

    __tablename__ = "domain_clock"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    ahead: Mapped[timedelta] = mapped_column(server_default=text("interval '0'"))


def sql_now() -> Any:
    """Return domain time as an SQL expression, the same for a whole transaction."""
    return func.liandong_now(type_=DateTime(timezone=True))


def now(current: Session | None = None) -> datetime:
    """Return domain time of the present transaction, read once and kept for it."""
    using = current or session()
    kept: datetime | None = using.info.get("now")
    if kept is None or not using.in_transaction():
        kept = using.scalar(select(sql_now()))
        assert kept is not None
        using.info["now"] = kept
    return kept


_seen: list[tuple[float, timedelta]] = []
LOOK_AGAIN_SECONDS = 1.0


def shown_now() -> datetime:
    """Return domain time for a page's clock, up to a second behind a turn; never used for a decision.

    Every answer carries it, so it must not cost a query each time.
    """
    if not _seen or time.monotonic() - _seen[0][0] > LOOK_AGAIN_SECONDS:
        with db.engine.connect() as connection:
            ahead = connection.scalar(select(DomainClock.ahead)) or timedelta(0)
        _seen[:] = [(time.monotonic(), ahead)]
    return machine_now() + _seen[0][1]


class DatabaseClock:
    """The Clock that services hand to pure rules."""

    def now(self) -> datetime:
        """Return domain time of the present transaction."""
        return now()


def turn(current: Session, by: timedelta) -> datetime:
    """Turn domain time forward for every process, and return the new instant.

    Raises ValueError for going back: dates already acted upon would come again.
    """
    if by < timedelta(0):
        raise ValueError("domain time only turns forward")
    current.execute(text("UPDATE domain_clock SET ahead = ahead + :by WHERE id = 1"), {"by": by})
    current.info.pop("now", None)
    return now(current)
