"""Calendar months in China, as a page and as a query see them."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_

from backend.kernel.clock import SHANGHAI


def month_end(month: date) -> date:
    """Return the last day of a month."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def next_month(month: date) -> date:
    """Return the first day of the month after."""
    return month_end(month) + timedelta(days=1)


def months_back(month: date, count: int) -> list[date]:
    """Return the first days of so many months ending with this one, the oldest first."""
    found = [month]
    while len(found) < count:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found[::-1]


def within(column: Any, month: date) -> ColumnElement[bool]:
    """Return the WHERE of instants inside a month."""

    def start(day: date) -> datetime:
        return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)

    return and_(column >= start(month), column < start(next_month(month)))
