"""Days and lengths as the desk says them: the county's day, also before eight in the morning."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from backend.desk.words import day_of, length, near

TEMPLATES = sorted((Path(__file__).parents[3] / "backend").glob("*/templates/**/*.html"))


def test_the_day_of_an_instant_is_the_countys() -> None:
    assert day_of(datetime(2026, 11, 28, 18, 45, tzinfo=UTC)) == "11-29"
    assert day_of(datetime(2026, 11, 28, 15, 59, tzinfo=UTC)) == "11-28"


@pytest.mark.parametrize("page", TEMPLATES, ids=lambda page: page.name)
def test_no_page_formats_an_instant_by_itself(page: Path) -> None:
    # An instant is UTC inside: only the filters of `words` know the county's day.
    assert re.findall(r"\b(?:at|[a-z]+_at|now|instant)\.(?:strftime|date|isoformat)\(", page.read_text()) == []


@pytest.mark.parametrize(("minutes", "said"), [(40, "40 分"), (120, "2 小时"), (80, "1 小时 20 分")])
def test_a_length_is_said_in_hours_and_minutes(minutes: int, said: str) -> None:
    assert length(minutes) == said


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("29T01:40", "今天 9:40"),
        ("28T20:00", "今天 凌晨 4:00"),
        ("29T20:00", "明天 凌晨 4:00"),
        ("29T22:00", "明天 6:00"),
    ],
)
def test_an_hour_of_the_night_is_said_to_be_one(at: str, said: str) -> None:
    assert near(datetime.fromisoformat(f"2026-11-{at}+00:00"), date(2026, 11, 29)) == said
