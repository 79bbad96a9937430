"""Reads of beds that were asked for: whose, in which order, and how many the pack's kept ones are still free."""

from uuid import UUID

from sqlalchemy import case, func, select, tuple_

from backend.alliance.packs.sections.booking import BedQuota
from backend.alliance.queries import pack
from backend.booking.models_beds import BedRequest
from backend.booking.states import OPEN_BEDS, BedStatus
from backend.store.db import session

ORDER = (
    case({"stat": 0, "urgent": 1}, value=BedRequest.priority, else_=2),
    BedRequest.created_at,
    BedRequest.id,
)
"""Who is first: by clinical priority, then by when it was asked."""


def bed_of_referral(county_id: str, referral_id: UUID) -> BedRequest | None:
    """Return the newest question for a bed of a referral as it is now, or None."""
    return session().scalar(
        select(BedRequest)
        .where(BedRequest.county_id == county_id, BedRequest.referral_id == referral_id)
        .order_by(BedRequest.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )


def bed_request(county_id: str, bed_id: UUID) -> BedRequest:
    """Return a question that is known to exist, as it is now."""
    return session().get_one(BedRequest, (county_id, bed_id), populate_existing=True)


def ahead_of(row: BedRequest) -> int:
    """Return how many are asked for and not answered before this one, in the same department."""
    mine = session().execute(select(*ORDER).where(BedRequest.county_id == row.county_id, BedRequest.id == row.id)).one()
    return int(
        session().scalar(
            select(func.count()).where(
                BedRequest.county_id == row.county_id,
                BedRequest.institution == row.institution,
                BedRequest.department == row.department,
                BedRequest.status.in_(OPEN_BEDS),
                tuple_(*ORDER) < tuple_(*mine),
            )
        )
        or 0
    )


def quota_of(county_id: str, institution: str, department: str) -> BedQuota | None:
    """Return what the pack keeps for referred patients in a department, or None."""
    beds = pack(county_id).booking.beds
    return next((one for one in beds if (one.institution, one.department) == (institution, department)), None)


def free_beds(county_id: str, institution: str, department: str) -> tuple[int, int] | None:
    """Return (left, kept) of the beds that a department keeps for referred patients, or None when it keeps none."""
    quota = quota_of(county_id, institution, department)
    if quota is None:
        return None
    held = session().scalar(
        select(func.count()).where(
            BedRequest.county_id == county_id,
            BedRequest.institution == institution,
            BedRequest.department == department,
            BedRequest.status == BedStatus.HELD,
            BedRequest.kept_place.is_not(None),
        )
    )
    return max(quota.kept_for_referred - int(held or 0), 0), quota.kept_for_referred
