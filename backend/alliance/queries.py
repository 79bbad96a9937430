"""Reads of counties, packs and institutions."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.alliance.models import County


def county_ids(current: Session) -> list[str]:
    """Return every county that was loaded."""
    return list(current.scalars(select(County.county_id).order_by(County.county_id)))
