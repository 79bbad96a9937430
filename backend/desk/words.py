"""Times and figures as people at a desk say them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from backend.alliance.working_time import Office
from backend.booking.instants import say
from backend.kernel.clock import SHANGHAI, local_day

WEEKDAYS = "一二三四五六日"
SOON = 30
"""Working minutes; so near a deadline a row is marked."""


@dataclass(frozen=True, slots=True)
class Left:
    """How long until a deadline: as text, and how urgent (`late`, `soon` or nothing)."""

    text: str
    mark: str

    @property
    def pressing(self) -> bool:
        """Say whether it is near or past."""
        return bool(self.mark)


def left(office: Office, now: datetime, due: datetime) -> Left:
    """Return what is left in working time: 12 分, 1 小时 20 分, 明天 9:40, 超 4 分, 昨天 12:00 就到了."""
    if due <= now:
        if local_day(due) != local_day(now):
            return Left(f"{near(due, local_day(now))} 就到了", "late")
        return Left(f"超 {length(office.minutes_between(due, now))}", "late")
    minutes = office.minutes_between(now, due)
    mark = "soon" if minutes <= SOON else ""
    if local_day(due) == local_day(now):
        return Left(length(minutes), mark)
    return Left(near(due, local_day(now)), mark)


def length(minutes: int) -> str:
    """Return a length of time: 40 分, 2 小时, 1 小时 20 分."""
    hours, rest = divmod(minutes, 60)
    if hours == 0:
        return f"{rest} 分"
    return f"{hours} 小时 {rest} 分" if rest else f"{hours} 小时"


def near(instant: datetime, today: date) -> str:
    """Return a near instant: 今天 16:30, 明天 9:40, 明天 凌晨 4:00, 周四 9:40, 12-03 9:40."""
    local = instant.astimezone(SHANGHAI)
    night = "凌晨 " if local.hour < 6 else ""
    return f"{near_day(local.date(), today)} {night}{local:%-H:%M}"


def near_day(day: date, today: date) -> str:
    """Return a near day: 今天, 明天, 周四, 下周一, 12-03."""
    days = (day - today).days
    if days in (-1, 0, 1, 2):
        return {-1: "昨天", 0: "今天", 1: "明天", 2: "后天"}[days]
    if 0 < days < 7 and day.isoweekday() > today.isoweekday():
        return f"周{WEEKDAYS[day.weekday()]}"
    if 0 < days < 14 and (day - timedelta(days=day.weekday()) - (today - timedelta(days=today.weekday()))).days == 7:
        return f"下周{WEEKDAYS[day.weekday()]}"
    return f"{day:%m-%d}"


def clock_time(instant: datetime) -> str:
    """Return the time of day in the county: 9:18."""
    return f"{instant.astimezone(SHANGHAI):%-H:%M}"


def day_of(instant: datetime) -> str:
    """Return the day of an instant in the county: 11-29, also before eight in the morning."""
    return f"{local_day(instant):%m-%d}"


def weekday(day: date) -> str:
    """Return the day of the week: 周四."""
    return f"周{WEEKDAYS[day.weekday()]}"


TEMPLATE_WORDS: dict[str, Callable[..., Any]] = {
    "say": say,
    "hm": clock_time,
    "near": near,
    "near_day": near_day,
    "weekday": weekday,
    "day_of": day_of,
}
"""Filters of the templates."""
