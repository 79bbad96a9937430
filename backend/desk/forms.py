"""Reading what a form of the console says: short, trimmed, and one of what was offered."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from flask import request

from backend.kernel.errors import Invalid, Malformed

_NO_DAY = "日期不对，请按 2026-11-24 这样填。"
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
"""A week before or behind must still be in the calendar."""


def text(name: str, longest: int) -> str:
    """Return a field's text. Raises Invalid when it is too long or not plain text."""
    value = request.values.get(name, "").strip()
    if len(value) > longest:
        raise Invalid("too_long", f"这一项太长了，请写在 {longest} 个字以内。")
    if any(ord(character) < 32 for character in value):
        raise Invalid("not_text", "这一项里有不能用的字符，请重新填写。")
    return value


def choice(name: str, offered: Sequence[str], otherwise: str) -> str:
    """Return one of what was offered, `otherwise` when nothing was said. Raises Invalid for anything else."""
    value = request.values.get(name, "") or otherwise
    if value not in offered:
        raise Invalid("not_offered", "没有这个选项，请从给出的里面选。")
    return value


def day(name: str) -> date | None:
    """Return a day, or None when empty. Raises Invalid for what is no day."""
    value = request.values.get(name, "").strip()
    if not value:
        return None
    try:
        found = date.fromisoformat(value)
    except ValueError as error:
        raise Invalid("no_day", _NO_DAY) from error
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise Invalid("no_day", _NO_DAY)
    return found


def number(name: str) -> int:
    """Return a whole number. Raises Invalid."""
    value = request.values.get(name, "")
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise Invalid("no_number", "这一页没有装好，请刷新后再办。")
    return int(value)


def number_or(name: str, otherwise: int) -> int:
    """Return a whole number, `otherwise` when nothing was said. Raises Invalid."""
    return number(name) if request.values.get(name) else otherwise


def uuid(name: str) -> UUID:
    """Return the id that a choice stands for. Raises Invalid when none was made."""
    value = request.values.get(name, "")
    if not value:
        raise Invalid("not_chosen", "还没有选，请先选一个。")
    try:
        return UUID(value)
    except ValueError as error:
        raise Invalid("not_offered", "没有这个选项，请刷新后从给出的里面选。") from error


def marked(one: UUID) -> list[UUID]:
    """Return the rows that are ticked in a list, or the one beside it. Raises Malformed."""
    given = request.form.get("many", "")
    try:
        many = [UUID(value) for value in given.split(",") if value]
    except ValueError as error:
        raise Malformed("many", "选中的几位没有传对，请刷新后再办。") from error
    return many or [one]
