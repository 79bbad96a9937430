"""Everybody sees and does their own tasks, and those of their role at their institution."""

from backend.kernel.permissions import Permission, Relation, permission
from backend.kernel.roles import Role

_STAFF = [role for role in Role if role not in {Role.ANONYMOUS, Role.RESIDENT, Role.SYSTEM}]

PERMISSIONS: tuple[Permission, ...] = (
    permission("task.read", {role: {Relation.OWN, Relation.INSTITUTION} for role in _STAFF}),
    permission("task.complete", {role: {Relation.OWN, Relation.INSTITUTION} for role in _STAFF}),
)
