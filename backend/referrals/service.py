"""Use cases of a referral: each locks the referral, moves one track, and then asks whether the certificate is due.

The tracks have rooms of their own: `consents`, `answers` (by telephone `spoken`), `signing`; what comes out is in
`certificates`, who came in `arrivals`.
"""

from datetime import datetime
from uuid import UUID

from backend.kernel.errors import Conflict
from backend.kernel.roles import Actor, Role
from backend.people.service import check_pin
from backend.records.service import grant
from backend.referrals import (
    answers,
    arrivals,
    certificates,
    consents,
    departments,
    drafts,
    rescheduling,
    signing,
    spoken,
    verification,
    waiting,
)
from backend.referrals.certificate_state import latest
from backend.referrals.consents import Yes
from backend.referrals.content import content_of
from backend.referrals.drafts import Draft
from backend.referrals.events import ReferralSubmitted
from backend.referrals.models import Referral, ReferralAnswer, ReferralSignature
from backend.referrals.moving import locked, move, touch
from backend.referrals.replies import Reply
from backend.referrals.states import REFERRALS, ReferralAction, ReferralStatus
from backend.store import access, clock, events
from backend.store.db import session
from backend.store.vault import vault

_R = ReferralStatus
register_arrival = arrivals.register
verify_certificate = verification.verify
write_down, disown = spoken.write_down, spoken.disown
assign_department = departments.assign


def submit(actor: Actor, referral_id: UUID, pin: str, version: int | None = None) -> Referral:
    """The treating doctor signs: consent is asked, the hospital is asked, the chain goes on. MS-4.2.2u2.

    Raises RuleBroken with everything that is missing, Forbidden for a wrong PIN.
    """
    referral = locked(actor, referral_id, "referral.edit", version)
    if referral.status == _R.ARRIVED and (latest(referral) is not None or signing.running(referral)):
        raise Conflict("under_way", "签字正在办，不用再交一次。")
    drafts.require_submittable(referral)
    check_pin(actor, pin)
    changed = _take_words(referral)
    move(actor, referral, ReferralAction.SUBMIT)
    _send(actor, referral, changed=changed)
    drafts.keep_flags(actor, referral)
    return referral


def edit(actor: Actor, referral_id: UUID, draft: Draft, version: int | None = None, pin: str | None = None) -> Referral:
    """Change a referral. Before submission freely; after it, what was signed is signed again (PIN), the rest is not.

    Raises RuleBroken when the changed one could not be submitted, Conflict for a change under an issued certificate.
    """
    referral = locked(actor, referral_id, "referral.edit", version)
    before, stood = referral.content_hash, (referral.wanted_on, referral.to_department)
    after = REFERRALS.next(_R(referral.status), ReferralAction.EDIT, actor)
    with session().no_autoflush:
        drafts.put(actor, referral, draft)
        material = before is not None and content_of(referral).digest != before
    if after in (_R.DRAFT, _R.RETURNED) or not material:
        touch(referral)
        if after is _R.ISSUED:
            certificates.replace(actor, referral)
        # Turned to another place or department: the first is asked no more, the next one now or when it is sent again.
        answers.overtake(actor, referral, ended=False)
        if after in (_R.SUBMITTED, _R.ISSUED):
            answers.ask(referral)
            rescheduling.tell_moved(referral, stood)
        return referral
    if latest(referral) is not None:
        raise Conflict("certificate_stands", "证明已经开出，诊断、理由和医院不能改；要改请先作废，再开一张。")
    drafts.require_submittable(referral)
    check_pin(actor, pin or "")
    session().flush()
    signing.void(actor, referral)
    _send(actor, referral, changed=_take_words(referral))
    drafts.keep_flags(actor, referral)
    touch(referral)
    return referral


def give_consent(actor: Actor, referral_id: UUID, yes: Yes, *, helped: bool = False) -> Referral:
    """The patient, a guardian, or somebody with a written authority says yes; helped, on the doctor's phone."""
    referral = locked(actor, referral_id, "referral.help_consent" if helped else "referral.consent")
    consents.give(actor, referral, yes, helped=helped)
    touch(referral)
    arrivals.issue_when_ready(referral)
    return referral


def answer_hospital(actor: Actor, referral_id: UUID, reply: Reply) -> ReferralAnswer:
    """The receiving hospital's yes or no. A clerk accepts or passes on, and never declines. MS-4.2.1, MS-4.1a."""
    referral = answers.find(actor.county_id, referral_id)
    row = answers.answer(actor, referral, reply)
    touch(referral)
    arrivals.issue_when_ready(referral)
    return row


def answer_by_phone(actor: Actor, referral_id: UUID, reply: Reply, said_at: datetime | None = None) -> ReferralAnswer:
    """The treating doctor writes down what a hospital outside this system said on the phone."""
    referral = locked(actor, referral_id, "referral.answer_outside")
    row = answers.answer(actor, referral, reply, by_phone=True, said_at=said_at)
    touch(referral)
    arrivals.issue_when_ready(referral)
    return row


def pass_on(actor: Actor, referral_id: UUID, role: Role) -> ReferralAnswer:
    """The clerk gives the question to the department or the medical office."""
    referral = answers.find(actor.county_id, referral_id)
    return answers.pass_on(actor, referral, role)


def list_to_answer(actor: Actor) -> list[ReferralAnswer]:
    """Return what waits for this hospital's answer: emergencies first, then what is due first."""
    rows = session().scalars(answers.waiting_for(actor))
    return sorted(rows, key=lambda row: (row.status != "announced", row.due_at))


def sign(actor: Actor, signature_id: UUID, pin: str, content_hash: str) -> ReferralSignature:
    """Sign one step of the chain, over the content that was on the screen."""
    referral = _of_signature(actor, signature_id)
    step = signing.sign(actor, referral, signature_id, pin, content_hash)
    touch(referral)
    if step.late:
        certificates.complete(actor, referral)
    arrivals.issue_when_ready(referral)
    return step


def send_back(actor: Actor, signature_id: UUID, reason: str) -> ReferralSignature:
    """A signer gives it back to the treating doctor with a reason. A late one can only object: the patient has gone."""
    referral = _of_signature(actor, signature_id)
    step = signing.send_back(actor, referral, signature_id, reason)
    if latest(referral) is not None:
        certificates.object_to(actor, referral, step.title)
        waiting.for_doctor(referral, waiting.OBJECTED, str(step.id), {"step": step.code})
        return step
    signing.void(actor, referral)
    vault().seal(referral, "return_reason", reason)
    move(actor, referral, ReferralAction.RETURN)
    waiting.for_doctor(referral, waiting.RETURNED, str(step.id), {"step": step.code})
    return step


def send_result(actor: Actor, referral_id: UUID, result: str) -> Referral:
    """The hospital writes back what was found and what to take; the treating doctor goes on from there."""
    referral = locked(actor, referral_id, "referral.result")
    arrivals.keep_result(referral, result)
    close(actor, referral)
    for tell in (waiting.tell_doctor, waiting.tell_resident):
        tell(referral, f"result:{referral.version}")
    return referral


def close(actor: Actor, referral: Referral, reason: str = "seen") -> None:
    """The patient was seen and the result came back; also called by the rooms above."""
    referral.end_reason, referral.ended_at = reason, clock.now()
    move(actor, referral, ReferralAction.CLOSE)
    answers.lapse(referral)
    # The paper may come after the patient is home again: the bill hangs on it, so its signatures stay due.
    waiting.all_done(referral, "closed", but=waiting.SIGN)


def _take_words(referral: Referral) -> bool:
    """Fix what is signed from now on; whether other words were sent before."""
    digest = content_of(referral).digest
    changed = referral.content_hash not in (None, digest)
    referral.content_hash = digest
    return changed


def _send(actor: Actor, referral: Referral, *, changed: bool) -> None:
    referral.submitted_at = referral.submitted_at or clock.now()
    session().flush()
    consents.overtake(actor, referral)
    answers.overtake(actor, referral, ended=False, changed=changed)
    grant(
        referral.county_id, referral.resident_id, "referral", referral.id, [f"institution:{referral.from_institution}"]
    )
    signing.start(actor, referral)
    consents.ask(referral)
    answers.ask(referral)
    for kind in (waiting.RETURNED, waiting.REDIRECT):
        waiting.done(referral, kind, "sent")
    if referral.emergency:
        waiting.for_papers(referral)
    # Also after a change of what was signed: a place or bed at a hospital that is no longer asked goes back.
    events.publish(
        ReferralSubmitted(
            county_id=referral.county_id,
            referral_id=referral.id,
            resident_id=referral.resident_id,
            from_institution=referral.from_institution,
            to_institution=referral.to_institution,
            direction=referral.direction,
        )
    )
    arrivals.issue_when_ready(referral)


def _of_signature(actor: Actor, signature_id: UUID) -> Referral:
    step = access.authorize(ReferralSignature, signature_id, actor, "referral.sign")
    return answers.find(actor.county_id, step.referral_id)
