"""Who may tell of accepted pop-ups: everybody who has signed in, for themselves."""

from backend.kernel.permissions import Permission, Relation, permission
from backend.kernel.roles import Role

_PEOPLE = [role for role in Role if role not in (Role.ANONYMOUS, Role.SYSTEM)]

PERMISSIONS: tuple[Permission, ...] = (
    permission("subscribe_credit.read", {role: {Relation.ANY} for role in _PEOPLE}),
    permission("subscribe_credit.report", {role: {Relation.ANY} for role in _PEOPLE}),
)
