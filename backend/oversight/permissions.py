"""The bureau reads counts of its whole county and brings in the fund's list; it sees nobody's record."""

from backend.kernel.permissions import Permission, Relation, permission
from backend.kernel.roles import Role
from backend.referrals.states import DOCTORS

_KEEP = (Role.MEDICAL_OFFICE, Role.DESK_CLERK)
_HOSTS = (Role.FAMILY_DOCTOR, Role.TEAM_NURSE, Role.DEPARTMENT_HEAD)
"""Who reads at a township, which seldom has an office of its own, what was held there."""

PERMISSIONS: tuple[Permission, ...] = (
    permission("oversight.read", {Role.BUREAU: {Relation.ANY}}),
    # A drawn referral is judged by another house, where the patient went, or the bureau; the issuer reads the verdict.
    permission("referral_audit.review", {Role.MEDICAL_OFFICE: {Relation.RECEIVER}, Role.BUREAU: {Relation.ANY}}),
    permission(
        "referral_audit.read",
        {
            Role.BUREAU: {Relation.ANY},
            Role.MEDICAL_OFFICE: {Relation.INSTITUTION, Relation.RECEIVER},
            Role.DEPARTMENT_HEAD: {Relation.INSTITUTION},
        }
        | {role: {Relation.OWN} for role in DOCTORS},
        audited=True,
    ),
    # No person stands in an agreement: a hospital's office reads all of its own, and writes down that one was reviewed.
    permission("agreement.read", {Role.BUREAU: {Relation.ANY}, Role.MEDICAL_OFFICE: {Relation.ANY}}),
    permission("agreement.review", {Role.BUREAU: {Relation.ANY}, Role.MEDICAL_OFFICE: {Relation.ANY}}),
    # No patient stands in a ledger: a house keeps its own and reads what was held at it, the bureau reads all.
    permission("ledger.read", {role: {Relation.ANY} for role in (Role.BUREAU, *_KEEP, *_HOSTS)}),
    permission("ledger.write", {role: {Relation.ANY} for role in _KEEP}),
    permission("oversight.import", {Role.BUREAU: {Relation.ANY}}),
)
