"""An instant as people say it."""

from datetime import datetime

from backend.kernel.clock import SHANGHAI

_WEEKDAYS = "一二三四五六日"


def say(instant: datetime) -> str:
    """Return an instant as people say it: 11月25日 周三 上午 9:20."""
    local = instant.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日 周{_WEEKDAYS[local.weekday()]} {_hour(local)}"


def _hour(local: datetime) -> str:
    """Return the time of day with the part of it that a villager names, as the phone's own pages do."""
    parts = ((6, "凌晨"), (12, "上午"), (13, "中午"), (18, "下午"), (24, "晚上"))
    part = next(word for until, word in parts if local.hour < until)
    return f"{part} {local.hour if local.hour <= 12 else local.hour - 12}:{local:%M}"
