"""targets.toml: targets, indicators, assessment, alarms (XM-3, XM-5.6d, XM-7.4, MS-1, MS-5.3)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from backend.alliance.packs.base import Code, Count, Dated, Many, PackModel, Percent, Sourced, Text


class Target(Dated):
    """A figure to reach; ``about`` is met within ``band`` points on either side."""

    indicator: Code
    kind: Literal["at_least", "at_most", "about"]
    percent: Percent
    band: Annotated[int, Field(ge=0, le=20)] = 0

    def met(self, percent: float) -> bool:
        """Whether the figure (in percent) meets the target."""
        if self.kind == "at_least":
            return percent >= self.percent
        if self.kind == "at_most":
            return percent <= self.percent
        return abs(percent - self.percent) <= self.band


class Indicator(Dated):
    """A figure with its definition; the list may grow without code that names it."""

    code: Code
    name: Text
    plain: Text
    numerator: Text
    denominator: Text
    unit: Literal["percent", "yuan", "days", "count", "ratio"]
    better: Literal["higher", "lower", "neither"]
    needs_import: bool
    per: Many[Literal["county", "institution", "department", "clinician", "team", "village"]]


class AssessmentItem(PackModel):
    """One figure of the assessment with its weight."""

    indicator: Code
    weight: Percent


class Assessment(Sourced):
    """Who is assessed, how often, by what; weights sum to 100."""

    period_months: Annotated[int, Field(ge=1, le=12)]
    items: Many[AssessmentItem]


class Alarm(Sourced):
    """When a figure calls for a look: siphoning, retention, loosened indications; of fewer than `at_least` none."""

    code: Literal[
        "siphoning", "retention", "low_referral", "loosened_indications", "catch_all", "budget", "outlier_prescriber"
    ]
    name: Text
    above_percent: Percent
    against: Text
    at_least: Count = 1


class SmallNumbers(Sourced):
    """Of fewer people than this nothing is told, nor of what would let them be worked out."""

    below: Annotated[int, Field(ge=0, le=50)]


class Outflow(Sourced):
    """How many specialties lead the list of stays outside the county, over how many years (XM-5.5)."""

    top: Annotated[int, Field(ge=1, le=20)]
    years: Annotated[int, Field(ge=1, le=10)]
    hide: SmallNumbers


class PlaceRule(Sourced):
    """Visits are counted by level, not by where a hospital stands."""

    prefecture_hospital_in_county: Literal["outside", "inside"]
    text: Text


class TargetsSection(PackModel):
    """Targets and indicators of the county."""

    targets: Many[Target]
    indicators: Many[Indicator]
    assessment: Assessment
    alarms: Many[Alarm]
    place_rule: PlaceRule
    outflow: Outflow
