"""Whether a question still lacks its department, and which departments of the house could be meant."""

from collections.abc import Sequence

from backend.alliance.packs.pack import Pack
from backend.alliance.packs.sections.institutions import DepartmentEntry
from backend.alliance.queries import pack
from backend.referrals.models import Referral, ReferralAnswer
from backend.referrals.states import QUESTIONS


def is_open(referral: Referral, row: ReferralAnswer) -> bool:
    """Say whether the house that is asked has still to say which department it goes to.

    Not on the way down, where a doctor is asked by name; not of a hospital without a desk here; and never of an
    emergency, which waits for nobody.
    """
    county = pack(row.county_id)
    return (
        row.department is None
        and row.status in QUESTIONS
        and referral.direction == "up"
        and "department" in county.referral.receiving.asks
        and not county.institutions.institution(row.institution).outside
        and bool(departments_of(county, row.institution))
    )


def departments_of(county: Pack, institution: str) -> Sequence[DepartmentEntry]:
    """Return the departments of a house that see patients, as its own list has them."""
    section = county.institutions
    found = [section.department(code) for code in section.institution(institution).departments]
    return [one for one in found if one.kind == "clinical"]
