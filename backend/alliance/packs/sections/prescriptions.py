"""prescriptions.toml: long prescriptions, who issues them, dispensing, formulary (MS-5.2, XM-5.7)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from backend.alliance.packs.base import (
    Code,
    Days,
    Fen,
    Hours,
    Many,
    PackModel,
    Percent,
    Sourced,
    Text,
)
from backend.kernel.roles import Role

Who = Annotated[Role, Field(strict=False)]
NATIONAL_CAP_DAYS = 84
"""No long prescription is for more than twelve weeks (LP-04)."""
USUAL_CAP_DAYS = 28
"""Above four weeks more is asked (LP-03, LP-05)."""

Title = Literal["resident", "attending", "associate_chief", "chief", "rural", "assistant"]
"""A doctor's title; attending (主治) is the intermediate one. rural: 乡村医生; assistant: 执业助理医师."""


class Supply(Sourced):
    """For how many days: usually, and at most when very stable."""

    usual_days: Annotated[int, Field(ge=7, le=USUAL_CAP_DAYS)]
    max_days: Annotated[int, Field(ge=7)]


class LongDisease(Sourced):
    """A disease for which a long prescription may be issued; ``max_days`` within the county's."""

    condition: Code
    name: Text
    max_days: Annotated[int, Field(ge=7)]


class Issuer(Sourced):
    """Which titles may issue at which levels: the first one, and the following ones."""

    issue: Literal["first", "renewal"]
    levels: Many[Code]
    titles: Many[Title]


class RemoteRelaxation(Sourced):
    """A lower title in remote places, by a paper of the county (LP-07)."""

    towns: Many[Code]
    titles: Many[Title]
    document: Text


class ExcludedClass(Sourced):
    """Drugs that are never in a long prescription (LP-02)."""

    code: Code
    name: Text
    except_conditions: Many[Code] = ()


class StopEvent(Sourced):
    """What stops a long prescription until a doctor has decided (LP-12)."""

    code: Code
    name: Text


class Dispensing(Sourced):
    """How the drugs are handed out; ``split`` only where the county's rule allows it."""

    mode: Literal["at_once", "split"]
    split_days: Days = 0
    window_days_before: Days
    pickup_by_other: bool
    pickup_papers: Many[Text]
    monthly_fetch_day: Annotated[int, Field(ge=1, le=28)] | None = None
    review_hours: Hours


class Renewal(Sourced):
    """When the renewal is reminded; a reminder never promises the renewal."""

    lead_days: Days
    last_reading_days: Days
    needs_contract: bool


class ReviewRule(Sourced):
    """Prescription review: how many are looked at, and how long one may answer (MS-5.2c)."""

    percent: Percent
    at_least: Annotated[int, Field(ge=1, le=1000)]
    answer_days: Days


class Formulary(Sourced):
    """Essential drugs and the rest, filing, price and mark-up (MS-5.2a, XM-5.7)."""

    non_essential_max_percent: Percent | None = None
    counted_by: Literal["items", "amount"]
    levels: Many[Code]
    own_purchase_below_percent: Percent | None = None
    mark_up_percent: Percent
    filing_days: Days


class DrugEntry(Sourced):
    """A drug of the demonstration catalogue; the real one comes by spreadsheet."""

    code: Code
    name: Text
    spec: Text
    unit: Text
    essential: bool
    drug_class: Literal["ordinary", "antimicrobial", "psychotropic_2", "narcotic", "cold_chain"]
    conditions: Many[Code]
    price_fen: Fen
    stocked_at: Many[Literal["village", "township", "county"]]


class PrescriptionsSection(PackModel):
    """Everything a county settles about prescriptions."""

    supply: Supply
    diseases: Many[LongDisease]
    issuers: Many[Issuer]
    remote_relaxation: RemoteRelaxation | None = None
    excluded_classes: Many[ExcludedClass]
    stop_events: Many[StopEvent]
    dispensing: Dispensing
    renewal: Renewal
    review: ReviewRule
    formulary: Formulary
    drugs: Many[DrugEntry]
    may_write: Many[Who]
