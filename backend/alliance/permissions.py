"""Institutions are public; only a member's own office declares its exit (XM-2, XM-4)."""

from backend.kernel.permissions import Permission, Relation, permission
from backend.kernel.roles import Role

PERMISSIONS: tuple[Permission, ...] = (
    permission("county.read", {role: {Relation.ANY} for role in Role}),
    permission("institution.read", {role: {Relation.ANY} for role in Role}),
    permission("alliance.read", {role: {Relation.ANY} for role in Role}),
    permission("membership.leave", {Role.MEDICAL_OFFICE: {Relation.INSTITUTION}}),
)
