"""Who may look at teams, ask for a contract, answer it, end it."""

from backend.kernel.permissions import Permission, Relation, permission
from backend.kernel.roles import Role

_R = Relation
_FAMILY = {_R.SELF, _R.PROXY, _R.GUARDIAN}
_SIGNED_IN = [role for role in Role if role not in {Role.ANONYMOUS, Role.SYSTEM, Role.OPERATOR}]

PERMISSIONS: tuple[Permission, ...] = (
    permission("care_team.read", {role: {_R.ANY} for role in _SIGNED_IN}),
    permission(
        "contract.request",
        {
            Role.RESIDENT: _FAMILY,
            Role.VILLAGE_DOCTOR: {_R.VILLAGE},
            Role.FAMILY_DOCTOR: {_R.VILLAGE},
            Role.TEAM_NURSE: {_R.VILLAGE},
        },
    ),
    permission(
        "contract.read",
        {
            Role.RESIDENT: _FAMILY,
            Role.VILLAGE_DOCTOR: {_R.TEAM},
            Role.FAMILY_DOCTOR: {_R.TEAM},
            Role.TEAM_NURSE: {_R.TEAM},
            Role.PUBLIC_HEALTH: {_R.TEAM, _R.INSTITUTION},
        },
    ),
    permission(
        "contract.answer",
        {
            Role.VILLAGE_DOCTOR: {_R.TEAM},
            Role.FAMILY_DOCTOR: {_R.TEAM},
            Role.PUBLIC_HEALTH: {_R.INSTITUTION},
        },
    ),
    permission("contract.cancel", {Role.RESIDENT: _FAMILY}),
    permission(
        "contract.end",
        {
            Role.RESIDENT: {_R.SELF, _R.GUARDIAN},
            Role.FAMILY_DOCTOR: {_R.TEAM},
            Role.PUBLIC_HEALTH: {_R.INSTITUTION},
        },
    ),
    permission(
        "workload.read",
        {
            Role.VILLAGE_DOCTOR: {_R.OWN},
            Role.FAMILY_DOCTOR: {_R.OWN},
            Role.TEAM_NURSE: {_R.OWN},
            Role.PUBLIC_HEALTH: {_R.INSTITUTION},
            Role.BUREAU: {_R.ANY},
        },
    ),
    permission(
        "area.read",
        {Role.FAMILY_DOCTOR: {_R.OWN}, Role.PUBLIC_HEALTH: {_R.INSTITUTION}, Role.MEDICAL_OFFICE: {_R.INSTITUTION}},
    ),
    permission("area.assign", {Role.PUBLIC_HEALTH: {_R.INSTITUTION}, Role.MEDICAL_OFFICE: {_R.INSTITUTION}}),
    permission("area.score", {Role.FAMILY_DOCTOR: {_R.OWN}}),
)
