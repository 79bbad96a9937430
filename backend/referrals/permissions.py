"""Who may do what with a referral. The chain of signatures itself is the pack's and is asked in `signing`."""

from backend.kernel.permissions import Permission, Relation, permission
from backend.kernel.roles import Role
from backend.referrals.states import DECIDERS, DOCTORS, HEARERS, HELPERS, HOSPITAL, SIGNERS, TOWNSHIP

_FAMILY = {Relation.SELF, Relation.PROXY, Relation.GUARDIAN}
_AT_HOSPITAL = {*HOSPITAL, *TOWNSHIP}
_READERS = {*DOCTORS, *HOSPITAL, *TOWNSHIP}
_PAPER = (Role.DESK_CLERK, Role.MEDICAL_OFFICE, Role.FAMILY_DOCTOR)

PERMISSIONS: tuple[Permission, ...] = (
    permission("referral.create", {role: {Relation.GRANTED} for role in DOCTORS}),
    permission("referral.edit", {role: {Relation.OWN} for role in DOCTORS}),
    permission(
        "referral.read",
        {Role.RESIDENT: _FAMILY, Role.VILLAGE_DOCTOR: {Relation.GRANTED}}
        | {role: {Relation.OWN, Relation.INSTITUTION, Relation.RECEIVER} for role in _READERS},
        audited=True,
    ),
    # What goes along is seen by whoever sees the referral's records, and no longer (`along_sight`).
    permission(
        "attachment.read",
        {Role.RESIDENT: _FAMILY, Role.VILLAGE_DOCTOR: {Relation.GRANTED}}
        | {role: {Relation.OWN, Relation.INSTITUTION, Relation.RECEIVER} for role in _READERS},
        audited=True,
    ),
    permission("attachment.add", {role: {Relation.OWN} for role in DOCTORS}),
    permission("attachment.remove", {role: {Relation.OWN} for role in DOCTORS}),
    # A proxy gets as far as the rule, which says why a proxy does not sign and who does.
    permission("referral.consent", {Role.RESIDENT: _FAMILY}),
    permission("referral.help_consent", {role: {Relation.OWN, Relation.GRANTED} for role in HELPERS}),
    permission(
        "referral.withdraw",
        {Role.RESIDENT: _FAMILY} | {role: {Relation.OWN} for role in DOCTORS},
    ),
    permission("referral.decline", {Role.RESIDENT: _FAMILY}),
    # The patient's own no, heard and witnessed by whoever looks after them, or at the desk that receives them.
    permission(
        "referral.help_withdraw",
        {role: {Relation.OWN, Relation.GRANTED} for role in HELPERS}
        | {role: {Relation.OWN, Relation.GRANTED, Relation.RECEIVER} for role in TOWNSHIP}
        | {role: {Relation.RECEIVER} for role in (Role.DESK_CLERK, Role.MEDICAL_OFFICE)},
    ),
    # The house's own offices; which of them at which level is the county's setting.
    permission(
        "referral.reassign", {role: {Relation.INSTITUTION} for role in (Role.MEDICAL_OFFICE, Role.DEPARTMENT_HEAD)}
    ),
    # Down: the ward proposes for its own patients, a doctor of the house that is asked takes over.
    permission("handover.propose", {role: {Relation.OWN} for role in (Role.WARD_DOCTOR, Role.SPECIALIST)}),
    permission("handover.accept", {Role.FAMILY_DOCTOR: {Relation.RECEIVER}}),
    # A paper from above: whoever it is shown to writes it down; a doctor of the house that is asked takes over.
    permission("incoming.register", {role: {Relation.ANY} for role in _PAPER}),
    permission("incoming.options", {role: {Relation.ANY} for role in {*_PAPER, *DOCTORS}}),
    permission(
        "incoming.read",
        {Role.RESIDENT: _FAMILY} | {role: {Relation.INSTITUTION, Relation.RECEIVER} for role in _READERS},
        audited=True,
    ),
    permission("incoming.accept", {role: {Relation.RECEIVER} for role in DOCTORS}),
    # Went by themselves: whoever hears of it writes it down, at the desk or on the phone; no certificate comes of it.
    permission(
        "direct_visit.register",
        {Role.RESIDENT: _FAMILY} | {role: {Relation.ANY} for role in (*_PAPER, Role.TEAM_NURSE)},
    ),
    permission(
        "direct_visit.read",
        {Role.RESIDENT: _FAMILY}
        | {role: {Relation.INSTITUTION} for role in _PAPER}
        | {role: {Relation.GRANTED} for role in (*DOCTORS, Role.TEAM_NURSE, Role.VILLAGE_DOCTOR)}
        | {role: {Relation.GRANTED, Relation.INSTITUTION} for role in (Role.FAMILY_DOCTOR, Role.TEAM_NURSE)},
        audited=True,
    ),
    permission("referral.come_back", {Role.FAMILY_DOCTOR: {Relation.RECEIVER}}),
    permission("ward.read", {role: {Relation.OWN} for role in (*DOCTORS, Role.DEPARTMENT_HEAD)}),
    permission("referral.answer", {role: {Relation.INSTITUTION} for role in _AT_HOSPITAL}),
    # Which department, where nobody below had said: the desk or the medical office of the house that is asked.
    permission(
        "referral.assign_department",
        {role: {Relation.INSTITUTION} for role in (Role.DESK_CLERK, Role.MEDICAL_OFFICE)},
    ),
    # What a named doctor said on the telephone: a clerk writes it down, the doctor may say that it was not so.
    permission("referral.write_down", {Role.DESK_CLERK: {Relation.INSTITUTION}}),
    permission(
        "referral.said",
        {role: {Relation.OWN} for role in DECIDERS} | {Role.MEDICAL_OFFICE: {Relation.OWN, Relation.INSTITUTION}},
    ),
    permission("referral.disown", {role: {Relation.OWN} for role in DECIDERS}),
    permission("referral.answer_outside", {role: {Relation.OWN} for role in DOCTORS}),
    # Of a hospital without a desk here: whoever sent the patient, their house, or the village doctor is told first.
    permission(
        "referral.outside_news",
        {role: {Relation.INSTITUTION} for role in HEARERS}
        | {role: {Relation.OWN, Relation.INSTITUTION} for role in DOCTORS}
        | {Role.VILLAGE_DOCTOR: {Relation.GRANTED}},
    ),
    # What was told counts until the treating doctor strikes it.
    permission("referral.outside_strike", {role: {Relation.OWN} for role in DOCTORS}),
    permission("referral.result", {role: {Relation.RECEIVER} for role in _AT_HOSPITAL}),
    permission("certificate.verify", {role: {Relation.ANY} for role in _AT_HOSPITAL}),
    permission("arrival.write", {role: {Relation.ANY} for role in _AT_HOSPITAL}),
    permission("arrival.read", {role: {Relation.INSTITUTION} for role in _AT_HOSPITAL}, audited=True),
    permission("referral.sign", {role: {Relation.INSTITUTION} for role in SIGNERS}),
)
