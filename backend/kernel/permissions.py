"""Permissions as data: (action) -> role -> relations that allow it. No row means no."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from backend.kernel.roles import Role


class Relation(StrEnum):
    """How an actor may stand to an object. Each is one SQL predicate in `store.access`."""

    ANY = "any"  # anybody of this role in the same county (public data, catalogues)
    SELF = "self"  # the actor's own health record
    PROXY = "proxy"  # a family member who runs errands
    GUARDIAN = "guardian"  # consents for someone under 18 or without full capacity
    GRANTED = "granted"  # an access grant in `records` (contract team, referral party, ...)
    OWN = "own"  # the actor made it, or it is assigned to the actor
    TEAM = "team"  # belongs to a care team of the actor
    VILLAGE = "village"  # belongs to a village the actor serves
    INSTITUTION = "institution"  # belongs to the actor's institution
    RECEIVER = "receiver"  # is addressed to the actor's institution


@dataclass(frozen=True, slots=True)
class Permission:
    """One action on one resource and who may take it by which relation."""

    action: str
    resource: str
    grants: Mapping[Role, frozenset[Relation]]
    audited: bool = False  # reading a health record leaves an audit row


class Permissions:
    """The catalogue of all features' permissions. Unknown actions raise: deny by default."""

    def __init__(self) -> None:
        self._by_action: dict[str, Permission] = {}

    def add(self, permissions: Iterable[Permission]) -> None:
        """Register a feature's permissions; the same action twice is a mistake."""
        for permission in permissions:
            known = self._by_action.get(permission.action)
            if known is not None and known != permission:
                raise ValueError(f"permission {permission.action} is declared twice")
            self._by_action[permission.action] = permission

    def get(self, action: str) -> Permission:
        """Return the permission of an action or raise KeyError: unknown is never allowed."""
        return self._by_action[action]

    def all(self) -> tuple[Permission, ...]:
        """Return every permission in order of action."""
        return tuple(self._by_action[name] for name in sorted(self._by_action))


def permission(action: str, grants: Mapping[Role, Iterable[Relation]], *, audited: bool = False) -> Permission:
    """Write one permission; the resource is the part of the action before the dot."""
    return Permission(
        action=action,
        resource=action.split(".", 1)[0],
        grants={role: frozenset(relations) for role, relations in grants.items()},
        audited=audited,
    )
