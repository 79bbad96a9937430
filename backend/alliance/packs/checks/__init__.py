"""What a well-formed pack must still obey: one function a section, each names every fault."""

from backend.alliance.packs.checks.care import (
    check_followup,
    check_holidays,
    check_prescriptions,
    check_targets,
    check_words,
)
from backend.alliance.packs.checks.money import check_benefits, check_contracts, check_insurance
from backend.alliance.packs.checks.places import (
    check_alliances,
    check_capability,
    check_county,
    check_institutions,
    check_places,
)
from backend.alliance.packs.checks.referral import check_booking, check_chains, check_referral
from backend.alliance.packs.pack import Check


def core_checks() -> tuple[Check, ...]:
    """The checks of the sections every pack has."""
    return (
        check_county,
        check_places,
        check_institutions,
        check_alliances,
        check_capability,
        check_referral,
        check_chains,
        check_booking,
        check_benefits,
        check_insurance,
        check_contracts,
        check_followup,
        check_prescriptions,
        check_targets,
        check_holidays,
        check_words,
    )
