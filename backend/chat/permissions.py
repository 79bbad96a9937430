"""Who may read and write a conversation: the resident and family, and the team of that time."""

from backend.kernel.permissions import Permission, Relation, permission
from backend.kernel.roles import Role

_R = Relation
_BOTH_SIDES = {
    Role.RESIDENT: {_R.SELF, _R.PROXY, _R.GUARDIAN},
    Role.FAMILY_DOCTOR: {_R.TEAM},
    Role.VILLAGE_DOCTOR: {_R.TEAM},
    Role.TEAM_NURSE: {_R.TEAM},
}

PERMISSIONS: tuple[Permission, ...] = (
    permission("conversation.read", _BOTH_SIDES),
    permission("conversation.write", _BOTH_SIDES),
)
