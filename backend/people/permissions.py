"""Who may see and tie whose record. Deny by default: bureau and operator see nobody's."""

from backend.kernel.permissions import Permission, Relation, permission
from backend.kernel.roles import CLINICAL, Role

EVERYBODY = tuple(role for role in Role if role not in {Role.ANONYMOUS, Role.SYSTEM})
STAFF = tuple(role for role in EVERYBODY if role is not Role.RESIDENT)

_FAMILY = {Relation.SELF, Relation.PROXY, Relation.GUARDIAN}
_SIGHT = {
    Role.VILLAGE_DOCTOR: {Relation.VILLAGE, Relation.GRANTED},
    Role.PUBLIC_HEALTH: {Relation.VILLAGE},
    Role.FAMILY_DOCTOR: {Relation.GRANTED},
    Role.TEAM_NURSE: {Relation.GRANTED},
    Role.DEPARTMENT_HEAD: {Relation.GRANTED},
    Role.SPECIALIST: {Relation.GRANTED},
    Role.WARD_DOCTOR: {Relation.GRANTED},
    Role.DESK_CLERK: {Relation.GRANTED},
    Role.MEDICAL_OFFICE: {Relation.GRANTED},
    Role.INSURANCE_AGENCY: {Relation.GRANTED},
    Role.PHARMACIST: {Relation.GRANTED},
    Role.DISPENSER: {Relation.GRANTED},
}
_HELPERS = {
    role: _SIGHT[role]
    for role in (Role.VILLAGE_DOCTOR, Role.FAMILY_DOCTOR, Role.TEAM_NURSE, Role.WARD_DOCTOR, Role.DESK_CLERK)
}
_REGISTRARS = {
    role: _SIGHT[role] for role in (Role.VILLAGE_DOCTOR, Role.FAMILY_DOCTOR, Role.SPECIALIST, Role.WARD_DOCTOR)
}

PERMISSIONS: tuple[Permission, ...] = (
    permission("me.read", {role: {Relation.ANY} for role in EVERYBODY}),
    permission("session.read", {role: {Relation.ANY} for role in EVERYBODY}),
    permission("session.end", {role: {Relation.ANY} for role in EVERYBODY}),
    permission("privacy.consent", {role: {Relation.ANY} for role in EVERYBODY}),
    permission("claim.make", {role: {Relation.ANY} for role in EVERYBODY}),
    permission("access_log.read", {Role.RESIDENT: {Relation.SELF, Relation.GUARDIAN}}),
    permission("staff.bind", {role: {Relation.ANY} for role in EVERYBODY}),
    permission("resident.search", _SIGHT),
    permission("resident.read", {Role.RESIDENT: _FAMILY, **_SIGHT}, audited=True),
    # Whoever stands in front of a doctor or a desk is found by their papers; shows no health, and is written down.
    permission(
        "resident.look_up", {role: {Relation.ANY} for role in (*sorted(CLINICAL), Role.DESK_CLERK, Role.MEDICAL_OFFICE)}
    ),
    permission("resident.register", {role: {Relation.VILLAGE} for role in (Role.VILLAGE_DOCTOR, Role.PUBLIC_HEALTH)}),
    permission("resident.correct", {**_HELPERS, Role.PUBLIC_HEALTH: {Relation.VILLAGE}}),
    permission("hand_over_code.issue", _HELPERS),
    # A paper is registered by a doctor who looks after the person and saw it.
    permission("authority.register", _REGISTRARS),
    permission(
        "authority.read",
        {Role.RESIDENT: {Relation.SELF, Relation.GUARDIAN}, **_REGISTRARS, Role.TEAM_NURSE: {Relation.GRANTED}},
        audited=True,
    ),
    permission(
        "authority.end",
        {Role.RESIDENT: {Relation.SELF, Relation.GUARDIAN}, **_REGISTRARS, Role.TEAM_NURSE: {Relation.GRANTED}},
    ),
    permission("related_person.read", {Role.RESIDENT: {Relation.SELF, Relation.GUARDIAN}, **_HELPERS}),
    permission("related_person.invite", {Role.RESIDENT: {Relation.SELF, Relation.GUARDIAN}}),
    permission("related_person.revoke", {Role.RESIDENT: {Relation.SELF, Relation.GUARDIAN, Relation.OWN}, **_HELPERS}),
)
