"""A day and an instant as they come in: written one way only, and within what a calendar can count on from."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator
from pydantic_core import PydanticCustomError

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_FIRST_YEAR, _LAST_YEAR = 1800, 9000


def _written(form: re.Pattern[str], kind: str, read: Callable[[str], date]) -> BeforeValidator:
    # A number would be read as seconds since 1970, or as milliseconds when it is large: nobody means that.
    def check(value: Any) -> Any:
        if isinstance(value, str) and form.fullmatch(value):
            try:
                return read(value)
            except ValueError as error:
                raise PydanticCustomError(kind, "no such day or time") from error
        if isinstance(value, date) or value is None:
            return value
        raise PydanticCustomError(kind, "another way of writing")

    return BeforeValidator(check)


def _countable(value: date) -> date:
    # Python's calendar ends at the years 1 and 9999, and breaks when a time zone or a week leads beyond.
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        raise PydanticCustomError("date_out_of_range", "out of range")
    return value


def _in_utc(value: datetime) -> datetime:
    _countable(value)
    return value.astimezone(UTC)


Day = Annotated[date, _written(_DAY, "date_form", date.fromisoformat), AfterValidator(_countable)]
Instant = Annotated[AwareDatetime, _written(_INSTANT, "datetime_form", datetime.fromisoformat), AfterValidator(_in_utc)]
