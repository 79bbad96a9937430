"""Comparing teams and packages before signing: XM-5.2c. No stars, no ranking but nearness."""

from sqlalchemy import select

from backend.alliance.queries import pack as pack_of
from backend.contracts import schemas
from backend.contracts.facts import hand_of
from backend.contracts.models import CareTeam
from backend.contracts.queries import active_contract, key_groups_of, members, open_request, taken, today
from backend.contracts.wording import HAND_TEXT, PART_TEXT, answer_text, fee, items, room, village_names
from backend.kernel.roles import Actor
from backend.people.models import RelatedPerson, Resident
from backend.store.db import session


def teams(actor: Actor, village: str | None) -> schemas.TeamsOut:
    """Every team that is open, those of the village first, then by name."""
    pack = pack_of(actor.county_id)
    subject = _subject(actor)
    home = village or (subject.village if subject else None)
    rows = (
        session()
        .scalars(select(CareTeam).where(CareTeam.county_id == actor.county_id, CareTeam.active).order_by(CareTeam.name))
        .all()
    )
    ids = [team.id for team in rows]
    people, signed = members(actor.county_id, ids), taken(actor.county_id, ids)
    mine = active_contract(actor.county_id, subject.id) if subject else None
    waiting = open_request(actor.county_id, subject.id) if subject else None
    names = village_names(pack)
    cap = pack.contracts.cap
    found = []
    for team in rows:
        count = signed.get(team.id, 0)
        state, room_text = room(count, cap.warn, cap.block)
        yours = mine is not None and mine.team_id == team.id
        found.append(
            schemas.TeamOut(
                id=team.id,
                name=team.name,
                institution=team.institution,
                institution_name=pack.institutions.institution(team.institution).name,
                phone=team.phone,
                villages=[schemas.Place(code=code, name=names.get(code, code)) for code in team.villages],
                serves_your_village=home is not None and home in team.villages,
                yours=yours,
                members=[
                    schemas.MemberOut(
                        practitioner_id=one.practitioner_id,
                        name=one.name,
                        title=one.title,
                        part=one.part,
                        part_text=PART_TEXT[one.part],
                    )
                    for one in people.get(team.id, ())
                ],
                services=team.services,
                signed=count,
                cap_warn=cap.warn,
                cap_block=cap.block,
                room=state,
                room_text=room_text,
                answer_text=answer_text(team.answer_minutes),
                actions=["sign"] if subject and not yours and waiting is None and state != "full" else [],
            )
        )
    found.sort(key=lambda team: (not team.yours, not team.serves_your_village))
    return schemas.TeamsOut(items=found, rule_text=pack.contracts.switch.text)


def packages(actor: Actor) -> schemas.PackagesOut:
    """The packages in force, those that fit the person first."""
    pack, day = pack_of(actor.county_id), today()
    subject = _subject(actor)
    groups = key_groups_of(subject, pack, day) if subject else frozenset()
    plain = {group.code: group.plain for group in pack.contracts.key_groups}
    found = []
    for package in pack.contracts.packages:
        if package.in_force(day):
            fits = not package.key_groups or not groups.isdisjoint(package.key_groups)
            whom = "、".join(plain.get(code, code) for code in package.key_groups)
            found.append(
                schemas.PackageOut(
                    code=package.code,
                    version=package.version,
                    name=package.name,
                    plain=package.plain,
                    items=items(package),
                    fee=fee(pack, package),
                    fits=fits,
                    why_not="" if fits else f"这一包是给{whom}的",
                )
            )
    found.sort(key=lambda package: not package.fits)
    terms = pack.contracts.term
    return schemas.PackagesOut(items=found, term_months=terms.months, household_allowed=terms.household_contracts)


def household(actor: Actor) -> schemas.HouseholdOut:
    """The people of the subject's household whom this account may sign up, itself first."""
    subject = _subject(actor)
    if subject is None:
        return schemas.HouseholdOut(items=[])
    ours = [one for one in {actor.resident_id, *actor.proxied, *actor.guarded} if one is not None]
    rows = session().scalars(
        select(Resident)
        .where(
            Resident.county_id == actor.county_id,
            Resident.id.in_(ours),
            Resident.village == subject.village,
            Resident.household == subject.household,
            Resident.died_on.is_(None),
        )
        .order_by(Resident.birth_on)
    )
    relations = {
        row.resident_id: row.relation
        for row in session().execute(
            select(RelatedPerson.resident_id, RelatedPerson.relation).where(
                RelatedPerson.county_id == actor.county_id,
                RelatedPerson.account_id == actor.account_id,
                RelatedPerson.revoked_at.is_(None),
            )
        )
    }
    found = []
    for one in rows:
        hand = hand_of(actor, one)
        running = active_contract(actor.county_id, one.id)
        team = session().get(CareTeam, (actor.county_id, running.team_id)) if running else None
        found.append(
            schemas.HouseholdMemberOut(
                resident_id=one.id,
                name=one.name,
                birth_year=one.birth_on.year,
                relation="本人" if one.id == actor.resident_id else relations.get(one.id, "家人"),
                hand=hand,
                hand_text=HAND_TEXT.get(hand, ""),
                signed_with=team.name if team else None,
            )
        )
    found.sort(key=lambda one: one.resident_id != subject.id)
    return schemas.HouseholdOut(items=found)


def _subject(actor: Actor) -> Resident | None:
    if actor.subject_id is None:
        return None
    return session().get(Resident, (actor.county_id, actor.subject_id))
