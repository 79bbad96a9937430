"""alliances.toml: alliances, their agreements, leading groups, sharing rules, and partners above the county."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from backend.alliance.packs.base import Code, Days, Many, PackModel, Percent, Sourced, Text


class Signatory(PackModel):
    """Who signed an agreement for an institution."""

    name: Text
    duty: Text


class Member(PackModel):
    """A member by its own will, for a term (XM-4); the village clinics of a township come with it."""

    institution: Code
    joined_on: dt.date
    until: dt.date
    left_on: dt.date | None = None
    signatories: Many[Signatory]


class Seat(PackModel):
    """One person of a leading group, with what he answers for and how long (XM-2)."""

    name: Text
    duty: Text
    from_day: dt.date
    until: dt.date
    rights: Many[Literal["view_indicators", "assess", "agree_sharing", "issue_rules"]]


class LeadingGroup(Sourced):
    """The group that runs an alliance, or a member's own group (XM-2, XM-4)."""

    name: Text
    institution: Code | None = None
    seats: Many[Seat]


class SharePart(PackModel):
    """What a part of the shared money follows."""

    service: Code
    name: Text
    weight: Percent


class Sharing(Sourced):
    """What members share, by which recorded services, how often (MS-2.2); weights sum to 100."""

    period_months: Annotated[int, Field(ge=1, le=12)]
    pool: Text
    pool_percent: Percent
    parts: Many[SharePart]


class AllianceEntry(Sourced):
    """An alliance with one lead or several."""

    code: Code
    name: Text
    agreement: Text
    leads: Many[Code]
    members: Many[Member]
    leading_groups: Many[LeadingGroup] = ()
    benefits_between_members_only: bool = True
    sharing: Sharing | None = None


class Partner(Sourced):
    """An agreement of a county hospital with a hospital above it, reviewed at set times (XM-5.5, MS-4.2.3d)."""

    county_institution: Code
    upper_institution: Code
    from_day: dt.date
    until: dt.date
    review_every_days: Days
    departments: Many[Code]

    def in_force(self, on: dt.date) -> bool:
        """Whether the agreement holds on that day; one that ran out makes nobody a partner."""
        return self.from_day <= on <= self.until


class AgreementWarning(Sourced):
    """How long before its end or its review an agreement is warned of."""

    days: Days


class Ledger(Sourced):
    """A ledger that the county's houses keep: drills and training at home, rounds and lessons at lower houses."""

    code: Literal["drill", "training", "rounds", "teaching"]
    name: Text


class PlanStage(PackModel):
    """One stage of a training plan."""

    name: Text
    days: Days


class TrainingPlan(Sourced):
    """A named plan of training below, with its stages (XM-5.1b)."""

    code: Code
    name: Text
    stages: Many[PlanStage]


class AlliancesSection(PackModel):
    """Every alliance of the county."""

    alliances: Many[AllianceEntry]
    partners: Many[Partner] = ()
    agreement_warning: AgreementWarning
    ledgers: Many[Ledger] = ()
    training_plans: Many[TrainingPlan] = ()

    def partners_on(self, day: dt.date) -> tuple[str, ...]:
        """The hospitals above with an agreement that holds on that day, each once, in the pack's order."""
        return tuple(dict.fromkeys(one.upper_institution for one in self.partners if one.in_force(day)))

    def of_institution(self, code: str) -> AllianceEntry | None:
        """The alliance an institution leads or belongs to, or None."""
        for alliance in self.alliances:
            if code in alliance.leads or any(m.institution == code for m in alliance.members):
                return alliance
        return None
