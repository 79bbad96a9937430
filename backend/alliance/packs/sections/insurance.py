"""insurance.toml: benefits by level and band, differences, waivers, pay-later, budgets (XM-5.6, MS-4.7)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from backend.alliance.packs.base import (
    Code,
    Count,
    Dated,
    Fen,
    Hours,
    Many,
    PackModel,
    Percent,
    Phone,
    Sourced,
    Text,
)

Points = Annotated[int, Field(ge=0, le=100)]


class Band(PackModel):
    """Eligible cost up to ``up_to_fen`` (None: without end) is paid back at ``percent``."""

    up_to_fen: Fen | None = None
    percent: Percent


class StayBenefit(Dated):
    """What a stay at a level is paid back; bands begin above the deductible."""

    level: Code
    deductible_fen: Fen
    bands: Many[Band]

    def percent_at(self, fen: int) -> int:
        """The share paid back for the fen-th fen of eligible cost (the deductible apart)."""
        for band in self.bands:
            if band.up_to_fen is None or fen < band.up_to_fen:
                return band.percent
        return self.bands[-1].percent


class OutpatientBenefit(Dated):
    """What an out-patient visit at a level is paid back."""

    level: Code
    percent: Percent
    day_limit_fen: Fen
    year_limit_fen: Fen


class UpDifference(Dated):
    """Going up from a stay: only the difference of the deductibles (XM-5.6c); stays only."""

    from_levels: Many[Code]
    to_levels: Many[Code]
    gap_hours: Hours
    without_lower_stay: Literal["difference", "full"]


class DownWaiver(Dated):
    """Coming down to a bed: the lower stay's deductible is nil (XM-5.6c); stays only."""

    from_levels: Many[Code]
    to_levels: Many[Code]
    gap_hours: Hours


class Discount(Dated):
    """A referred patient's examinations cost less (XM-5.4b)."""

    percent_off: Percent
    categories: Many[Literal["laboratory", "imaging", "function"]]


class WithoutCertificate(Dated):
    """What changes in the bill without a certificate; care never changes (MS-4.2.3e)."""

    minus_points: Points
    levels: Many[Code]
    text: Text


class Reduction(Dated):
    """A lower deductible for some; applied in ``order``, after difference and waiver."""

    code: Code
    order: Annotated[int, Field(ge=1, le=20)]
    name: Text
    when: Literal["age_at_most", "second_stay_of_year", "group", "institution_kind"]
    age_at_most: Annotated[int, Field(ge=0, le=150)] | None = None
    group: Code | None = None
    levels: Many[Code]
    deductible_percent: Percent
    plus_points: Points = 0


class PayLater(Dated):
    """In hospital first, pay at discharge (XM-5.6b)."""

    institution_kinds: Many[Code]
    papers: Many[Text]
    exclusions: Many[Text]
    instalments_max: Annotated[int, Field(ge=0, le=36)]
    agreement: Text


class ChargeInLowerStay(Dated):
    """An examination above during a stay below is billed into that stay (XM-5.6f)."""

    from_levels: Many[Code]
    to_levels: Many[Code]
    kinds: Many[Literal["examination", "laboratory", "teleconsultation"]]


class PathwayMinimum(Sourced):
    """How many pairs of disease and treatment are paid by disease (XM-5.6a)."""

    level: Code
    pairs: Count


class Budget(Sourced):
    """An institution's money of a year, paid ahead (MS-4.7c)."""

    institution: Code
    year: Annotated[int, Field(ge=2016, le=2100)]
    total_fen: Fen
    alarm_percent: Percent


class RecognisedItem(Sourced):
    """A test whose result counts elsewhere (XM-5.3, MS-4.2.3b)."""

    code: Code
    name: Text
    category: Literal["laboratory", "imaging", "function"]
    valid_days: Annotated[int, Field(ge=1, le=3660)]
    directions: Many[Literal["same_level", "upper_to_lower", "lower_to_upper"]]
    needs_quality_mark: bool = True
    price_fen: Fen


class RepeatReason(Sourced):
    """One of the six reasons to repeat a valid result."""

    code: Code
    text: Text


class Recognition(Sourced):
    """Whether repeating is forbidden (MS-4.2.3b) or to be reduced (XM-5.3)."""

    repeat: Literal["forbidden", "needs_reason"]
    text: Text
    reasons: Many[RepeatReason]
    items: Many[RecognisedItem]


class InsuranceSection(PackModel):
    """Everything a county settles about money."""

    scheme: Text
    covers: Text
    not_covered: Text
    agency_phone: Phone
    year_cap_fen: Fen
    ordering_source: Sourced
    stays: Many[StayBenefit]
    outpatients: Many[OutpatientBenefit]
    up_difference: UpDifference | None = None
    down_waiver: DownWaiver | None = None
    discount: Discount | None = None
    without_certificate: WithoutCertificate | None = None
    reductions: Many[Reduction] = ()
    pay_later: PayLater | None = None
    charge_in_lower_stay: ChargeInLowerStay | None = None
    pathway_minimums: Many[PathwayMinimum] = ()
    budgets: Many[Budget] = ()
    recognition: Recognition
