"""How what was told is said: always with whose word it is, and that the hospital has not confirmed it here."""

from datetime import date

from backend.referrals.models_outside import OutsideReport

SOURCES = {
    "family": "家里人说的，医院没有在这里确认",
    "paper": "照对方医院的纸记的，医院没有在这里确认",
    "phone": "对方医院电话里说的，没有书面",
}
ENDINGS = {"seen": "看完了", "discharged": "出院", "moved_on": "又转到别的医院"}


def source_text(row: OutsideReport) -> str:
    """Return whose word it is."""
    return SOURCES[row.source]


def what_text(row: OutsideReport) -> str:
    """Return what was told, in one line."""
    if row.not_gone:
        return "没有去"
    came = f"{_day(row.came_on)}到的" if row.came_on else ""
    over = f"{_day(row.ended_on)}{ENDINGS[row.ending]}" if row.ending and row.ended_on else ""
    return "，".join(part for part in (came, over) if part)


def result_text(row: OutsideReport, summary: str) -> str:
    """Return the result as it is kept: the mark goes wherever the words go."""
    return f"（{source_text(row)}）{what_text(row)}。{summary}".strip()


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"
