"""referral.toml, reassign: another doctor of the house goes on with a referral, by its own setting."""

from backend.alliance.packs.base import Code, Many, PackModel, Sourced
from backend.alliance.packs.sections.direct_visits import CodedReason
from backend.alliance.packs.sections.receiving import Who


class ReassignOffice(PackModel):
    """Who hands referrals to another doctor, in houses of these levels."""

    levels: Many[Code]
    roles: Many[Who]


class Reassign(Sourced):
    """When a doctor is away: who decides which colleague goes on, and for which reasons."""

    offices: Many[ReassignOffice]
    reasons: Many[CodedReason]
