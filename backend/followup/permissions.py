"""The patient and their family answer; village and township look after; the hospital that sent them down sees."""

from backend.kernel.permissions import Permission, Relation, permission
from backend.kernel.roles import Role

_SELF = {Role.RESIDENT: {Relation.SELF, Relation.PROXY, Relation.GUARDIAN}}
_CARE = {role: {Relation.GRANTED} for role in (Role.VILLAGE_DOCTOR, Role.FAMILY_DOCTOR, Role.TEAM_NURSE)}
_ABOVE = {role: {Relation.RECEIVER} for role in (Role.SPECIALIST, Role.WARD_DOCTOR)}

PERMISSIONS: tuple[Permission, ...] = (
    permission(
        "follow_up_plan.read",
        {**_SELF, **_CARE, **_ABOVE},
        audited=True,
    ),
    permission("follow_up_plan.read_of", {**_SELF, **_CARE}),
    permission("follow_up_plan.start", {Role.FAMILY_DOCTOR: {Relation.GRANTED}}),
    permission("follow_up_plan.stop", {Role.FAMILY_DOCTOR: {Relation.GRANTED}}),
    permission("follow_up_visit.read", {**_SELF, **_CARE}),
    permission("follow_up_visit.record", {**_SELF, **_CARE}),
    permission("follow_up_round.read", {Role.VILLAGE_DOCTOR: {Relation.OWN}}),
)
