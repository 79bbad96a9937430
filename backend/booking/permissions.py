"""Who may take, see and change a place, and who answers for beds.

`appointment.book` is asked on the referral, everything else on the appointment or the bed request.
"""

from backend.kernel.permissions import Permission, Relation, permission
from backend.kernel.roles import Role

_FAMILY = {Relation.SELF, Relation.PROXY, Relation.GUARDIAN}
_DOCTORS = (Role.FAMILY_DOCTOR, Role.VILLAGE_DOCTOR, Role.TEAM_NURSE)
_DESK = (Role.DESK_CLERK, Role.MEDICAL_OFFICE)
_HOSPITAL = (*_DESK, Role.SPECIALIST, Role.WARD_DOCTOR, Role.DEPARTMENT_HEAD)

_BOOKERS = (
    {Role.RESIDENT: _FAMILY}
    | {role: {Relation.OWN, Relation.GRANTED} for role in _DOCTORS}
    | {role: {Relation.RECEIVER} for role in _DESK}
)

_TAKERS = (
    {Role.RESIDENT: _FAMILY}
    | {role: {Relation.GRANTED} for role in _DOCTORS}
    | {role: {Relation.ANY} for role in _DESK}
)

PERMISSIONS: tuple[Permission, ...] = (
    permission("appointment.book", _BOOKERS),
    permission("appointment.change", _BOOKERS),
    permission("place.read", {role: {Relation.ANY} for role in (Role.RESIDENT, *_DOCTORS, *_HOSPITAL)}),
    # Asked on the person it is for. A desk books for whoever stands there, and only at its own house.
    permission("appointment.take", _TAKERS),
    permission("appointment.grant", {role: {Relation.RECEIVER} for role in _DESK}),
    permission(
        "appointment.finish",
        {role: {Relation.RECEIVER} for role in (*_DESK, Role.SPECIALIST, Role.WARD_DOCTOR)},
    ),
    permission("appointment.check_in", {role: {Relation.RECEIVER} for role in _HOSPITAL}),
    # An extra place: the house's own people on whoever stands there, a treating doctor for their patient.
    permission(
        "appointment.overbook",
        {role: {Relation.GRANTED} for role in _DOCTORS}
        | {role: {Relation.ANY} for role in (*_DESK, Role.SPECIALIST, Role.DEPARTMENT_HEAD)},
    ),
    permission("waitlist.join", _TAKERS),
    permission(
        "waitlist.read",
        {Role.RESIDENT: _FAMILY}
        | {role: {Relation.GRANTED} for role in _DOCTORS}
        | {role: {Relation.RECEIVER} for role in _HOSPITAL},
    ),
    permission(
        "waitlist.leave",
        {Role.RESIDENT: _FAMILY}
        | {role: {Relation.GRANTED} for role in _DOCTORS}
        | {role: {Relation.RECEIVER} for role in _DESK},
    ),
    permission("quota.read", {role: {Relation.ANY} for role in (*_HOSPITAL, Role.BUREAU)}),
    # With a doctor's order in hand: the person, who cares for them, or the desk.
    permission(
        "order.book",
        {Role.RESIDENT: _FAMILY}
        | {role: {Relation.OWN, Relation.GRANTED} for role in (*_DOCTORS, Role.SPECIALIST, Role.WARD_DOCTOR)}
        | {role: {Relation.GRANTED} for role in _DESK},
    ),
    permission("schedule.read", {role: {Relation.INSTITUTION} for role in _HOSPITAL}),
    permission("schedule.write", {role: {Relation.INSTITUTION} for role in (*_DESK, Role.DEPARTMENT_HEAD)}),
    permission("schedule.stop", {role: {Relation.INSTITUTION} for role in (*_DESK, Role.DEPARTMENT_HEAD)}),
    permission(
        "appointment.read",
        {Role.RESIDENT: _FAMILY}
        | {role: {Relation.OWN, Relation.GRANTED} for role in _DOCTORS}
        | {role: {Relation.RECEIVER} for role in _HOSPITAL},
        audited=True,
    ),
    permission(
        "bed.read",
        {Role.RESIDENT: _FAMILY}
        | {role: {Relation.OWN, Relation.GRANTED} for role in _DOCTORS}
        | {role: {Relation.RECEIVER} for role in _HOSPITAL},
    ),
    permission("bed.answer", {role: {Relation.RECEIVER} for role in _HOSPITAL}),
)
