"""What every section of a county pack is built from: strict, closed, unchangeable models."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Item = TypeVar("Item")

Many = Annotated[tuple[Item, ...], Field(strict=False)]
"""A list in TOML, a tuple in Python: a pack is shared by every thread of a process and never changes."""

Text = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
"""Anything a person reads; never empty."""

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]
"""An English identifier inside a pack: lower case, digits, dash, underscore."""

SourceId = Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,4}-[A-Za-z0-9][A-Za-z0-9._-]{0,60}$")]
"""The id of a source: this county's clause (XM-5.6c), a national rule (LP-04), a setting (S-referral-chain)."""

Percent = Annotated[int, Field(ge=0, le=100)]
"""A share from 0 to 100."""

Fen = Annotated[int, Field(ge=0, le=100_000_000_00)]
"""Money in integer fen; 20000 is 200 yuan."""

Days = Annotated[int, Field(ge=0, le=3660)]
Hours = Annotated[int, Field(ge=0, le=24 * 366)]
Minutes = Annotated[int, Field(ge=0, le=60 * 24 * 366)]
Count = Annotated[int, Field(ge=0, le=10_000_000)]

Phone = Annotated[str, StringConstraints(pattern=r"^(0[0-9]{2,3}-[0-9]{7,8}|1[0-9]{10}|1[0-9]{2,4})$")]
"""A desk phone with its area code, a mobile phone, or a short number such as 120."""


class PackModel(BaseModel):
    """A part of a pack; an unknown key, a wrong type or a silent conversion is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, str_strip_whitespace=False)


class Sourced(PackModel):
    """A rule or a figure that says whose it is; ``sample`` marks what the county's paper does not give."""

    source: SourceId
    sample: bool = False


class Dated(Sourced):
    """A rule in force from a day on, until a day (that day included) or without end."""

    effective_from: dt.date
    effective_until: dt.date | None = None

    def in_force(self, on: dt.date) -> bool:
        """Whether the rule holds on that day (Asia/Shanghai)."""
        return self.effective_from <= on and (self.effective_until is None or on <= self.effective_until)
