"""Who does what next on the way down: drugs the house below lacks, whom to take over, a stay that ended otherwise."""

from sqlalchemy import select

from backend.alliance.queries import pack
from backend.kernel.roles import Role
from backend.records.events import PatientDischarged
from backend.referrals import answers, endings, package, waiting
from backend.referrals.events import CertificateIssued, DrugsMissingBelow, ReferralSubmitted
from backend.referrals.models import Referral
from backend.referrals.states import LIVE, ReferralStatus
from backend.store import clock, events
from backend.store.db import session
from backend.worklist.service import Owner, open_task

TAKE, DRUGS = "referral.take_over", "referral.drugs_missing"


def on_submitted(event: ReferralSubmitted) -> None:
    """Ask the pharmacist of the house below for the drugs it does not keep, also for somebody going home (XM-5.7)."""
    referral = _find(event.county_id, event.referral_id)
    if referral is None or referral.direction != "down":
        return
    lacking = package.not_kept(pack(event.county_id), referral.to_institution, package.package_of(referral).drugs)
    if not lacking:
        return
    names = tuple(drug.name for drug in lacking)
    now = clock.now()
    # No name of a person: the house below sees whom it is about after the consent, and can buy before.
    open_task(
        referral.county_id,
        DRUGS,
        Owner(role=Role.PHARMACIST, institution=referral.to_institution),
        dedupe_key=f"{DRUGS}:{referral.id}:{referral.to_institution}:{referral.package_hash}",
        due_at=waiting.office_of(referral.county_id, referral.to_institution, now).after_days(now, 1).at,
        focus=(waiting.FOCUS, referral.id),
        ladder=[Owner(role=Role.FAMILY_DOCTOR, institution=referral.to_institution).step(480)],
        detail={"drugs": list(names)},
    )
    events.publish(
        DrugsMissingBelow(
            county_id=referral.county_id, referral_id=referral.id, institution=referral.to_institution, drugs=names
        )
    )


def on_certificate_issued(event: CertificateIssued) -> None:
    """Everything is there: whoever said yes below takes the patient over."""
    referral = _find(event.county_id, event.referral_id)
    if referral is None or referral.direction != "down":
        return
    answer = answers.live_answer(referral)
    assert answer is not None
    now = clock.now()
    minutes = pack(event.county_id).referral.limits.township_answer_working_minutes
    open_task(
        referral.county_id,
        TAKE,
        Owner(practitioner_id=answer.answered_by),
        dedupe_key=f"{TAKE}:{referral.id}",
        due_at=waiting.office_of(referral.county_id, referral.to_institution, now).after_minutes(now, minutes).at,
        focus=(waiting.FOCUS, referral.id),
        resident_id=referral.resident_id,
        ladder=[
            Owner(role=Role.FAMILY_DOCTOR, institution=referral.to_institution).step(minutes),
            Owner(role=Role.MEDICAL_OFFICE, institution=referral.to_institution).step(minutes),
        ],
        detail={"kind": referral.category},
    )


def on_discharged(event: PatientDischarged) -> None:
    """Somebody left in another way: what was open for their way down has no object any more."""
    if event.handed_over:
        return
    rows = session().scalars(
        select(Referral)
        .where(
            Referral.county_id == event.county_id,
            Referral.stay_id == event.stay_id,
            Referral.direction == "down",
            Referral.status.in_([ReferralStatus.DRAFT, *LIVE]),
        )
        .with_for_update()
    )
    for referral in rows.all():
        endings.end_by_itself(referral, "discharged")


def _find(county_id: str, referral_id: object) -> Referral | None:
    return session().get(Referral, (county_id, referral_id))
