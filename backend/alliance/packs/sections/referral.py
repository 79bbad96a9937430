"""referral.toml: indications, standards, signatures, certificate, hand-over (XM-5.4, MS-4.2)."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from backend.alliance.packs.base import (
    Code,
    Count,
    Dated,
    Days,
    Hours,
    Many,
    Minutes,
    PackModel,
    Percent,
    Sourced,
    Text,
)
from backend.alliance.packs.sections.direct_visits import DirectVisits, OutOfCounty
from backend.alliance.packs.sections.reassigning import Reassign
from backend.alliance.packs.sections.receiving import DeclineReason, Receiving, Who

Direction = Literal["up", "down"]


class Indication(Sourced):
    """A coded reason to refer; ``short`` is for the desk, ``plain`` for the villager; a ``broad`` one fits all."""

    code: Code
    direction: Direction
    short: Text
    text: Text
    plain: Text
    emergency: bool = False
    needs_institute: bool = False
    broad: bool = False


class Article(PackModel):
    """One numbered article of a standard: when this holds, the indication is met."""

    number: Annotated[int, Field(ge=1, le=99)]
    text: Text
    indication: Code


class Standard(Dated):
    """When a disease is to be referred; a referral keeps the version it was judged by (XM-5.4f)."""

    code: Code
    version: Text
    condition: Code
    name: Text
    direction: Direction
    issuer: Text
    alliances: Many[Code] = ()
    from_levels: Many[Code]
    to_levels: Many[Code]
    articles: Many[Article]


class StandIn(PackModel):
    """Who signs when the one whose step it is cannot."""

    role: Who
    duty: Code
    name: Text


class AuthorisedOffice(PackModel):
    """An office the insurance agency authorised in writing to sign for it."""

    institution: Code
    department: Code
    role: Who
    document: Text
    from_day: dt.date
    until: dt.date


class ChainStep(PackModel):
    """One signature; ``of`` says whose person it is. Signed after office hours, the limit runs by the clock."""

    order: Annotated[int, Field(ge=1, le=9)]
    code: Code
    roles: Many[Who]
    title: Text
    act: Literal["sign", "register"]
    of: Literal["issuer", "insurance_agency"]
    stand_ins: Many[StandIn] = ()
    authorised_offices: Many[AuthorisedOffice] = ()
    may_sign_after_office_hours: bool
    limit_working_minutes: Minutes
    late_working_days: Annotated[int, Field(ge=0, le=10)] = 0


class OneForTwo(Sourced):
    """At which small houses one person may cover two steps, one after the other, by a single signature."""

    steps: Annotated[Many[Code], Field(min_length=2, max_length=2)]
    institutions: Many[Code]
    note: Text


class Chain(Dated):
    """The order of signatures; the treating doctor's is the first and the submission.

    No one signs twice in one chain. ``informed`` are told and not asked.
    """

    code: Code
    version: Text
    direction: Direction
    issuer_levels: Many[Code]
    steps: Many[ChainStep]
    one_for_two: Many[OneForTwo] = ()
    informed: Many[Who] = ()


class LongIllness(PackModel):
    """An illness whose certificate lasts longer; ``uses`` 0 means any number."""

    condition: Code
    name: Text
    valid_days: Days
    uses: Count


class CertificateRule(Sourced):
    """How long a certificate is good, and what its small print says."""

    title: Text
    valid_days: Days
    uses: Annotated[int, Field(ge=1, le=100)]
    long_illnesses: Many[LongIllness] = ()
    footnote: Many[Text]
    seal: Text


class OwnWish(Sourced):
    """A transfer at the patient's own wish: ``refused`` by a clause (MS-4.2.3e) or by a setting."""

    refused: bool
    text: Text
    instead: Text


class VerificationExemption(Sourced):
    """Who is admitted without a look at the certificate: special and emergency (MS-4.1b).

    ``only_for`` binds it to a disease of the law and the house designated for it.
    """

    code: Code
    group: Literal["special", "emergency"]
    text: Text
    only_for: Literal["institute"] | None = None


class SkipReason(Sourced):
    """Why a level may be skipped or a farther place chosen; ``only_for`` binds it to what it speaks of."""

    code: Code
    text: Text
    only_for: Literal["emergency", "institute"] | None = None


class SpecialDisease(Sourced):
    """A disease that the law sends to a designated institution, and which ones those are."""

    condition: Code
    institutions: Many[Code]


class Limits(Sourced):
    """How long things may take before someone is told, and how much farther one may go without a reason."""

    emergency_papers_hours: Hours
    result_back_days: Days
    way_back_days: Days
    farther_km: Annotated[int, Field(ge=0, le=500)] = 0
    township_answer_working_minutes: Minutes
    draft_kept_days: Days
    arrival_grace_hours: Hours
    authority_days: Days
    pictures_along: Annotated[int, Field(ge=1, le=20)] = 9
    drugs_along: Annotated[int, Field(ge=1, le=60)] = 30


class ConsentText(Dated):
    """What is read to the patient; the signed version is kept."""

    code: Code
    version: Text
    direction: Direction
    text: Text
    ticks: Many[Text]


PartKind = Literal["text", "drugs", "date", "follow"]
"""How a part is written: in words, as a list of drugs, as a day, or as yes or no with a name."""


class HandoverPart(Sourced):
    """A part of the hand-over; without a required one the down-transfer is refused."""

    code: Code
    name: Text
    plain: Text
    kind: PartKind = "text"
    required_for: Many[Literal["bed", "home"]]


class Handover(Sourced):
    """How a down-transfer is handed over; only the ward proposes it, and the team below may say no with a reason."""

    proposed_by: Many[Who]
    decline_roles: Many[Who]
    decline_reasons: Many[DeclineReason]
    discharge_code: Annotated[int, Field(ge=1, le=9)]
    medicine_days: Days
    parts: Many[HandoverPart]
    comfort: Many[Text]


class VillageHandoff(Sourced):
    """The light slip from a village clinic to its township: no signatures, no certificate."""

    title: Text
    parts: Many[Code]


class SampleAudit(Sourced):
    """How many issued referrals are looked at again (MS-4.2.2u1b)."""

    percent: Percent
    at_least: Count
    every_months: Annotated[int, Field(ge=1, le=12)]


class ReferralSection(PackModel):
    """Everything a county settles about referral."""

    indications: Many[Indication]
    standards: Many[Standard]
    chains: Many[Chain]
    certificate: CertificateRule
    own_wish: OwnWish
    verification_exemptions: Many[VerificationExemption]
    special_diseases: Many[SpecialDisease] = ()
    skip_reasons: Many[SkipReason]
    receiving: Receiving
    limits: Limits
    consents: Many[ConsentText]
    handover: Handover
    village_handoff: VillageHandoff
    out_of_county: OutOfCounty
    direct_visits: DirectVisits
    sample_audit: SampleAudit
    reassign: Reassign

    def chain(self, direction: str, level: str, on: dt.date) -> Chain | None:
        """The signatures asked of an institution of that level on that day; None: it issues none."""
        for chain in self.chains:
            if chain.direction == direction and level in chain.issuer_levels and chain.in_force(on):
                return chain
        return None

    def consent(self, direction: str, on: dt.date) -> ConsentText | None:
        """The consent text in force on that day, the newest first."""
        found = [c for c in self.consents if c.direction == direction and c.in_force(on)]
        return max(found, key=lambda c: c.effective_from) if found else None

    def designated(self, condition: str | None) -> tuple[str, ...]:
        """The institutions that the law designates for a disease; empty when it is none of the special ones."""
        return tuple(code for one in self.special_diseases if one.condition == condition for code in one.institutions)

    def exemption(self, code: str) -> VerificationExemption | None:
        """The exemption of that code; None when the county has none."""
        return next((one for one in self.verification_exemptions if one.code == code), None)

    def indication(self, code: str) -> Indication:
        """The indication of that code; KeyError when there is none."""
        for indication in self.indications:
            if indication.code == code:
                return indication
        raise KeyError(code)
