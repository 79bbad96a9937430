"""referral.toml, direct_visits: who goes above by themselves is written down (MS-4.2.3d, MS-4.2.3e)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from backend.alliance.packs.base import Code, Days, Many, PackModel, Sourced, Text


class CodedReason(PackModel):
    """A reason as it is chosen from a list."""

    code: Code
    text: Text


class DirectVisits(Sourced):
    """Somebody went above by themselves: written down, late with a reason, asked after (MS-4.2.3d)."""

    late_after_days: Days
    oldest_days: Annotated[int, Field(ge=1, le=400)]
    ask_after_days: Days
    reasons: Many[CodedReason]
    late_reasons: Many[CodedReason]
    told: Text
