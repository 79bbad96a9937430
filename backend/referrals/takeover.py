"""The team below takes somebody over: one transaction for everything, or nothing at all. MS-4.2.2d1, XM-5.4c.

The referral moves, the certificate is used, the ward's discharge and (to a bed) the stay below are written, the team
sees the record, the follow-up plan starts. Two doctors at once: the referral's row is locked, one wins.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from backend.alliance.packs.pack import Pack
from backend.alliance.queries import pack
from backend.kernel.clock import local_day
from backend.kernel.errors import Conflict, Violation
from backend.kernel.roles import Actor
from backend.kernel.rules import decide, require
from backend.records import stays, wards
from backend.records.models import Stay
from backend.records.service import end_later, grant
from backend.records.states import Disposition, StayStatus
from backend.records.stays import Admission
from backend.referrals import (
    answers,
    certificates,
    consents,
    handover,
    handover_tasks,
    homeward,
    package,
    service,
    signing,
    waiting,
)
from backend.referrals.certificate_state import latest, uses_of
from backend.referrals.door_words import with_paper
from backend.referrals.events import HandOverAccepted
from backend.referrals.handover_rules import TAKE_OVER_RULES, TakeOverFacts
from backend.referrals.models import Referral
from backend.referrals.models_certificate import Arrival, ReferralCertificate
from backend.referrals.models_handover import ReferralHandover
from backend.referrals.replies import Reply
from backend.referrals.sight import patient_of
from backend.referrals.states import (
    GIVEN,
    LIVE,
    REFERRALS,
    ConsentStatus,
    ReferralAction,
    ReferralStatus,
)
from backend.store import access, audit, clock, events
from backend.store.db import session
from backend.web import live


@dataclass(frozen=True, slots=True)
class Taking:
    """Where the patient lies from now on, when it is a bed."""

    department: str | None = None
    bed: str | None = None
    note: str = ""


def accept(actor: Actor, referral_id: UUID, taking: Taking) -> ReferralHandover:
    """Take over. Raises RuleBroken with everything that is missing, Conflict when a colleague was faster."""
    referral = access.authorize(Referral, referral_id, actor, "handover.accept", lock=True)
    row = handover.handover_of(referral)
    if row.accepted_at is not None:
        raise Conflict("already_accepted", "同事刚才已经接下这位病人了，请刷新。")
    if referral.status not in LIVE:
        raise Conflict("not_open", "这次下转已经结束了，请刷新看最新进展。")
    require(TAKE_OVER_RULES, facts_of(referral), pack(referral.county_id).source)
    certificate = _certificate(actor, referral, taking)
    above = _stay_above(referral)
    _move(actor, referral)
    if not uses_of(certificate):
        certificates.use(actor, certificate)
    if not _at_the_desk(referral):
        _register(actor, referral, certificate)
    by = Disposition.COMMUNITY if referral.category == "bed" else Disposition.HOME
    wards.discharge_handed_over(actor, above, by, certificate.number)
    row.accepted_by, row.accepted_at = actor.practitioner_id, clock.now()
    if referral.category == "bed":
        row.stay_below_id = _admit(actor, referral, taking, certificate, above)
    _give_sight(actor, referral, row)
    _tell_the_house(actor, referral, row)
    _close(actor, referral)
    row.version += 1
    session().flush()
    return row


def blocked(referral: Referral) -> tuple[Violation, ...]:
    """Return what stands in the way of taking over now, at once."""
    return decide(TAKE_OVER_RULES, facts_of(referral), pack(referral.county_id).source)


def facts_of(referral: Referral) -> TakeOverFacts:
    """Return what the rules look at."""
    consent = consents.live_consent(referral)
    unsigned = [step.title for step in signing.steps(referral) if step.status not in GIVEN]
    may_follow = latest(referral) is not None or signing.excused(referral) is not None
    return TakeOverFacts(
        consented=consent is not None
        and consent.status == ConsentStatus.GIVEN
        and consent.covers_hash == referral.content_hash,
        unsigned=() if may_follow else tuple(unsigned),
        missing=tuple(one.text for one in package.problems(referral)),
    )


def _certificate(actor: Actor, referral: Referral, taking: Taking) -> ReferralCertificate:
    answer = answers.live_answer(referral)
    if answer is None:
        raise Conflict("declined", "这次已经答复收不了；要改主意，请打电话让病区再问一次。")
    if answer.status in answers.WAITING:
        answers.answer(actor, referral, Reply(accept=True, contact=actor.name, note=taking.note))
    certificate = certificates.try_issue(referral) or latest(referral)
    if certificate is None:
        raise Conflict("certificate_missing", "转诊证明还没有出来，请刷新再试。")
    return certificate


def _stay_above(referral: Referral) -> Stay:
    assert referral.stay_id is not None
    stay = wards.find_stay(referral.county_id, referral.stay_id)
    if stay is None or stay.status == StayStatus.DISCHARGED:
        raise Conflict("already_discharged", "这位病人已经出院了，请打电话问病区。")
    return stay


def _move(actor: Actor, referral: Referral) -> None:
    before = ReferralStatus(referral.status)
    after = REFERRALS.next(before, ReferralAction.ARRIVE, actor)
    referral.status, referral.arrived_at = after, clock.now()
    referral.version += 1
    session().flush()
    audit.record(
        session(),
        actor,
        "handover.accept",
        "referral",
        referral.id,
        resident_id=referral.resident_id,
        before=before,
        after=after,
        detail={"kind": referral.category},
    )


def _at_the_desk(referral: Referral) -> bool:
    # A clerk may have looked at the certificate and written the arrival down before a doctor took over.
    return (
        session().scalar(
            select(Arrival.id)
            .where(
                Arrival.county_id == referral.county_id,
                Arrival.referral_id == referral.id,
                Arrival.certificate_id.is_not(None),
            )
            .limit(1)
        )
        is not None
    )


def _register(actor: Actor, referral: Referral, certificate: ReferralCertificate) -> None:
    # The transfer-in register (MS-4.1b): who came, verified by whom.
    session().add(
        Arrival(
            county_id=referral.county_id,
            resident_id=referral.resident_id,
            institution=referral.to_institution,
            category=referral.category,
            came_as="referred",
            referral_id=referral.id,
            certificate_id=certificate.id,
            verified_by=actor.practitioner_id,
            verified_how="number",
            registered_by=actor.practitioner_id,
            benefit_note=with_paper(pack(referral.county_id), patient_of(referral)),
            at=clock.now(),
        )
    )


def _admit(actor: Actor, referral: Referral, taking: Taking, certificate: ReferralCertificate, above: Stay) -> UUID:
    county = pack(referral.county_id)
    stay = stays.admit(
        actor,
        Admission(
            resident_id=referral.resident_id,
            department=taking.department or referral.to_department or ward_of(county, referral.to_institution),
            came_as="referred",
            bed=taking.bed,
            referral_id=referral.id,
            certificate_number=certificate.number,
            practitioner_id=actor.practitioner_id,
            diagnosis_code=referral.diagnosis_code or above.diagnosis_code,
            diagnosis_text=referral.diagnosis_text or above.diagnosis_text,
        ),
    )
    return stay.id


def ward_of(county: Pack, institution: str) -> str:
    """Return the first clinical department of a house: a township's beds are all of one ward."""
    entry = county.institutions.institution(institution)
    return next(code for code in entry.departments if county.institutions.department(code).kind == "clinical")


def _give_sight(actor: Actor, referral: Referral, row: ReferralHandover) -> None:
    team = homeward.own_team(referral.county_id, referral.resident_id, referral.to_institution)
    grantees = [f"team:{team.team_id}"] if team else []
    grantees.append(f"practitioner:{actor.practitioner_id}")
    grant(referral.county_id, referral.resident_id, "hand_over", referral.id, grantees)
    # The hospital tracks and guides (MS-4.2.3c) as long as the county's days of the upper doctor last.
    until = clock.now() + timedelta(days=pack(referral.county_id).followup.upper_doctor.sight_days)
    if row.hospital_follows:
        above = [f"practitioner:{referral.practitioner_id}"]
        grant(referral.county_id, referral.resident_id, "hand_over", referral.id, above, until=until)
    for way in (referral, _way_up(referral)):
        if way is not None:
            end_later(referral.county_id, "referral", way.id, f"institution:{referral.from_institution}", until)


def _tell_the_house(actor: Actor, referral: Referral, row: ReferralHandover) -> None:
    assert actor.practitioner_id is not None
    given = package.package_of(referral)
    # Within this transaction the plan starts; when it cannot, nothing of all this happened.
    events.publish(
        HandOverAccepted(
            county_id=referral.county_id,
            referral_id=referral.id,
            resident_id=referral.resident_id,
            institution=referral.to_institution,
            kind=referral.category,
            condition=handover.condition_of(referral),
            hospital_follows=bool(row.hospital_follows),
            practitioner_id=actor.practitioner_id,
            upper_institution=referral.from_institution,
            discharged_on=local_day(clock.now()),
            advised_on=row.review_on,
            medicine_ends_on=given.medicine_ends_on,
        )
    )
    live.hint(referral.county_id, f"institution:{referral.from_institution}", "referral", referral.id)
    live.hint(referral.county_id, f"institution:{referral.to_institution}", "referral", referral.id)


def _close(actor: Actor, referral: Referral) -> None:
    # A signature that follows on the next working day is still waited for.
    for kind in (waiting.CONSENT, waiting.ANSWER, waiting.REDIRECT, waiting.RETURNED, handover_tasks.TAKE):
        waiting.done(referral, kind, "accepted")
    waiting.tell_resident(referral, "handed_over")
    up = _way_up(referral)
    if up is not None and up.status == ReferralStatus.ARRIVED:
        service.close(actor, up, "sent_down")  # the journey up has come home


def _way_up(referral: Referral) -> Referral | None:
    """Return the referral that brought the patient up into the stay that ends now."""
    stay = wards.find_stay(referral.county_id, referral.stay_id) if referral.stay_id else None
    up = session().get(Referral, (referral.county_id, stay.referral_id)) if stay and stay.referral_id else None
    return up if up is not None and up.direction == "up" else None
