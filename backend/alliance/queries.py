"""Reads of counties, packs, institutions and alliances."""

import time
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from backend.alliance.models import AllianceMembership, County, PackVersion
from backend.alliance.packs import Pack, pack_from_document
from backend.alliance.packs.sections.institutions import TOWNSHIP_KINDS
from backend.kernel.errors import NotFound
from backend.kernel.rules import SourceLookup
from backend.kernel.sources import Source
from backend.store.db import session

TODAY = "(liandong_now() AT TIME ZONE 'Asia/Shanghai')::date"
LOOK_AGAIN_SECONDS = 2.0
"""For so long a process believes which version is in force; a hot request then asks nothing."""

_parsed: dict[tuple[str, str], Pack] = {}
_in_force: dict[str, tuple[float, str]] = {}


def county_ids(current: Session) -> list[str]:
    """Return every county that was loaded."""
    return list(current.scalars(select(County.county_id).order_by(County.county_id)))


def pack(county_id: str) -> Pack:
    """The county's pack in force today (domain time). Raises NotFound for an unknown county."""
    kept = _in_force.get(county_id)
    if kept is not None and time.monotonic() - kept[0] < LOOK_AGAIN_SECONDS:
        return _parsed[county_id, kept[1]]
    digest = session().scalar(
        select(PackVersion.digest)
        .where(PackVersion.county_id == county_id, PackVersion.effective_from <= text(TODAY))
        .order_by(PackVersion.effective_from.desc(), PackVersion.loaded_at.desc())
        .limit(1)
    )
    if digest is None:
        raise NotFound("no_county", "没有这个县，请重新选择。")
    found = _open(county_id, digest)
    _in_force[county_id] = (time.monotonic(), digest)
    return found


def pack_version(county_id: str, version: str) -> Pack:
    """A county's pack as of a version, such as the one a referral was judged by. Raises NotFound."""
    digest = session().scalar(
        select(PackVersion.digest).where(PackVersion.county_id == county_id, PackVersion.version == version)
    )
    if digest is None:
        raise NotFound("no_pack_version", "没有这一版的县设置。")
    return _open(county_id, digest)


def _open(county_id: str, digest: str) -> Pack:
    known = _parsed.get((county_id, digest))
    if known is None:
        document = session().scalar(
            select(PackVersion.document).where(PackVersion.county_id == county_id, PackVersion.digest == digest)
        )
        assert document is not None
        known = _parsed[county_id, digest] = pack_from_document(document)
    return known


def forget_packs() -> None:
    """Look again at once; called after a pack was loaded in this process."""
    _in_force.clear()


def source(county_id: str, code: str) -> Source:
    """Whose rule it is, by a rule's code or a source's id; the house rule when neither is known."""
    return pack(county_id).source(code)


def source_lookup(county_id: str) -> SourceLookup:
    """The lookup that `kernel.rules.require` wants, for one county."""
    return pack(county_id).source


def village_name(county_id: str, code: str) -> str:
    """What a village is called, or its code when the pack in force no longer has it."""
    try:
        return pack(county_id).places.village(code).name
    except KeyError:
        return code


def villages_served(county_id: str, institution: str) -> frozenset[str]:
    """The villages an institution looks after: a clinic its own, a township its clinics' too."""
    section = pack(county_id).institutions
    try:
        entry = section.institution(institution)
    except KeyError:
        return frozenset()
    served = set(entry.villages)
    if entry.kind in TOWNSHIP_KINDS:
        for other in section.institutions:
            if other.parent == institution:
                served |= set(other.villages)
    return frozenset(served)


def memberships(county_id: str) -> Sequence[AllianceMembership]:
    """Every membership of the county, present and past, by alliance and day of joining."""
    return (
        session()
        .scalars(
            select(AllianceMembership)
            .where(AllianceMembership.county_id == county_id)
            .order_by(AllianceMembership.alliance, AllianceMembership.joined_on, AllianceMembership.institution)
        )
        .all()
    )


def alliance_of(county_id: str, institution: str, day: date) -> str | None:
    """The alliance an institution is a member of on that day; a village clinic's is its township's (XM-4)."""
    return alliances_on(county_id, day).get(institution)


def alliances_on(county_id: str, day: date) -> dict[str, str]:
    """Every institution that is a member on that day, with its alliance; clinics follow their township."""
    rows = session().execute(
        select(AllianceMembership.institution, AllianceMembership.alliance).where(
            AllianceMembership.county_id == county_id,
            AllianceMembership.joined_on <= day,
            AllianceMembership.until_on >= day,
            (AllianceMembership.left_on.is_(None)) | (AllianceMembership.left_on > day),
        )
    )
    found = {row.institution: row.alliance for row in rows}
    for entry in pack(county_id).institutions.institutions:
        if entry.kind == "village_clinic" and entry.parent in found:
            found[entry.code] = found[entry.parent]
    return found


def share_alliance(county_id: str, one: str, other: str, day: date) -> bool:
    """Whether both are members of one alliance on that day; benefits are only between members (XM-4)."""
    members = alliances_on(county_id, day)
    return one in members and members.get(one) == members.get(other)
