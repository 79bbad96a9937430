"""The signatures' track: the county's chain in order, each over the content, each by another person. MS-4.2.2u2."""

import hmac
from collections.abc import Sequence
from itertools import islice
from uuid import UUID

from sqlalchemy import select

from backend.alliance.queries import pack
from backend.alliance.working_time import Office, office
from backend.kernel.clock import local_day
from backend.kernel.errors import Conflict, Forbidden, NotFound, Stale
from backend.kernel.roles import Actor, system_actor
from backend.kernel.rules import require
from backend.people.service import check_pin
from backend.referrals import waiting
from backend.referrals.chain import step_values
from backend.referrals.models import Referral, ReferralSignature
from backend.referrals.signers import right_of, signed_already
from backend.referrals.states import GIVEN, SIGNATURES, SignatureAction, SignatureStatus
from backend.referrals.track_rules import SIGNING_RULES, SigningFacts
from backend.store import access, audit, clock
from backend.store.db import session
from backend.store.vault import vault

_S = SignatureStatus
MOST_LISTED = 200


def start(actor: Actor, referral: Referral) -> None:
    """Lay out a new round from the pack's chain and make the treating doctor's signature, which is the submission.

    The PIN was asked by the caller. Raises RuleBroken when the actor is not whom the first step wants.
    """
    county, day = pack(referral.county_id), local_day(clock.now())
    level = county.institutions.institution(referral.from_institution).level
    chain = county.referral.chain(referral.direction, level, day)
    assert chain is not None, "the issuer's rule was asked before"
    referral.round += 1
    for step in chain.steps:
        session().add(
            ReferralSignature(
                county_id=referral.county_id,
                referral_id=referral.id,
                resident_id=referral.resident_id,
                round=referral.round,
                status=_S.WAITING,
                late=False,
                **step_values(county, chain, step, referral.from_institution, referral.from_department),
            )
        )
    session().flush()
    first = steps(referral)[0]
    _open(referral, first, tell=False)
    _sign(actor, referral, first)
    open_next(referral)


def sign(actor: Actor, referral: Referral, signature_id: UUID, pin: str, content_hash: str) -> ReferralSignature:
    """Sign one step.

    Raises RuleBroken for the wrong person, the wrong turn or a second signature; Stale when what was on the screen is
    no longer what would be signed.
    """
    step = _locked(actor, referral, signature_id)
    if content_hash != referral.content_hash:
        raise Stale("content_changed", "医生改过内容，请把新的看一遍再签。")
    check_pin(actor, pin)
    _sign(actor, referral, step)
    waiting.done(referral, waiting.SIGN, "signed")
    open_next(referral)
    return step


def send_back(actor: Actor, referral: Referral, signature_id: UUID, reason: str) -> ReferralSignature:
    """Give it back with a reason: to the treating doctor, not to the signer before. Raises as `sign`."""
    step = _locked(actor, referral, signature_id)
    _may(actor, referral, step)
    vault().seal(step, "reason", reason)
    step.practitioner_id = actor.practitioner_id
    step.status = SIGNATURES.next(_S(step.status), SignatureAction.RETURN, actor)
    session().flush()
    _write_down(actor, referral, step, _S.OPEN)
    waiting.done(referral, waiting.SIGN, "returned")
    return step


def void(actor: Actor, referral: Referral) -> None:
    """Give up the present round: what was signed no longer is, or nobody needs it any more."""
    for step in steps(referral):
        before = _S(step.status)
        if before in (_S.WAITING, _S.OPEN, *GIVEN):
            step.status = SIGNATURES.next(before, SignatureAction.VOID, actor)
            _write_down(actor, referral, step, before)
    session().flush()
    waiting.done(referral, waiting.SIGN, "void")


def steps(referral: Referral) -> list[ReferralSignature]:
    """Return the steps of the present round in order."""
    return list(
        session().scalars(
            select(ReferralSignature)
            .where(
                ReferralSignature.county_id == referral.county_id,
                ReferralSignature.referral_id == referral.id,
                ReferralSignature.round == referral.round,
            )
            .order_by(ReferralSignature.step_order)
        )
    )


def running(referral: Referral) -> bool:
    """Say whether somebody is still to sign the present round."""
    return any(step.status in (_S.WAITING, _S.OPEN) for step in steps(referral))


def open_next(referral: Referral) -> None:
    """Open the first step that waits, once everything before it is signed."""
    for step in steps(referral):
        if step.status in GIVEN:
            continue
        if step.status == _S.WAITING:
            _open(referral, step, tell=True)
        return


def excused(referral: Referral) -> list[int] | None:
    """Return the unsigned steps that may follow on the next working day (补签), or None when one may not.

    Only where the county's step allows it, and only while that office is closed: the patient does not wait for it.
    """
    now = clock.now()
    missing = [step for step in steps(referral) if step.status not in GIVEN]
    for step in missing:
        if step.late_working_days == 0 or step.status not in (_S.WAITING, _S.OPEN):
            return None
        if waiting_office(referral, step).open_at(now):
            return None
    return [step.step_order for step in missing]


def mark_late(referral: Referral, orders: Sequence[int]) -> None:
    """The certificate went ahead: these signatures are made up on the next working day."""
    now = clock.now()
    for step in steps(referral):
        if step.step_order in orders:
            step.late = True
            if step.status == _S.OPEN:
                step.due_at = waiting_office(referral, step).after_days(now, step.late_working_days).at
                waiting.done(referral, waiting.SIGN, "late")
                waiting.for_late_signature(referral, step)
    session().flush()


def waiting_office(referral: Referral, step: ReferralSignature) -> Office:
    """Return the working hours that count for a step."""
    county, day = pack(referral.county_id), local_day(clock.now())
    return office(county, step.office, day, step.institution)


def mine(actor: Actor) -> list[ReferralSignature]:
    """Return the open steps this actor may sign, the soonest due first; not those they may not sign twice."""
    found = session().scalars(
        access.scoped_query(ReferralSignature, actor, "referral.sign")
        .where(ReferralSignature.status == _S.OPEN)
        .order_by(ReferralSignature.due_at, ReferralSignature.id)
    )
    # Cut off after the question who may sign: what others are to sign must not push out what this actor is to.
    theirs = (step for step in found if right_of(actor, step) is not None and not signed_already(actor, step))
    return list(islice(theirs, MOST_LISTED))


def proof_of(step: ReferralSignature) -> bytes:
    """Return the keyed digest that binds a signature to person, instant and content."""
    assert step.signed_at is not None
    parts = (
        step.county_id,
        str(step.referral_id),
        str(step.round),
        str(step.step_order),
        str(step.practitioner_id),
        step.signed_at.isoformat(),
        step.content_hash or "",
    )
    return hmac.digest(vault().derived("referral signature"), "|".join(parts).encode(), "sha256")


def _open(referral: Referral, step: ReferralSignature, *, tell: bool) -> None:
    now = clock.now()
    step.opened_at = now
    step.due_at = waiting_office(referral, step).after_minutes(now, step.limit_minutes).at
    if step.late:
        step.due_at = waiting_office(referral, step).after_days(now, step.late_working_days).at
    step.status = SIGNATURES.next(_S(step.status), SignatureAction.OPEN, system_actor(referral.county_id))
    session().flush()
    if tell:
        waiting.for_signature(referral, step)


def _sign(actor: Actor, referral: Referral, step: ReferralSignature) -> None:
    signed_as = _may(actor, referral, step)
    before = _S(step.status)
    step.practitioner_id, step.signed_as = actor.practitioner_id, signed_as
    step.content_hash, step.signed_at = referral.content_hash, clock.now()
    step.proof = proof_of(step)
    step.status = SIGNATURES.next(before, SignatureAction.SIGN, actor)
    session().flush()
    _write_down(actor, referral, step, before)
    _cover(actor, referral, step)


def covers(actor: Actor, step: ReferralSignature, round_steps: Sequence[ReferralSignature]) -> ReferralSignature | None:
    """Return the next step that the actor's signature of this one would count for too, or None.

    Only where the county lets one person of that house cover both, and the actor holds the post of both.
    """
    found = next((one for one in round_steps if one.code == step.may_cover and one.status == _S.WAITING), None)
    return found if found is not None and right_of(actor, found) is not None else None


def _cover(actor: Actor, referral: Referral, step: ReferralSignature) -> None:
    other = covers(actor, step, steps(referral))
    if other is None:
        return
    before = _S(other.status)
    other.practitioner_id, other.signed_as = step.practitioner_id, right_of(actor, other) or other.title
    other.content_hash, other.signed_at, other.covered_by = step.content_hash, step.signed_at, step.id
    other.covers_note = step.covers_note
    other.proof = proof_of(other)
    other.status = SIGNATURES.next(before, SignatureAction.COVER, actor)
    session().flush()
    _write_down(actor, referral, other, before)


def _may(actor: Actor, referral: Referral, step: ReferralSignature) -> str:
    right = right_of(actor, step)
    before = [one.title for one in steps(referral) if one.step_order < step.step_order and one.status not in GIVEN]
    facts = SigningFacts(
        title=step.title,
        who="或".join([step.title, *(one["name"] for one in step.stand_ins)]),
        right=right is not None,
        open=step.status == _S.OPEN and not before,
        before=before[0] if before else "前面的人",
        already=signed_already(actor, step),
    )
    require(SIGNING_RULES, facts, pack(referral.county_id).source)
    assert right is not None
    return right


def _locked(actor: Actor, referral: Referral, signature_id: UUID) -> ReferralSignature:
    step = access.authorize(ReferralSignature, signature_id, actor, "referral.sign", lock=True)
    if step.referral_id != referral.id:
        raise NotFound("not_found", "没有找到，或者您现在不能看。请回上一页刷新。")
    if step.round != referral.round or step.status in (_S.VOID, _S.RETURNED, *GIVEN):
        raise Conflict("step_over", "这一步已经过去了，请刷新看最新进展。")
    if actor.practitioner_id is None:
        raise Forbidden("role_may_not", "您现在的身份不能签字。")
    return step


def _write_down(actor: Actor, referral: Referral, step: ReferralSignature, before: SignatureStatus) -> None:
    audit.record(
        session(),
        actor,
        "referral.sign",
        "referral_signature",
        step.id,
        resident_id=referral.resident_id,
        before=before,
        after=step.status,
        detail={"step": step.code, "round": step.round, "as": step.signed_as},
    )
