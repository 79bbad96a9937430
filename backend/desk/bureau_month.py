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
    asked = _asked()
    # Whoever opens the page sees figures: the newest whole month with a list, else the last one.
    last = months_back(_running(), 2)[0]
    return asked or newest_list(actor.county_id, last) or last


def month_asked() -> date:
    """Return the month of a page that shows the running one when none is asked for. Raises Invalid as `month_of`."""
    return _asked() or _running()


def _running() -> date:
    return local_day(clock.now()).replace(day=1)


def _asked() -> date | None:
    given = text("month", 7)
    if not given:
        return None
    try:
        month = date.fromisoformat(f"{given}-01")
    except ValueError as error:
        raise Invalid("no_month", "月份不对，请从列表里选。") from error
    if month > _running() or month.year < 2000:
        raise Invalid("no_month", "还没有这个月的数，请选以前的月份。")
    return month


def months_offered() -> list[date]:
    """Return the months that a page lets one choose, the newest first."""
    return months_back(_running(), OFFERED)[::-1]
