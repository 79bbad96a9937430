"""The way down: the ward proposes, hands everything over, and the team below takes over in one transaction.

MS-4.2.2d1, MS-4.2.2d2, XM-5.4c, domain-review 2.9. Consent, signatures and the answer are those of every referral.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from backend.alliance import reach
from backend.alliance.queries import pack
from backend.kernel.clock import local_day
from backend.kernel.errors import Conflict, Forbidden, NotFound, Stale
from backend.kernel.roles import Actor
from backend.records.models import Result, Stay
from backend.records.states import StayStatus
from backend.referrals import drafts, package, savings, service
from backend.referrals.drafts import Case, Draft
from backend.referrals.models import Referral
from backend.referrals.models_handover import ReferralHandover
from backend.referrals.package import Change
from backend.referrals.states import LIVE, ReferralStatus
from backend.store import access, clock
from backend.store.db import session

OPEN = (ReferralStatus.DRAFT, *LIVE)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Where to, to a bed or home, and why; the choice is the patient's."""

    kind: str  # bed | home
    to_institution: str
    indication: str | None = None
    standard: str | None = None
    article: int | None = None
    choice_by_patient: bool = False
    diagnosis_code: str | None = None
    diagnosis_text: str | None = None


def propose(actor: Actor, stay_id: UUID, proposal: Proposal) -> Referral:
    """Make the draft of a way down for somebody who recovers, with the stay and its results attached.

    Raises Conflict for somebody who does not recover yet, or for whom a way down is open already.
    """
    stay = access.authorize(Stay, stay_id, actor, "handover.propose", lock=True)
    county = pack(actor.county_id)
    if not actor.has(*county.referral.handover.proposed_by):
        raise Forbidden("role_may_not", "下转由病区的医生提出。")
    if stay.status != StayStatus.RECOVERING:
        raise Conflict("not_recovering", "这位病人还没有进入恢复期，请先在病区点“进入恢复期”。")
    if open_way_down(actor.county_id, stay.id) is not None:
        raise Conflict("already_proposed", "这位病人已经在办下转，请打开那张接着办。")
    draft = Draft(
        to_institution=proposal.to_institution,
        category=proposal.kind,
        diagnosis_code=proposal.diagnosis_code or stay.diagnosis_code,
        diagnosis_text=proposal.diagnosis_text or stay.diagnosis_text or "",
        indication=proposal.indication,
        standard=proposal.standard,
        article=proposal.article,
        choice_by_patient=proposal.choice_by_patient,
        records=_records(stay),
    )
    case = Case(stay.resident_id, "down", stay_id=stay.id, department=stay.department)
    referral = drafts.create(actor, case, draft)
    referral.estimate = savings.as_shown(savings.savings_of(referral))
    package.start(referral)
    return referral


def save_package(
    actor: Actor, referral_id: UUID, change: Change, version: int | None = None, pin: str | None = None
) -> Referral:
    """Write parts of the package. Once signed it is signed anew (PIN), and consented to anew.

    Raises Conflict when the certificate is out, RuleBroken when a signed package would lack a part.
    """
    referral = access.authorize(Referral, referral_id, actor, "referral.edit", lock=True)
    _down(referral)
    if version is not None and version != referral.version:
        raise Stale("stale", "别人刚改过，请刷新后再办。", extra={"version": referral.version})
    if referral.status not in (ReferralStatus.DRAFT, ReferralStatus.RETURNED, ReferralStatus.SUBMITTED):
        raise Conflict("certificate_stands", "证明已经开出，交接资料不能再改；有要紧的，请打电话告诉接的医生。")
    package.save(referral, change)
    # The same way as every change of what was signed: a draft simply keeps it.
    return service.edit(actor, referral_id, Draft(), pin=pin)


def open_way_down(county_id: str, stay_id: UUID) -> Referral | None:
    """Return the referral down that is open for a stay, or None."""
    return session().scalar(
        select(Referral)
        .where(
            Referral.county_id == county_id,
            Referral.stay_id == stay_id,
            Referral.direction == "down",
            Referral.status.in_(OPEN),
        )
        .order_by(Referral.id.desc())
        .limit(1)
    )


def for_us(actor: Actor) -> list[Referral]:
    """Return whom this house is asked to take back, the newest first."""
    return list(
        session().scalars(
            access.scoped_query(Referral, actor, "handover.accept")
            .where(Referral.direction == "down", Referral.status.in_(LIVE))
            .order_by(Referral.id.desc())
            .limit(100)
        )
    )


def handover_of(referral: Referral) -> ReferralHandover:
    """Return the package's row. Raises NotFound for a referral up."""
    _down(referral)
    return package.find(referral) or package.start(referral)


def condition_of(referral: Referral) -> str | None:
    """Return the pack's disease, which names the protocol of the plan; None: the general one."""
    county = pack(referral.county_id)
    return reach.condition_of(county, referral.diagnosis_code) if referral.diagnosis_code else None


def _records(stay: Stay) -> tuple[tuple[str, UUID], ...]:
    results = session().scalars(
        select(Result.id)
        .where(
            Result.county_id == stay.county_id,
            Result.resident_id == stay.resident_id,
            Result.taken_on >= local_day(stay.admitted_at),
            Result.taken_on <= local_day(clock.now()),
        )
        .order_by(Result.taken_on.desc())
        .limit(20)
    )
    return (("stay", stay.id), *(("result", result) for result in results))


def _down(referral: Referral) -> None:
    if referral.direction != "down":
        raise NotFound("not_down", "这张是往上转的，没有交接资料。")
