"""Who works in a house today and can be asked there: found by name or pinyin, never beyond that house."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, select, text, true
from sqlalchemy.orm import aliased

from backend.kernel.roles import Role
from backend.people.models import Account, Practitioner, PractitionerRole
from backend.people.names import folded_name
from backend.store.db import session

_TODAY = text("(liandong_now() AT TIME ZONE 'Asia/Shanghai')::date")


MOST = 500
"""All of a house, and more."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who is looked for: with one of these roles; of this department, or with a role that answers for the house."""

    institution: str
    roles: Collection[Role]
    department: str | None = None
    whole_house: Collection[Role] = ()


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody with a working account whose main place this house is today."""

    practitioner: Practitioner
    account: Account
    roles: tuple[Role, ...]


def colleagues(county_id: str, wanted: Wanted, asked: str, most: int) -> list[Colleague]:
    """Return whoever fits and whose name or pinyin begins or is like what was asked, by name."""
    return _found(county_id, wanted, _like(asked))[:most]


def colleague(county_id: str, wanted: Wanted, practitioner_id: UUID) -> Colleague | None:
    """Return this person if they fit, else None: of another house, gone, or unknown is all the same."""
    return next(iter(_found(county_id, wanted, Practitioner.id == practitioner_id)), None)


def _found(county_id: str, wanted: Wanted, which: ColumnElement[bool]) -> list[Colleague]:
    rows = session().execute(
        select(Practitioner, Account, PractitionerRole.role)
        .join(
            PractitionerRole,
            and_(
                PractitionerRole.county_id == Practitioner.county_id,
                PractitionerRole.practitioner_id == Practitioner.id,
            ),
        )
        .join(Account, and_(Account.county_id == Practitioner.county_id, Account.practitioner_id == Practitioner.id))
        .where(
            Practitioner.county_id == county_id,
            Practitioner.active,
            # Whoever cannot sign in cannot be told, and cannot say that it was otherwise.
            Account.disabled_at.is_(None),
            PractitionerRole.institution == wanted.institution,
            PractitionerRole.role.in_(wanted.roles),
            _in_force(PractitionerRole),
            _main_place() == wanted.institution,
            _of_department(wanted),
            which,
        )
        .order_by(Practitioner.name, Practitioner.id, PractitionerRole.id)
    )
    found: dict[UUID, Colleague] = {}
    for practitioner, account, role in rows:
        before = found.get(practitioner.id)
        found[practitioner.id] = Colleague(practitioner, account, (*(before.roles if before else ()), Role(role)))
    return list(found.values())


def _main_place() -> ColumnElement[str]:
    # As for an actor: the first place is the main one, and only there somebody speaks for a house.
    first = aliased(PractitionerRole)
    return (
        select(first.institution)
        .where(first.county_id == Practitioner.county_id, first.practitioner_id == Practitioner.id, _in_force(first))
        .order_by(first.id)
        .limit(1)
        .scalar_subquery()
    )


def _in_force(role: type[PractitionerRole]) -> ColumnElement[bool]:
    return and_(role.from_on <= _TODAY, or_(role.until_on.is_(None), role.until_on >= _TODAY))


def _of_department(wanted: Wanted) -> ColumnElement[bool]:
    if wanted.department is None:
        return true()
    return or_(PractitionerRole.department == wanted.department, PractitionerRole.role.in_(wanted.whole_house))


def _like(asked: str) -> ColumnElement[bool]:
    folded = folded_name(asked)
    if not folded:
        return false() if asked.strip() else true()
    return or_(
        Practitioner.name.contains(folded, autoescape=True),
        Practitioner.name_pinyin.startswith(folded, autoescape=True),
        Practitioner.name_pinyin.contains(f" {folded}", autoescape=True),
    )
