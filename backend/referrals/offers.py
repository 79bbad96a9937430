"""What somebody may do with a referral now, for `actions`: the tables of moves, whose it is, and where it stands."""

from backend.kernel.roles import Actor, Role
from backend.referrals.answers import WAITING
from backend.referrals.comeback import may_come_back
from backend.referrals.departments import may_assign
from backend.referrals.outside_reports import may_be_told
from backend.referrals.reassigning import may_reassign
from backend.referrals.replies import section_of
from backend.referrals.said import entrusted
from backend.referrals.sight import may_name
from backend.referrals.states import (
    COMERS,
    DOCTORS,
    HEARERS,
    HELPERS,
    LIVE,
    REFERRALS,
    TOWNSHIP,
    ConsentStatus,
    ReferralAction,
    ReferralStatus,
)
from backend.referrals.tracks import Tracks

_MINE = {
    ReferralAction.SUBMIT: "submit",
    ReferralAction.EDIT: "edit",
    ReferralAction.WITHDRAW: "withdraw",
    ReferralAction.REFUSE: "give_up",
}


def actions_of(t: Tracks, actor: Actor) -> list[str]:
    """Return the actions this actor is offered."""
    found: list[str] = []
    status = ReferralStatus(t.referral.status)
    asked = t.consent is not None and t.consent.status == ConsentStatus.ASKED
    if _is_patient_side(t, actor) and _may_speak(t, actor):
        found += ["consent", "decline"] if asked else []
        if ReferralAction.WITHDRAW in REFERRALS.actions_from(status, actor) and not asked:
            found.append("withdraw")
    if actor.practitioner_id == t.referral.practitioner_id and actor.has(*DOCTORS):
        found += [name for action, name in _MINE.items() if action in REFERRALS.actions_from(status, actor)]
    if asked and actor.practitioner_id is not None and actor.has(*HELPERS):
        found.append("help_consent")
    if status in LIVE and may_hear_no(t, actor):
        found.append("help_withdraw")
    if may_reassign(actor, t.referral):
        found.append("reassign")
    found += _as_asked_house(t, actor)
    if actor.has(Role.FAMILY_DOCTOR) and t.referral.to_institution == actor.institution and may_come_back(t.referral):
        found.append("come_back")
    found += _of_outside(t, actor)
    if _owes_result(t, actor):
        found.append("send_result")
    if _goes_again(t) and (_is_patient_side(t, actor) or actor.has(*HELPERS)):
        found.append("book_again")
    if t.certificate is not None:
        found.append("certificate")
    return list(dict.fromkeys(found))


def _as_asked_house(t: Tracks, actor: Actor) -> list[str]:
    if t.answer is None or t.answer.status not in WAITING or t.answer.institution != actor.institution:
        return []
    assigns = ["assign_department"] if may_assign(actor, t.referral, t.answer, t.departments) else []
    declines = ["decline_hospital"] if actor.has(*section_of(t.referral).decline_roles) else []
    return ["accept", "pass_on", *assigns, *declines, *(["write_down"] if actor.has(Role.DESK_CLERK) else [])]


def _of_outside(t: Tracks, actor: Actor) -> list[str]:
    # A hospital without a desk here: the treating doctor phones, and whoever sent the patient writes what is told.
    if not t.outside or actor.practitioner_id is None or _is_patient_side(t, actor):
        return []
    own = actor.practitioner_id == t.referral.practitioner_id
    sent = own or actor.institution == t.referral.from_institution or actor.has(Role.VILLAGE_DOCTOR)
    phones = own and actor.has(*DOCTORS) and t.outside_asked
    tells = sent and actor.has(*HEARERS) and may_be_told(t.referral)
    strikes = own and actor.has(*DOCTORS) and bool(t.told)
    return ["answer_outside"] * phones + ["outside_news"] * tells + ["outside_strike"] * strikes


def _owes_result(t: Tracks, actor: Actor) -> bool:
    # Who lies in a bed there is still being treated: the end of the stay says what came of it.
    waits = t.referral.status == ReferralStatus.ARRIVED and t.referral.direction == "up" and not t.outside
    lies = t.stay is not None and t.stay.discharged_at is None
    there = actor.institution == t.referral.to_institution and actor.has(*COMERS)
    return waits and not lies and there and not _is_patient_side(t, actor)


def _goes_again(t: Tracks) -> bool:
    # As `awaited.ON_GOOD_PAPER` asks it of the database, from what is read already.
    been = t.referral.status in (ReferralStatus.ARRIVED, ReferralStatus.CLOSED) and t.referral.direction == "up"
    # Of a hospital outside no places are kept here.
    return been and not t.outside and t.state is not None and t.state.word == "valid"


def may_hear_no(t: Tracks, actor: Actor) -> bool:
    """Say whether a no may be heard here: by whoever helps the patient, or at the desk that knows of them."""
    if actor.practitioner_id is None or _is_patient_side(t, actor) or not may_name(t, actor):
        return False
    receives = actor.institution == t.referral.to_institution
    return actor.has(*HELPERS) or (receives and actor.has(*TOWNSHIP, Role.DESK_CLERK, Role.MEDICAL_OFFICE))


def _is_patient_side(t: Tracks, actor: Actor) -> bool:
    return actor.has(Role.RESIDENT) and actor.subject_id == t.referral.resident_id


def _may_speak(t: Tracks, actor: Actor) -> bool:
    return actor.acting_for not in actor.proxied or entrusted(actor, t.referral) is not None
