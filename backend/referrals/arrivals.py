"""The door: verified when there is a paper, admitted in any case, written down as what one came as. MS-4.1b."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import and_, case, or_, select, update

from backend.alliance.packs import Pack
from backend.alliance.packs.sections.referral import VerificationExemption
from backend.alliance.queries import pack
from backend.kernel.clock import SHANGHAI, local_day
from backend.kernel.errors import Forbidden, Invalid, NotFound
from backend.kernel.roles import Actor, system_actor
from backend.people.models import Resident
from backend.records.exemptions import require_fits
from backend.referrals import certificates, door_words, outside_tasks, result_tasks, waiting
from backend.referrals.certificate_state import SPENT_BY, latest, state_of, state_on
from backend.referrals.events import PatientArrived
from backend.referrals.models import Referral
from backend.referrals.models_certificate import Arrival, ReferralCertificate
from backend.referrals.outside_reports import is_outside
from backend.referrals.sight import may_name, patient_of
from backend.referrals.states import LIVE, REFERRALS, ReferralAction, ReferralStatus
from backend.referrals.tracks import tracks_of
from backend.referrals.verification import Verified, verify
from backend.store import audit, clock, events
from backend.store.db import session
from backend.store.vault import vault

_NOON = time(12, 0)


@dataclass(frozen=True, slots=True)
class Coming:
    """Who stands at the desk: with a certificate's number or QR, with a referral, or simply as a person."""

    category: str
    department: str | None = None
    certificate: str | None = None
    referral_id: UUID | None = None
    resident_id: UUID | None = None
    exemption: str | None = None
    condition: str | None = None
    on_paper: bool = False


def register(actor: Actor, coming: Coming) -> Arrival:
    """Write down an arrival at the actor's institution. Nobody is refused for a paper: what changes is the bill.

    Raises NotFound for a number that does not exist, Invalid for an exemption the county does not have, RuleBroken for
    one that the law gives to another house.
    """
    if actor.institution is None or actor.practitioner_id is None:
        raise Forbidden("no_institution", "您的账号还没有挂到医疗机构，请找管理员。")
    county = pack(actor.county_id)
    if coming.department not in (None, *county.institutions.institution(actor.institution).departments):
        raise Invalid("no_department", "没有这个科，请从列表里选。")
    verified = _verified(actor, coming)
    referral = _referral(actor, coming, verified)
    if verified is not None:
        # The patient may have withdrawn while this desk waited for the row: a paper is as good as it is now.
        verified = replace(verified, state=state_of(verified.certificate))
    resident = _resident(actor, coming, referral)
    resident_id = resident.id
    exemption = _exemption(county, actor.institution, coming, referral)
    came_as, note = door_words.came_as(county, resident, coming.category, exemption, referral, verified)
    row = Arrival(
        county_id=actor.county_id,
        resident_id=resident_id,
        institution=actor.institution,
        department=coming.department,
        category=coming.category,
        came_as=came_as,
        exemption=coming.exemption if came_as in ("emergency", "special") else None,
        referral_id=referral.id if referral else None,
        certificate_id=verified.certificate.id if verified else None,
        verified_by=actor.practitioner_id if verified else None,
        verified_how=_how(coming) if verified else None,
        registered_by=actor.practitioner_id,
        benefit_note=note,
        at=clock.now(),
    )
    session().add(row)
    session().flush()
    if verified is not None and came_as == "referred" and coming.category in SPENT_BY:
        certificates.use(actor, verified.certificate)
    if referral is not None:
        _arrive(actor, referral, row)
    _publish(actor, row, coming.condition)
    return row


def told(actor: Actor, referral: Referral, category: str, on: date) -> Arrival:
    """Write down an arrival at a hospital without a desk here, as it was told; the caller has locked and judged it."""
    county, resident, certificate = pack(actor.county_id), patient_of(referral), latest(referral)
    found = Verified(certificate, state_on(certificate, on), None) if certificate is not None else None
    came_as, note = door_words.came_as(county, resident, category, None, referral, found)
    assert actor.practitioner_id is not None
    now = clock.now()
    row = Arrival(
        county_id=actor.county_id,
        resident_id=resident.id,
        institution=referral.to_institution,
        department=referral.to_department,
        category=category,
        came_as=came_as,
        referral_id=referral.id,
        certificate_id=certificate.id if certificate is not None else None,
        registered_by=actor.practitioner_id,
        benefit_note=note,
        at=now if on == local_day(now) else datetime.combine(on, _NOON, SHANGHAI),
    )
    session().add(row)
    session().flush()
    if certificate is not None and came_as == "referred" and category in SPENT_BY:
        certificates.use(actor, certificate)
    _arrive(actor, referral, row)
    _publish(actor, row)
    return row


def issue_when_ready(referral: Referral) -> bool:
    """Let the certificate come when nothing is missing any more; whoever came before it came as referred."""
    certificate = certificates.try_issue(referral)
    if certificate is not None and referral.arrived_at is not None:
        _paper_followed(referral, certificate)
    return certificate is not None


def _publish(actor: Actor, row: Arrival, condition: str | None = None) -> None:
    audit.record(
        session(),
        actor,
        "arrival.write",
        "arrival",
        row.id,
        resident_id=row.resident_id,
        after=row.came_as,
        detail={"category": row.category, "exemption": row.exemption, "condition": condition},
    )
    events.publish(
        PatientArrived(
            county_id=row.county_id,
            arrival_id=row.id,
            resident_id=row.resident_id,
            institution=row.institution,
            referral_id=row.referral_id,
            came_as=row.came_as,
            category=row.category,
            department=row.department,
        )
    )


def _paper_followed(referral: Referral, certificate: ReferralCertificate) -> None:
    """The paper came after the person: the register says referred and the bill follows; an emergency stays one."""
    unpapered = and_(Arrival.came_as == "emergency", Arrival.certificate_id.is_(None))
    county, resident = pack(referral.county_id), patient_of(referral)
    followed = session().scalars(
        update(Arrival)
        .where(
            Arrival.county_id == referral.county_id,
            Arrival.referral_id == referral.id,
            or_(Arrival.came_as == "not_referred", unpapered),
        )
        .values(
            came_as=case((Arrival.came_as == "emergency", Arrival.came_as), else_="referred"),
            certificate_id=certificate.id,
            benefit_note=door_words.with_paper(county, resident, followed=True),
        )
        .returning(Arrival.category)
    )
    if SPENT_BY.intersection(followed):
        certificates.use(system_actor(referral.county_id), certificate)


def _verified(actor: Actor, coming: Coming) -> Verified | None:
    if coming.certificate:
        return verify(actor, coming.certificate)
    if coming.referral_id is None:
        return None
    # Chosen from the desk's own list: what the system knows need not be typed.
    referral = session().get(Referral, (actor.county_id, coming.referral_id))
    certificate = latest(referral) if referral is not None else None
    return verify(actor, certificate.number) if certificate is not None else None


def _exemption(
    county: Pack, institution: str, coming: Coming, referral: Referral | None
) -> VerificationExemption | None:
    if coming.exemption is None:
        return None
    found = county.referral.exemption(coming.exemption)
    if found is None:
        raise Invalid("no_exemption", "没有这种情况，请从列表里选。")
    require_fits(county, institution, found, coming.condition, referral.diagnosis_code if referral else None)
    return found


def _referral(actor: Actor, coming: Coming, verified: Verified | None) -> Referral | None:
    referral_id = verified.certificate.referral_id if verified else coming.referral_id
    if referral_id is None:
        return None
    referral = session().scalar(
        select(Referral)
        .where(
            Referral.county_id == actor.county_id,
            Referral.id == referral_id,
            Referral.to_institution == actor.institution,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if referral is None:
        raise NotFound("referral_elsewhere", "这张转诊不是到我们这里的，请核对医院；病人照样可以按没有转诊登记。")
    if coming.certificate is None and not may_name(tracks_of(referral), actor):
        # A question in the list is no person at the door: what they carry, or their papers, say who is here.
        raise NotFound(
            "not_consented",
            "病人还没有同意这次转诊，不能在这里按转诊登记。人来了照样接：请按身份证、档案号或“姓名 出生日期”登记。",
        )
    return referral


def _resident(actor: Actor, coming: Coming, referral: Referral | None) -> Resident:
    if referral is not None:
        return patient_of(referral)
    if coming.resident_id is None:
        raise Invalid("nobody", "请先选是哪位病人。")
    found = session().get(Resident, (actor.county_id, coming.resident_id))
    if found is None:
        raise NotFound("not_found", "没有找到这位病人，请核对。")
    return found


def _arrive(actor: Actor, referral: Referral, row: Arrival) -> None:
    if referral.direction == "down":
        return  # the register is enough: a doctor takes over, with the package and the plan (`takeover`)
    before = ReferralStatus(referral.status)
    again = before in (ReferralStatus.ARRIVED, ReferralStatus.CLOSED) and row.came_as == "referred"
    # An expired one only where nobody could have written it down in time: that is judged before.
    late = before == ReferralStatus.EXPIRED and is_outside(referral)
    if before not in LIVE and not again and not late:
        return  # one that has ended, or a visit that the paper does not cover: the register is enough
    after = REFERRALS.next(before, ReferralAction.ARRIVE, actor)
    referral.status = after
    referral.arrived_at, referral.ended_at, referral.end_reason = row.at, None, None
    referral.version += 1
    session().flush()
    audit.record(
        session(),
        actor,
        "referral.arrive",
        "referral",
        referral.id,
        resident_id=referral.resident_id,
        before=before,
        after=after,
    )
    for kind in (
        waiting.ANNOUNCED,
        waiting.COMING_BACK,
        waiting.RESULT,
        result_tasks.TO_SEE,
        outside_tasks.OUTSIDE_NEWS,
    ):
        waiting.done(referral, kind, "arrived")
    waiting.tell_resident(referral, f"arrived:{row.id}" if again else "arrived")
    if is_outside(referral):
        outside_tasks.after_arrival(referral, row)
    else:
        result_tasks.after_arrival(referral, row)


def keep_result(referral: Referral, result: str, on: date | None = None) -> None:
    """Keep what the hospital wrote back (`on` a day, else today); of a further visit below what it wrote before."""
    earlier = vault().open(referral, "result")
    text = f"{earlier}\n{on or local_day(clock.now()):%Y-%m-%d}：{result}" if earlier else result
    vault().seal(referral, "result", text)


def _how(coming: Coming) -> str:
    if coming.on_paper:
        return "paper"
    return "qr" if "?" in (coming.certificate or "") else "number"


def arrivals_of(actor: Actor, referral: Referral) -> list[Arrival]:
    """Return every arrival on a referral, the newest first; the caller has authorised."""
    return list(
        session().scalars(
            select(Arrival)
            .where(Arrival.county_id == actor.county_id, Arrival.referral_id == referral.id)
            .order_by(Arrival.id.desc())
        )
    )
