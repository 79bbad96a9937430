"""booking.toml: quotas, holds, confirmation, no-shows, session templates (XM-5.4b, MS-4.2.1)."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from backend.alliance.packs.base import (
    Code,
    Count,
    Days,
    Fen,
    Hours,
    Many,
    Minutes,
    PackModel,
    Percent,
    Sourced,
    Text,
)

BookingKind = Literal[
    "referral_pool", "contract", "public", "outreach", "examination", "bed", "over_quota", "unclear_department"
]
Weekday = Annotated[int, Field(ge=1, le=7)]


class Quota(Sourced):
    """How a session is shared out: referred patients, people with a family doctor, all; and when each may book.

    Each pool opens so many days ahead at `release_at`; what is not used goes to all `give_back_hours` before.
    """

    referral_percent: Percent
    referral_expert_percent: Percent
    contract_percent: Percent
    referral_lead_days: Days
    contract_lead_days: Days
    public_lead_days: Days
    release_at: dt.time
    give_back_hours: Hours


class Hold(Sourced):
    """How long a place is kept while the person fills in the rest. A person has one such hold at a time."""

    checkout_minutes: Annotated[int, Field(ge=1, le=120)]


class Limits(Sourced):
    """How many places without a referral one person, and one account for other people, may have ahead."""

    open_per_person: Annotated[int, Field(ge=1, le=20)]
    open_by_proxy: Annotated[int, Field(ge=1, le=50)]


class Confirmation(Sourced):
    """Whether a kind of booking confirms itself, or a clerk confirms it in working time."""

    kind: BookingKind
    by: Literal["self", "desk"]
    limit_working_minutes: Minutes = 0


class NoShow(Sourced):
    """A missed visit: warn and help, never a lock-out."""

    action: Literal["warn_and_help"]
    warn_after: Annotated[int, Field(ge=1, le=10)]
    window_days: Days
    text: Text


class CheckIn(Sourced):
    """How early and how late one may report at the desk, and what to bring; whoever is referred, a little more."""

    early_minutes: Minutes
    late_minutes: Minutes
    bring: Many[Text]
    bring_referred: Many[Text]


class Waitlist(Sourced):
    """Who waits gets an offer and this long to answer; none so shortly before that nobody could come."""

    offer_minutes: Minutes
    max_waiting_per_session: Count
    notice_minutes: Minutes


class Reason(PackModel):
    """A reason that staff choose from a list."""

    code: Code
    text: Text


class Cancel(Sourced):
    """Until when a person cancels alone; later the desk helps. Why a desk ends a place, or says no to one."""

    until_hours_before: Hours
    late_text: Text
    desk_reasons: Many[Reason]
    refuse_reasons: Many[Reason]

    def reason(self, code: str) -> Reason | None:
        """The reason of that code, or None."""
        return next((one for one in (*self.desk_reasons, *self.refuse_reasons) if one.code == code), None)


class OverQuota(Sourced):
    """How many places staff may add to one time that is full, and for which reasons."""

    most_per_time: Annotated[int, Field(ge=0, le=20)]
    reasons: Many[Reason]

    def reason(self, code: str) -> Reason | None:
        """The reason of that code, or None."""
        return next((one for one in self.reasons if one.code == code), None)


class Leave(Sourced):
    """Why a session is stopped, and within how many days another place is looked for."""

    search_days: Days
    reasons: Many[Reason]

    def reason(self, code: str) -> Reason | None:
        """The reason of that code, or None."""
        return next((one for one in self.reasons if one.code == code), None)


class SessionTemplate(Sourced):
    """A weekly session, made into schedules for each institution and department named."""

    code: Code
    institutions: Many[Code]
    departments: Many[Code]
    weekdays: Many[Weekday]
    start: dt.time
    end: dt.time
    capacity: Annotated[int, Field(ge=1, le=500)]
    expert: bool = False
    title: Text


class OutreachTemplate(Sourced):
    """A county specialist's session at a township, in the same platform (XM-5.1a)."""

    code: Code
    from_institution: Code
    site: Code
    department: Code
    practitioner: Code
    every_weeks: Annotated[int, Field(ge=1, le=8)]
    weekday: Weekday
    start: dt.time
    end: dt.time
    capacity: Annotated[int, Field(ge=1, le=200)]


class Examination(Sourced):
    """An examination that is booked with a doctor's order (XM-5.4b): when, how to prepare, what must be asked before.

    `technique` names one that needs admission (XM-5.4e): only institutions that have it may be listed.
    """

    code: Code
    name: Text
    department: Code
    category: Literal["laboratory", "imaging", "function"]
    technique: Code | None = None
    institutions: Many[Code]
    weekdays: Many[Weekday]
    start: dt.time
    end: dt.time
    capacity: Annotated[int, Field(ge=1, le=500)]
    price_fen: Fen
    prepare: Many[Text]
    questions: Many[Reason] = ()


class Directions(Sourced):
    """How to get to an institution, and where to go inside."""

    institution: Code
    how: Many[Text]
    inside: Many[Text]


class BedQuota(Sourced):
    """Beds of a department kept for referred patients (MS-4.2.1, XM-5.4b)."""

    institution: Code
    department: Code
    beds: Count
    kept_for_referred: Count


class BookingSection(PackModel):
    """Everything a county settles about booking."""

    quota: Quota
    hold: Hold
    limits: Limits
    confirmations: Many[Confirmation]
    cancel: Cancel
    no_show: NoShow
    check_in: CheckIn
    waitlist: Waitlist
    over_quota: OverQuota
    leave: Leave
    templates: Many[SessionTemplate]
    outreach: Many[OutreachTemplate] = ()
    examinations: Many[Examination] = ()
    directions: Many[Directions] = ()
    beds: Many[BedQuota] = ()

    def examination(self, code: str) -> Examination | None:
        """The examination of that code, or None."""
        return next((one for one in self.examinations if one.code == code), None)

    def directions_to(self, institution: str) -> Directions | None:
        """How to get to an institution, or None where the pack does not say."""
        return next((one for one in self.directions if one.institution == institution), None)

    def confirmation(self, kind: str) -> Confirmation:
        """Who confirms this kind; KeyError when the pack does not say."""
        for confirmation in self.confirmations:
            if confirmation.kind == kind:
                return confirmation
        raise KeyError(kind)
