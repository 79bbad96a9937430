"""Loading a county's pack, and a member's voluntary exit from its alliance."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.alliance.models import AllianceMembership, County, Institution, PackVersion
from backend.alliance.packs import Pack, load_pack
from backend.alliance.queries import TODAY, forget_packs, pack
from backend.alliance.states import MEMBERSHIPS, MembershipAction, MembershipStatus
from backend.kernel.errors import Conflict, Invalid
from backend.kernel.ids import new_id
from backend.kernel.roles import Actor, system_actor
from backend.store import access, audit


@dataclass(frozen=True, slots=True)
class Draft:
    """A pack read from a folder and found right, not yet written."""

    pack: Pack
    digest: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading did: `new`, `replaced` (outside production only) or `same`; `in_force` from today on."""

    county_id: str
    version: str
    outcome: str
    in_force: bool


def read_folder(folder: Path) -> Draft:
    """Read and check a pack. Raises PackRefused with file, line and reason."""
    found = load_pack(folder)
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.toml")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return Draft(found, digest.hexdigest())


def load_county(current: Session, draft: Draft, *, may_replace: bool) -> Loaded:
    """Write a pack and, when it is in force, the county's institutions and memberships.

    The same version with another content is refused unless `may_replace`: what was judged by a
    version must stay readable (XM-5.4f). Raises Conflict.
    """
    county_id, version = draft.pack.county_id, draft.pack.version
    known = current.scalar(
        select(PackVersion).where(PackVersion.county_id == county_id, PackVersion.version == version).with_for_update()
    )
    outcome = "new"
    if known is None:
        known = PackVersion(
            county_id=county_id,
            version=version,
            effective_from=draft.pack.effective_from,
            document=draft.pack.document(),
            digest=draft.digest,
        )
        current.add(known)
    elif known.digest == draft.digest:
        outcome = "same"
    elif not may_replace:
        raise Conflict(
            "pack_version_taken", f"{county_id} {version} 已经装过，内容不一样。请把 version 改成下一个再装。"
        )
    else:
        outcome = "replaced"
        known.effective_from = draft.pack.effective_from
        known.document = draft.pack.document()
        known.digest = draft.digest
    current.flush()
    if outcome != "same":
        actor = system_actor(county_id)
        audit.record(
            current, actor, "county.load", "pack_version", known.id, after=version, detail={"outcome": outcome}
        )
    forget_packs()
    in_force = put_in_force(current, county_id) == version
    return Loaded(county_id, version, outcome, in_force)


def put_in_force(current: Session, county_id: str) -> str | None:
    """Make the tables say what the pack of today says. Returns its version, or None before the first one's day."""
    version = current.scalar(
        select(PackVersion.version)
        .where(PackVersion.county_id == county_id, PackVersion.effective_from <= text(TODAY))
        .order_by(PackVersion.effective_from.desc(), PackVersion.loaded_at.desc())
        .limit(1)
    )
    if version is None:
        return None
    forget_packs()
    today = pack(county_id)
    values = {"county_id": county_id, "name": today.county.name, "version": version}
    current.execute(insert(County).values(values).on_conflict_do_update(index_elements=["county_id"], set_=values))
    _write_institutions(current, today)
    _write_memberships(current, today)
    return str(version)


def take_effect(current: Session, county_id: str) -> int:
    """The tick: a version loaded beforehand takes effect on its day. Returns 1 when it did."""
    before = current.scalar(select(County.version).where(County.county_id == county_id))
    due = current.scalar(
        select(PackVersion.version)
        .where(PackVersion.county_id == county_id, PackVersion.effective_from <= text(TODAY))
        .order_by(PackVersion.effective_from.desc(), PackVersion.loaded_at.desc())
        .limit(1)
    )
    if due is None or due == before:
        return 0
    put_in_force(current, county_id)
    audit.record(current, system_actor(county_id), "county.take_effect", "county", None, before=before, after=due)
    return 1


def _write_institutions(current: Session, today: Pack) -> None:
    rows = [
        {
            "county_id": today.county_id,
            "code": entry.code,
            "level": entry.level,
            "tier": today.county.level(entry.level).tier,
            "kind": entry.kind,
            "name": entry.name,
            "short_name": entry.short_name,
            "parent": entry.parent,
            "alliance": _alliance_code(today, entry.parent if entry.kind == "village_clinic" else entry.code),
            "town": entry.town,
            "outside": entry.outside,
            "active": True,
        }
        for entry in today.institutions.institutions
    ]
    statement = insert(Institution)
    changed = {name: statement.excluded[name] for name in rows[0] if name not in {"county_id", "code"}}
    current.execute(statement.on_conflict_do_update(index_elements=["county_id", "code"], set_=changed), rows)
    codes = [row["code"] for row in rows]
    current.execute(
        update(Institution)
        .where(Institution.county_id == today.county_id, Institution.code.not_in(codes))
        .values(active=False)
    )


def _alliance_code(today: Pack, institution: str | None) -> str | None:
    found = today.alliances.of_institution(institution) if institution else None
    return found.code if found else None


def _write_memberships(current: Session, today: Pack) -> None:
    rows: list[dict[str, Any]] = []
    for alliance in today.alliances.alliances:
        for member in alliance.members:
            left = member.left_on
            rows.append(
                {
                    "county_id": today.county_id,
                    "id": new_id(),
                    "alliance": alliance.code,
                    "institution": member.institution,
                    "agreement": alliance.agreement,
                    "joined_on": member.joined_on,
                    "until_on": member.until,
                    "signatories": [signatory.model_dump() for signatory in member.signatories],
                    "status": MembershipStatus.LEFT if left else MembershipStatus.MEMBER,
                    "left_on": left,
                }
            )
    _end_memberships(current, today, {(str(r["alliance"]), str(r["institution"]), r["joined_on"]) for r in rows})
    if not rows:
        return
    statement = insert(AllianceMembership)
    changed = {name: statement.excluded[name] for name in ("agreement", "until_on", "signatories")}
    elements = ["county_id", "alliance", "institution", "joined_on"]
    # A member that has left by its own will stays away until it signs anew, whatever the pack says.
    current.execute(statement.on_conflict_do_update(index_elements=elements, set_=changed), rows)


def _end_memberships(current: Session, today: Pack, kept: set[tuple[str, str, date]]) -> None:
    actor = system_actor(today.county_id)
    live: Sequence[AllianceMembership] = current.scalars(
        select(AllianceMembership).where(
            AllianceMembership.county_id == today.county_id, AllianceMembership.status == MembershipStatus.MEMBER
        )
    ).all()
    for row in live:
        if (row.alliance, row.institution, row.joined_on) not in kept:
            before = MembershipStatus(row.status)
            row.status = MEMBERSHIPS.next(before, MembershipAction.MOVE, actor)
            row.left_on = today.effective_from
            audit.record(
                current, actor, "membership.move", "alliance_membership", row.id, before=before, after=row.status
            )
    current.flush()


def leave_alliance(
    current: Session, actor: Actor, membership_id: UUID, leave_on: date, reason: str
) -> AllianceMembership:
    """Record that an institution leaves its alliance by its own will, from a day on (XM-4).

    Raises Invalid for a day before it joined or after the agreement's end, Conflict when it has left already.
    """
    row = access.authorize(AllianceMembership, membership_id, actor, "membership.leave", lock=True)
    before = MembershipStatus(row.status)
    row.status = MEMBERSHIPS.next(before, MembershipAction.LEAVE, actor)
    if not row.joined_on < leave_on <= row.until_on:
        raise Invalid("leave_day", "退出的日子要在签约之后、协议到期之前，请重新填写。")
    row.left_on, row.left_reason = leave_on, reason
    audit.record(current, actor, "membership.leave", "alliance_membership", row.id, before=before, after=row.status)
    current.flush()
    return row
