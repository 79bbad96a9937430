"""Who may write and read what happened to a person."""

from backend.kernel.permissions import Permission, Relation, permission
from backend.kernel.roles import Role

_FAMILY = {Relation.SELF, Relation.PROXY, Relation.GUARDIAN}
_DOCTORS = (Role.FAMILY_DOCTOR, Role.SPECIALIST, Role.WARD_DOCTOR)
_WARD = (*_DOCTORS, Role.DEPARTMENT_HEAD)
_TEAM = (*_DOCTORS, Role.TEAM_NURSE, Role.VILLAGE_DOCTOR, Role.DEPARTMENT_HEAD)

PERMISSIONS: tuple[Permission, ...] = (
    permission(
        "record.read",
        {Role.RESIDENT: _FAMILY} | {role: {Relation.GRANTED} for role in _TEAM},
        audited=True,
    ),
    permission(
        "reading.write",
        {Role.RESIDENT: _FAMILY, Role.VILLAGE_DOCTOR: {Relation.GRANTED, Relation.VILLAGE}}
        | {role: {Relation.GRANTED} for role in (*_DOCTORS, Role.TEAM_NURSE)},
    ),
    permission("result.write", {role: {Relation.GRANTED} for role in (*_DOCTORS, Role.TEAM_NURSE)}),
    # Whoever stands in front of a doctor is seen: opening a visit is what gives sight, and is written down.
    permission(
        "visit.open",
        {Role.VILLAGE_DOCTOR: {Relation.VILLAGE, Relation.GRANTED}} | {role: {Relation.ANY} for role in _DOCTORS},
    ),
    permission(
        "visit.read",
        {Role.RESIDENT: _FAMILY} | {role: {Relation.OWN, Relation.INSTITUTION, Relation.GRANTED} for role in _TEAM},
        audited=True,
    ),
    permission("visit.write", {role: {Relation.OWN} for role in (*_DOCTORS, Role.VILLAGE_DOCTOR)}),
    permission("handoff.create", {Role.VILLAGE_DOCTOR: {Relation.VILLAGE, Relation.GRANTED}}),
    permission(
        "handoff.read",
        {
            Role.RESIDENT: _FAMILY,
            Role.VILLAGE_DOCTOR: {Relation.OWN, Relation.INSTITUTION},
            Role.FAMILY_DOCTOR: {Relation.RECEIVER},
            Role.TEAM_NURSE: {Relation.RECEIVER},
            Role.SPECIALIST: {Relation.RECEIVER},
        },
        audited=True,
    ),
    permission("handoff.take", {role: {Relation.RECEIVER} for role in (Role.FAMILY_DOCTOR, Role.SPECIALIST)}),
    permission("handoff.cancel", {Role.VILLAGE_DOCTOR: {Relation.OWN}}),
    permission("order.write", {role: {Relation.GRANTED} for role in (*_DOCTORS, Role.DEPARTMENT_HEAD)}),
    permission("order.revoke", {role: {Relation.OWN} for role in (*_DOCTORS, Role.DEPARTMENT_HEAD)}),
    permission("order.list", {Role.RESIDENT: _FAMILY} | {role: {Relation.GRANTED} for role in _TEAM}, audited=True),
    permission(
        "order.read",
        {Role.RESIDENT: _FAMILY} | {role: {Relation.OWN, Relation.GRANTED} for role in _TEAM},
        audited=True,
    ),
    # A ward is its own doctors' and its head's; a township's beds are all its doctors' (see `setup`).
    permission("stay.read", {role: {Relation.OWN} for role in _WARD}, audited=True),
    permission("stay.mark_recovering", {role: {Relation.OWN} for role in _WARD}),
    permission("stay.plan_operation", {role: {Relation.OWN} for role in _WARD}),
    permission("stay.discharge", {role: {Relation.OWN} for role in _WARD}),
    # Whoever comes is admitted: the desk writes it down for anybody of the county.
    permission(
        "stay.admit",
        {role: {Relation.ANY} for role in (Role.DESK_CLERK, Role.MEDICAL_OFFICE, Role.WARD_DOCTOR, Role.FAMILY_DOCTOR)},
    ),
)
