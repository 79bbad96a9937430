"""Who may write, review, prepare, hand out and read long prescriptions."""

from backend.kernel.permissions import Permission, Relation, permission
from backend.kernel.roles import Role
from backend.prescriptions.states import DOCTORS

_R = Relation
_PHARMACY = {Role.PHARMACIST: {_R.INSTITUTION}, Role.DISPENSER: {_R.INSTITUTION}}
_BY_GRANT = {role: {_R.GRANTED} for role in DOCTORS}

PERMISSIONS: tuple[Permission, ...] = (
    permission(
        "drug.read",
        {
            role: {_R.ANY}
            for role in (*DOCTORS, Role.TEAM_NURSE, Role.VILLAGE_DOCTOR, Role.PHARMACIST, Role.DISPENSER, Role.BUREAU)
        },
    ),
    permission(
        "prescription.read",
        {
            Role.RESIDENT: {_R.SELF, _R.PROXY, _R.GUARDIAN},
            Role.VILLAGE_DOCTOR: {_R.GRANTED, _R.RECEIVER},
            Role.TEAM_NURSE: {_R.GRANTED},
        }
        | {role: {_R.GRANTED, _R.OWN} for role in DOCTORS}
        | _PHARMACY,
        audited=True,
    ),
    permission("prescription.check", _BY_GRANT, audited=True),
    permission("prescription.issue", _BY_GRANT),
    # Confirming a longer supply is a word about one's own body: a proxy runs errands only (LP-05).
    permission("prescription.confirm", {Role.RESIDENT: {_R.SELF, _R.GUARDIAN}}),
    permission("prescription.review", {Role.PHARMACIST: {_R.INSTITUTION}}),
    permission("prescription.dispense", _PHARMACY),
    permission("prescription.hand_out", _PHARMACY | {Role.VILLAGE_DOCTOR: {_R.GRANTED, _R.RECEIVER}}),
    permission("prescription.fetch", {Role.VILLAGE_DOCTOR: {_R.GRANTED, _R.RECEIVER}}),
    permission("prescription.decide", {role: {_R.GRANTED, _R.OWN} for role in DOCTORS}),
    permission("pickup.read", _PHARMACY | {Role.VILLAGE_DOCTOR: {_R.OWN}}, audited=True),
    permission("renewal.read", {role: {_R.GRANTED, _R.OWN} for role in DOCTORS}, audited=True),
    permission("renewal.decide", {role: {_R.GRANTED, _R.OWN} for role in DOCTORS}),
)
