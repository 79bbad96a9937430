"""Small pieces of what the first pages say: places, days near now, the values measured last."""

from collections.abc import Mapping, Sequence
from datetime import date

from backend.alliance.queries import pack
from backend.kernel.clock import local_day
from backend.records.measures import MEASURES
from backend.records.models import Reading

WEEKDAYS = "一二三四五六日"


def place_name(county_id: str, institution: str) -> str:
    """Return what an institution is called, or its code when the pack of today no longer has it."""
    try:
        return pack(county_id).institutions.institution(institution).name
    except KeyError:
        return institution


def near_day_text(day: date, today: date) -> str:
    """Return 今天, 明天, or the date with its weekday."""
    away = (day - today).days
    if away in (0, 1):
        return ("今天", "明天")[away]
    return f"{day.month}月{day.day}日 周{WEEKDAYS[day.weekday()]}"


def values_text(values: Mapping[str, float]) -> str:
    """Return measured values as people say them: a pressure as one pair, the rest with its name."""
    high, low = values.get("systolic"), values.get("diastolic")
    pair = [f"血压 {high:g}/{low:g}"] if high is not None and low is not None else []
    skipped = {"systolic", "diastolic"} if pair else set()
    rest = [
        f"{MEASURES[code].name if code in MEASURES else ''} {value:g}".strip()
        for code, value in values.items()
        if code not in skipped
    ]
    return "，".join([*pair, *rest])


def last_value_text(readings: Sequence[Reading], today: date) -> str:
    """Return the last values and their day as half a sentence, or nothing where there are none."""
    if not readings:
        return ""
    day = max(local_day(one.taken_at) for one in readings)
    values = {one.code: float(one.value) for one in readings if local_day(one.taken_at) == day}
    when = "今天" if day == today else f"{day.month}月{day.day}日"
    return f"上次{values_text(values)}（{when}）。"
