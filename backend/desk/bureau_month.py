"""Which month a page of the bureau is about: the one that is asked for, else the newest with a list."""

from datetime import date

from backend.desk.forms import text
from backend.kernel.clock import local_day
from backend.kernel.errors import Invalid
from backend.kernel.roles import Actor
from backend.oversight.figures import newest_list
from backend.oversight.months import months_back
from backend.store import clock

OFFERED = 36


def month_of(actor: Actor) -> date:
    """Return the month of a page. Raises Invalid for one that is none, or to come."""
    given = text("month", 7)
    today = local_day(clock.now()).replace(day=1)
    if not given:
        # Whoever opens the page sees figures: the newest whole month with a list, else the last one.
        last = months_back(today, 2)[0]
        return newest_list(actor.county_id, last) or last
    try:
        month = date.fromisoformat(f"{given}-01")
    except ValueError as error:
        raise Invalid("no_month", "月份不对，请从列表里选。") from error
    if month > today or month.year < 2000:
        raise Invalid("no_month", "还没有这个月的数，请选以前的月份。")
    return month


def months_offered() -> list[date]:
    """Return the months that a page lets one choose, the newest first."""
    return months_back(local_day(clock.now()).replace(day=1), OFFERED)[::-1]
