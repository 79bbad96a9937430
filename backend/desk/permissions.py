"""Who may open the console at all; what each page shows is asked with the permissions of its own room."""

from backend.kernel.permissions import Permission, Relation, permission
from backend.kernel.roles import Role

STAFF = tuple(role for role in Role if role not in {Role.ANONYMOUS, Role.RESIDENT, Role.SYSTEM, Role.OPERATOR})
HOSPITAL = (Role.DESK_CLERK, Role.MEDICAL_OFFICE, Role.SPECIALIST, Role.WARD_DOCTOR, Role.DEPARTMENT_HEAD)
TOWNSHIP = (Role.FAMILY_DOCTOR, Role.TEAM_NURSE)
AT_DESK = (*HOSPITAL, *TOWNSHIP)

PERMISSIONS: tuple[Permission, ...] = (
    permission("desk.open", {role: {Relation.ANY} for role in STAFF}),
    permission("desk.find", {role: {Relation.ANY} for role in AT_DESK}),
    permission("desk.places", {role: {Relation.ANY} for role in AT_DESK}),
)
"""`desk.find` shows people of the own institution's lists only; `desk.places` counts places and names nobody."""
