"""Who an account is: the actor of a request, loaded anew each time so that revocation is instant."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, text, update
from sqlalchemy.orm import Session

from backend.kernel.clock import local_day, machine_now
from backend.kernel.errors import Forbidden
from backend.kernel.roles import Actor, Assurance, Role
from backend.people.identity import needs_guardian
from backend.people.models import Account, Practitioner, PractitionerRole, RelatedPerson, Resident, SignInSession
from backend.store import clock
from backend.store.db import session
from backend.web.auth import Credentials

TeamLookup = Callable[[Session, str, UUID], frozenset[UUID]]
_team_lookup: list[TeamLookup] = []
VillageLookup = Callable[[str, str], frozenset[str]]
_village_lookup: list[VillageLookup] = []

IDLE = {"bearer": timedelta(hours=2), "desk": timedelta(minutes=15)}
"""After so long without a request a session is over. Machine time."""
SEEN_EVERY = timedelta(minutes=1)


def register_team_lookup(lookup: TeamLookup) -> None:
    """Let `contracts` say which care teams a practitioner is in; people knows no teams."""
    _team_lookup[:] = [lookup]


def register_village_lookup(lookup: VillageLookup) -> None:
    """Let the county's pack say which villages an institution serves."""
    _village_lookup[:] = [lookup]


def load_actor(credentials: Credentials) -> Actor | None:
    """Return the actor of a live session, or None. Raises Forbidden for acting for a stranger."""
    current = session()
    now = machine_now()
    row = current.execute(
        select(SignInSession, Account)
        .join(Account, (Account.county_id == SignInSession.county_id) & (Account.id == SignInSession.account_id))
        .where(
            SignInSession.token_hash == credentials.token_hash,
            *is_signed_in(credentials.kind, now, now - IDLE[credentials.kind]),
        )
    ).one_or_none()
    if row is None:
        return None
    if row.SignInSession.seen_at < now - SEEN_EVERY:
        _touch(current, row.SignInSession)
    return actor_of(current, row.Account, session_id=row.SignInSession.id, acting_for=credentials.acting_for)


def is_signed_in(kind: str, now: Any, idle_since: Any) -> tuple[ColumnElement[bool], ...]:
    """Return the WHERE of a session that is over for no reason, and of its account. Machine time."""
    return (
        SignInSession.kind == kind,
        SignInSession.revoked_at.is_(None),
        SignInSession.expires_at > now,
        SignInSession.seen_at > idle_since,
        Account.disabled_at.is_(None),
    )


def _touch(current: Session, seen: SignInSession) -> None:
    # Of many requests at once one writes; the others neither wait nor mind.
    free = (
        select(SignInSession.id)
        .where(SignInSession.county_id == seen.county_id, SignInSession.id == seen.id)
        .with_for_update(skip_locked=True)
    )
    current.execute(
        update(SignInSession)
        .where(SignInSession.county_id == seen.county_id, SignInSession.id.in_(free))
        .values(seen_at=machine_now())
        .execution_options(synchronize_session=False)
    )


def actor_of(
    current: Session, account: Account, *, session_id: UUID | None = None, acting_for: UUID | None = None
) -> Actor:
    """Return the actor an account is now: own record, family, roles, teams and villages."""
    own = None if account.paused else account.resident_id
    proxied, guarded = _family(current, account)
    if acting_for is not None and acting_for not in {own, *proxied, *guarded}:
        raise Forbidden("not_your_family", "您不能替这个人办事。请先请本人或村医帮您登记为家人代办。")
    roles: set[Role] = {Role.RESIDENT} if own or proxied or guarded else set()
    name, institution, department, villages = "", None, None, frozenset[str]()
    teams: frozenset[UUID] = frozenset()
    if account.practitioner_id is not None:
        practitioner = current.get(Practitioner, (account.county_id, account.practitioner_id))
        places = _places(current, account.county_id, account.practitioner_id)
        if practitioner is not None and practitioner.active and places:
            name = practitioner.name
            roles |= {Role(place.role) for place in places}
            institution, department = places[0].institution, places[0].department
            for team_lookup in _team_lookup:
                teams = team_lookup(current, account.county_id, account.practitioner_id)
            for village_lookup in _village_lookup:
                villages = village_lookup(account.county_id, places[0].institution)
    if not roles:
        roles = {Role.RESIDENT}  # signed in, no record claimed yet: sees nothing but the way to claim
    return Actor(
        county_id=account.county_id,
        account_id=account.id,
        roles=frozenset(roles),
        name=name,
        resident_id=own,
        proxied=proxied,
        guarded=guarded,
        acting_for=acting_for,
        practitioner_id=account.practitioner_id if institution else None,
        institution=institution,
        department=department,
        team_ids=teams,
        villages=villages,
        assurance=Assurance(account.assurance),
        session_id=session_id,
    )


def records_of(current: Session, account: Account) -> frozenset[UUID]:
    """Return the people whose record an account may be shown today: its own and its family's."""
    own = None if account.paused else account.resident_id
    proxied, guarded = _family(current, account)
    return proxied | guarded | (frozenset() if own is None else frozenset({own}))


def openid_index_of(current: Session, county_id: str, account_id: UUID) -> bytes | None:
    """Return the blind index of the openid bound to an account, or None."""
    account = current.get(Account, (county_id, account_id))
    return account.openid_index if account else None


def _family(current: Session, account: Account) -> tuple[frozenset[UUID], frozenset[UUID]]:
    if account.paused:
        return frozenset(), frozenset()  # consent withdrawn: nobody's record is shown on this phone
    rows = current.execute(
        select(RelatedPerson.kind, Resident.id, Resident.birth_on, Resident.own_wages, Resident.lacks_capacity)
        .join(Resident, (Resident.county_id == RelatedPerson.county_id) & (Resident.id == RelatedPerson.resident_id))
        .where(
            RelatedPerson.county_id == account.county_id,
            RelatedPerson.account_id == account.id,
            RelatedPerson.revoked_at.is_(None),
        )
    ).all()
    if not rows:
        return frozenset(), frozenset()
    day = local_day(clock.now(current))
    return (
        frozenset(row.id for row in rows if row.kind == "proxy"),
        # A guardian's right ends by itself on the day the child is grown up.
        frozenset(
            row.id
            for row in rows
            if row.kind == "guardian"
            and needs_guardian(row.birth_on, day, own_wages=row.own_wages, lacks_capacity=row.lacks_capacity)
        ),
    )


def resident_needs_guardian(resident: Resident, day: date) -> bool:
    """Say whether somebody else must consent for this resident on a day (Civil Code art. 17-24)."""
    return needs_guardian(resident.birth_on, day, own_wages=resident.own_wages, lacks_capacity=resident.lacks_capacity)


def _places(current: Session, county_id: str, practitioner_id: UUID) -> list[PractitionerRole]:
    today = text("(liandong_now() AT TIME ZONE 'Asia/Shanghai')::date")
    rows = current.scalars(
        select(PractitionerRole)
        .where(
            PractitionerRole.county_id == county_id,
            PractitionerRole.practitioner_id == practitioner_id,
            PractitionerRole.from_on <= today,
            or_(PractitionerRole.until_on.is_(None), PractitionerRole.until_on >= today),
        )
        .order_by(PractitionerRole.id)
    ).all()
    # The first place is the main one; other sites (multi-point practice) do not widen what is seen.
    return [row for row in rows if row.institution == rows[0].institution]
