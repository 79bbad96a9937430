"""referral.toml, out_of_county and direct_visits: who leaves, and who went by themselves (XM-5.5, MS-4.2.3d)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from backend.alliance.packs.base import Code, Days, Many, PackModel, Phone, Sourced, Text


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


class OutOfCounty(Sourced):
    """Leaving the county: partners first, stays through the county hospital (XM-5.5, XM-5.5b)."""

    partner_first: bool
    inpatient_issuer_levels: Many[Code]
    filing_needed: bool
    filing_text: Text
    filing_phone: Phone | None = None
