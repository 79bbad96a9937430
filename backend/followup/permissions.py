"""The patient and their family answer; village and township look after; the hospital that sent them down sees."""

from backend.followup.states import UPPER
from backend.kernel.permissions import Permission, Relation, permission
from backend.kernel.roles import Role

_SELF = {Role.RESIDENT: {Relation.SELF, Relation.PROXY, Relation.GUARDIAN}}
_CARE = {role: {Relation.GRANTED} for role in (Role.VILLAGE_DOCTOR, Role.FAMILY_DOCTOR, Role.TEAM_NURSE)}
_ABOVE = {role: {Relation.RECEIVER} for role in UPPER}

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
    # Whom one sent down: RECEIVER is the doctor who did, or their department, while sight lasts (`sight`).
    permission("sent_down.read", _ABOVE),
    permission("plan_advice.write", _ABOVE),
    permission("plan_advice.read", {**_CARE, **_ABOVE, Role.MEDICAL_OFFICE: {Relation.INSTITUTION}}, audited=True),
    permission("plan_advice.answer", {Role.FAMILY_DOCTOR: {Relation.GRANTED}}),
    # The named doctor is away: the house's office lets another of its doctors answer.
    permission("plan_advice.hand_on", {Role.MEDICAL_OFFICE: {Relation.INSTITUTION}}),
    permission("plan_advice.take_back", {role: {Relation.OWN} for role in UPPER}),
)
