"""The rules a referral was judged by: its own version of the pack, and never today's text in its place. XM-5.4f."""

from backend.alliance.packs.pack import Pack
from backend.alliance.packs.sections.referral import Standard
from backend.alliance.queries import pack, pack_version
from backend.referrals.models import Referral


def pack_judged_by(referral: Referral) -> Pack:
    """Return the county's pack in the version that this referral names."""
    county = pack(referral.county_id)
    if county.version == referral.pack_version:
        return county
    return pack_version(referral.county_id, referral.pack_version)


def standard_kept(referral: Referral) -> Standard | None:
    """Return the standard as it was when the referral was judged by it."""
    wanted = (referral.standard, referral.standard_version)
    standards = pack_judged_by(referral).referral.standards
    return next((one for one in standards if (one.code, one.version) == wanted), None)
