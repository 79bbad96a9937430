"""Everybody sees their own home; staff their own today. What is on it is scoped by each room's own permission."""

from backend.kernel.permissions import Permission, Relation, permission
from backend.kernel.roles import Role

_STAFF = [role for role in Role if role not in {Role.ANONYMOUS, Role.RESIDENT, Role.SYSTEM}]

PERMISSIONS: tuple[Permission, ...] = (
    permission("home.read", {Role.RESIDENT: {Relation.SELF, Relation.PROXY, Relation.GUARDIAN}}, audited=True),
    permission("today.read", {role: {Relation.ANY} for role in _STAFF}),
)
