"""What is known when somebody signs: whose hand, which household, what ran before. MS-4.6, XM-5.2c."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from backend.alliance.packs.pack import Pack
from backend.alliance.packs.sections.contracts import Package
from backend.contracts.models import CareTeam, Contract
from backend.contracts.queries import key_groups_of, open_request, taken, team_view, today
from backend.contracts.rules import SignFacts
from backend.contracts.states import ContractStatus, EndReason, SignedBy
from backend.kernel.roles import Actor
from backend.people import authorities
from backend.people.identity import needs_guardian
from backend.people.models import Resident
from backend.store.db import session


@dataclass(frozen=True, slots=True)
class Signer:
    """One person who signs: their record, and the drawn signature (PNG data URL) when it is their own hand."""

    resident_id: UUID
    signature: str = ""
    package: str = ""  # another package than the one of the whole sign-up


@dataclass(frozen=True, slots=True)
class SignUp:
    """What comes from the page."""

    team_id: UUID
    package: str
    people: tuple[Signer, ...]
    household: bool = False
    signature: str = ""  # drawn once by whom the account belongs to, for all whom they may sign for
    months_here: int | None = None
    guardian_name: str = ""


def drawn_for(actor: Actor, wish: SignUp, person: Signer, resident: Resident) -> str:
    """Return the drawing that counts for one person: their own, or the account holder's where that one may sign."""
    shared = hand_of(actor, resident) in {SignedBy.SELF, SignedBy.GUARDIAN, SignedBy.AUTHORIZED}
    return person.signature or (wish.signature if shared else "")


def gather(
    actor: Actor,
    wish: SignUp,
    person: Signer,
    resident: Resident,
    team: CareTeam,
    package: Package,
    pack: Pack,
    running: Contract | None,
    renews: Contract | None,
) -> SignFacts:
    """Return what the rules of signing ask about one person, as of now."""
    day, terms, switch = today(), pack.contracts.term, pack.contracts.switch
    waiting = open_request(actor.county_id, resident.id)
    asked = team_view(actor.county_id, waiting.team_id) if waiting else None
    left = None if running else left_lately(actor.county_id, resident.id, team.id)
    other = running if running is not None and running.team_id != team.id else None
    began = other.from_on if other is not None else None
    return SignFacts(
        who=resident.name,
        signed_by=hand_of(actor, resident),
        has_signature=bool(drawn_for(actor, wish, person, resident)),
        needs_guardian=needs_guardian(
            resident.birth_on, day, own_wages=resident.own_wages, lacks_capacity=resident.lacks_capacity
        ),
        guardian_named=bool(wish.guardian_name.strip()),
        alive=resident.died_on is None,
        months_here=None if resident.insured_here else (wish.months_here or 0),
        residence_months=terms.residence_months,
        package_name=package.name,
        package_groups=frozenset(package.key_groups),
        resident_groups=key_groups_of(resident, pack, day),
        group_names="、".join(g.plain for g in pack.contracts.key_groups if g.code in package.key_groups),
        same_household=not wish.household or _one_household(actor, wish, resident),
        household_allowed=not wish.household or terms.household_contracts,
        team_open=team.active,
        taken=taken(actor.county_id, [team.id], waiting_too=True).get(team.id, 0) - (1 if renews else 0),
        cap=pack.contracts.cap.block,
        asked_elsewhere=asked.name if asked else None,
        same_team=running is not None and running.team_id == team.id and renews is None,
        switching=other is not None or left is not None,
        switch_free=other is not None and may_always_switch(other, resident, switch.always_when),
        switches=_switches_this_year(actor.county_id, resident.id, day),
        switches_allowed=switch.times_per_year,
        months_with_team=_months(began, day) if began else switch.after_months,
        switch_after_months=switch.after_months,
        switch_text=switch.text,
    )


def hand_of(actor: Actor, resident: Resident) -> SignedBy:
    """Return whose hand signs for a resident on this account."""
    if actor.resident_id == resident.id:
        return SignedBy.SELF
    if resident.id in actor.guarded:
        return SignedBy.GUARDIAN
    if resident.id in actor.proxied:
        entrusted = authorities.of_account(resident, actor.account_id, "contract")
        return SignedBy.AUTHORIZED if entrusted is not None else SignedBy.OWN_HAND
    return SignedBy.HELPED


def _one_household(actor: Actor, wish: SignUp, resident: Resident) -> bool:
    places = set(
        session().execute(
            select(Resident.village, Resident.household).where(
                Resident.county_id == actor.county_id, Resident.id.in_([one.resident_id for one in wish.people])
            )
        )
    )
    return len(places) == 1 and (resident.village, resident.household) in {tuple(place) for place in places}


def may_always_switch(running: Contract, resident: Resident, reasons: Sequence[str]) -> bool:
    """Say whether the team is gone or the person moved away from its villages, which frees them at any time."""
    team = session().get_one(CareTeam, (running.county_id, running.team_id))
    view = team_view(running.county_id, running.team_id)
    gone = not team.active or view is None or view.family_doctor_id is None
    moved = resident.village != running.village
    return ("team_gone" in reasons and gone) or ("moved" in reasons and moved)


def left_lately(county_id: str, resident_id: UUID, team_id: UUID) -> UUID | None:
    """Return a contract given up by one's own wish this year with another team: the next one is a change of team."""
    return session().scalar(
        select(Contract.id)
        .where(
            Contract.county_id == county_id,
            Contract.resident_id == resident_id,
            Contract.team_id != team_id,
            Contract.status == ContractStatus.ENDED,
            Contract.end_reason == EndReason.OWN_WISH,
            Contract.until_on > today() - timedelta(days=365),
        )
        .order_by(Contract.id.desc())
        .limit(1)
    )


def _switches_this_year(county_id: str, resident_id: UUID, day: date) -> int:
    before = aliased(Contract)
    number = session().scalar(
        select(func.count(Contract.id))
        .join(before, (before.county_id == Contract.county_id) & (before.id == Contract.replaces_id))
        .where(
            Contract.county_id == county_id,
            Contract.resident_id == resident_id,
            Contract.from_on > day - timedelta(days=365),
            before.team_id != Contract.team_id,
        )
    )
    return int(number or 0)


def _months(since: date, day: date) -> int:
    return (day.year - since.year) * 12 + day.month - since.month - (day.day < since.day)
