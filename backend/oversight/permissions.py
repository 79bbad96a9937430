"""The bureau reads counts of its whole county and brings in the fund's list; it sees nobody's record."""

from backend.kernel.permissions import Permission, Relation, permission
from backend.kernel.roles import Role

PERMISSIONS: tuple[Permission, ...] = (
    permission("oversight.read", {Role.BUREAU: {Relation.ANY}}),
    permission("oversight.import", {Role.BUREAU: {Relation.ANY}}),
)
