"""The place booked for a referral, asked of the floor that books; without one there is none."""

from collections.abc import Callable
from uuid import UUID

Lookup = Callable[[str, UUID], str]
_lookup: list[Lookup] = []


def register_place(lookup: Lookup) -> None:
    """Let booking say in words where and when a referral has its place."""
    _lookup[:] = [lookup]


def place_of(county_id: str, referral_id: UUID) -> str:
    """Return the place in words ("11月26日 周四 上午 9:20 心血管内科"), or nothing."""
    return _lookup[0](county_id, referral_id) if _lookup else ""
