"""Who may still listen: asked anew every second for all open lines at once, so that revocation cuts within two."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, union_all
from sqlalchemy.orm import Session

from backend.chat.hub import Line
from backend.contracts.models import CareTeamMember
from backend.kernel.clock import local_day, machine_now
from backend.people.models import Account, Practitioner, PractitionerRole, RelatedPerson, SignInSession
from backend.store import clock


def to_cut(current: Session, lines: Iterable[Line]) -> list[Line]:
    """Return the lines whose sign-in ended, or whose topics are no longer theirs (family, team, post)."""
    found = list(lines)
    if not found:
        return []
    live = _live_sessions(current, {line.session_id for line in found if line.session_id})
    topics = _topics(current, {line.account_id for line in found})
    return [
        line
        for line in found
        if line.session_id not in live or not line.topics <= topics.get((line.county_id, line.account_id), frozenset())
    ]


def _live_sessions(current: Session, ids: set[UUID]) -> set[UUID]:
    rows = current.scalars(
        select(SignInSession.id)
        .join(Account, (Account.county_id == SignInSession.county_id) & (Account.id == SignInSession.account_id))
        .where(
            SignInSession.id.in_(ids),
            SignInSession.revoked_at.is_(None),
            SignInSession.expires_at > machine_now(),
            Account.disabled_at.is_(None),
        )
    )
    return set(rows)


def _topics(current: Session, accounts: set[UUID]) -> dict[tuple[str, UUID], set[str]]:
    today = local_day(clock.now(current))
    found: dict[tuple[str, UUID], set[str]] = {}
    people: Any = union_all(
        select(Account.county_id, Account.id, Account.resident_id).where(Account.id.in_(accounts)),
        select(RelatedPerson.county_id, RelatedPerson.account_id, RelatedPerson.resident_id).where(
            RelatedPerson.account_id.in_(accounts), RelatedPerson.revoked_at.is_(None)
        ),
    )
    for county_id, account_id, resident_id in current.execute(people):
        mine = found.setdefault((county_id, account_id), {f"account:{account_id}"})
        if resident_id is not None:
            mine.add(f"resident:{resident_id}")
    posts = (
        select(Account.county_id, Account.id, Account.practitioner_id, PractitionerRole.institution)
        .join(
            Practitioner, (Practitioner.county_id == Account.county_id) & (Practitioner.id == Account.practitioner_id)
        )
        .join(
            PractitionerRole,
            (PractitionerRole.county_id == Account.county_id)
            & (PractitionerRole.practitioner_id == Account.practitioner_id),
        )
        .where(
            Account.id.in_(accounts),
            Practitioner.active,
            PractitionerRole.from_on <= today,
            or_(PractitionerRole.until_on.is_(None), PractitionerRole.until_on >= today),
        )
    )
    for county_id, account_id, practitioner_id, institution in current.execute(posts):
        found[county_id, account_id] |= {f"practitioner:{practitioner_id}", f"institution:{institution}"}
    teams = (
        select(Account.county_id, Account.id, CareTeamMember.team_id)
        .join(
            CareTeamMember,
            (CareTeamMember.county_id == Account.county_id)
            & (CareTeamMember.practitioner_id == Account.practitioner_id),
        )
        .where(
            Account.id.in_(accounts),
            CareTeamMember.from_on <= today,
            or_(CareTeamMember.until_on.is_(None), CareTeamMember.until_on > today),
        )
    )
    for county_id, account_id, team_id in current.execute(teams):
        found[county_id, account_id].add(f"team:{team_id}")
    return found
