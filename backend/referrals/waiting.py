"""Who waits for whom, until when: every step of a referral is a named task. Deadlines escalate, they never release."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from backend.alliance.packs.pack import Pack
from backend.alliance.queries import pack
from backend.alliance.working_time import Office, office
from backend.kernel.clock import local_day
from backend.kernel.roles import Role
from backend.notices.service import plan_notice
from backend.referrals.chain import informed_posts
from backend.referrals.homeward import own_team
from backend.referrals.models import Referral, ReferralAnswer, ReferralSignature
from backend.referrals.models_certificate import ReferralCertificate
from backend.referrals.numbers import grouped
from backend.store import clock
from backend.web import live
from backend.wechat.templates import NoticeKind
from backend.worklist.service import Owner, close_tasks, open_task

FOCUS = "referral"
CONSENT, ANSWER, ANNOUNCED = "referral.consent", "referral.answer", "referral.announced"
DEPARTMENT = "referral.department"
SIGN, RETURNED, REDIRECT, PAPERS = "referral.sign", "referral.returned", "referral.redirect", "referral.papers"
SAID, DISOWNED, ASKED_AGAIN = "referral.said", "referral.disowned", "referral.asked_again"
OBJECTED, COMING_BACK, RESULT = "referral.objected", "referral.coming_back", "referral.result"
INFORMED = "referral.informed"
ADDED = "referral.added"  # something was put along after the house had answered
DOCTORS_OWN = (CONSENT, ANSWER, RETURNED, REDIRECT, PAPERS, OBJECTED)
"""What waits for the treating doctor; overdue it is on the list of the house's office."""
DESK_OFFICES = {"village": "village", "township": "township"}


def office_of(county_id: str, institution: str, now: datetime) -> Office:
    """Return the working hours that count for an institution's referral desk."""
    county = pack(county_id)
    level = county.institutions.institution(institution).level
    return office(county, DESK_OFFICES.get(level, "referral_desk"), local_day(now), institution)


def answer_minutes(county: Pack, institution: str) -> int:
    """Return in how many working minutes a house answers whether it takes somebody: a township has its own time."""
    if county.institutions.institution(institution).level == "township":
        return county.referral.limits.township_answer_working_minutes
    return county.referral.receiving.answer_limit_working_minutes


def treating(referral: Referral) -> Owner:
    """Return the treating doctor as owner of a task."""
    return Owner(practitioner_id=referral.practitioner_id)


def for_consent(referral: Referral) -> None:
    """The patient is asked; the treating doctor helps whoever has no phone, by the end of the next working day."""
    now = clock.now()
    due = office_of(referral.county_id, referral.from_institution, now).after_days(now, 1).at
    open_for(
        referral,
        CONSENT,
        treating(referral),
        due,
        key=f"{CONSENT}:{referral.id}:{referral.round}",
        ladder=[medical_office(referral.from_institution, 240)],
    )
    tell_resident(referral, f"consent:{referral.round}")


def for_answer(referral: Referral, answer: ReferralAnswer) -> None:
    """The hospital's desk is asked; then its medical office. An emergency is only announced."""
    emergency = answer.status == "announced"
    minutes = pack(referral.county_id).referral.receiving.answer_limit_working_minutes
    desk = Owner(role=desk_role(referral.county_id, answer.institution), institution=answer.institution)
    # On the way down the person's own family doctor is asked by name, then whoever is there.
    team = own_team(referral.county_id, referral.resident_id, answer.institution)
    named = Owner(practitioner_id=team.family_doctor_id) if team and referral.direction == "down" else None
    open_for(
        referral,
        ANNOUNCED if emergency else ANSWER,
        named or desk,
        answer.due_at,
        key=f"{ANSWER}:{answer.id}",
        priority="stat" if emergency else "routine",
        ladder=[*([desk.step(60)] if named else []), medical_office(answer.institution, minutes)],
        # A house that is asked learns the name with the consent; the own doctor knows it.
        named=emergency or named is not None,
        detail={"answer_id": str(answer.id)},
    )


def for_coming_back(referral: Referral, answer: ReferralAnswer) -> None:
    """Somebody sent down comes back within the days promised: the desk makes ready, nobody is asked again."""
    for_desk(referral, answer, COMING_BACK)  # the name comes with the consent, on the case


def for_desk(referral: Referral, answer: ReferralAnswer, kind: str) -> None:
    """The house's desk sees to it within the time of an answer, then its medical office; nobody is named."""
    minutes = pack(referral.county_id).referral.receiving.answer_limit_working_minutes
    now = clock.now()
    open_for(
        referral,
        kind,
        Owner(role=desk_role(referral.county_id, answer.institution), institution=answer.institution),
        office_of(referral.county_id, answer.institution, now).after_minutes(now, minutes).at,
        key=f"{kind}:{answer.id}",
        priority="urgent",
        ladder=[medical_office(answer.institution, minutes)],
        named=False,
        detail={"answer_id": str(answer.id)},
    )


def for_passed_on(referral: Referral, answer: ReferralAnswer, role: Role, due: datetime) -> None:
    """The clerk passed it on: the department or the medical office decides."""
    for kind in (ANSWER, DEPARTMENT):
        close_tasks(referral.county_id, (FOCUS, referral.id), "passed_on", kind=kind)
    open_for(
        referral,
        ANSWER,
        Owner(role=role, institution=answer.institution),
        due,
        key=f"{ANSWER}:{answer.id}:{role}",
        priority="urgent",
        ladder=[medical_office(answer.institution, 60)],
        named=False,  # as for the desk itself: the name comes with the consent, on the case
        detail={"answer_id": str(answer.id)},
    )


def for_signature(referral: Referral, step: ReferralSignature) -> None:
    """The step's own signer, then those who stand in, then the issuer's medical office."""
    assert step.due_at is not None
    rungs = [Owner(role=Role(one["role"]), institution=step.institution) for one in step.stand_ins]
    ladder = [owner.step(max(step.limit_minutes, 30)) for owner in rungs]
    # Several roles may sign one step; the first is whose list it goes on, the others see it among their signatures.
    open_for(
        referral,
        SIGN,
        Owner(role=Role(step.roles[0]), institution=step.institution),
        step.due_at,
        key=f"{SIGN}:{step.id}",
        priority="urgent" if referral.emergency else "routine",
        ladder=[*ladder, medical_office(referral.from_institution, max(step.limit_minutes, 30))],
        detail={"signature_id": str(step.id), "late": step.late},
    )


def for_late_signature(referral: Referral, step: ReferralSignature) -> None:
    """The patient has gone ahead; the signature is made up on the next working day."""
    assert step.due_at is not None
    open_for(
        referral,
        SIGN,
        Owner(role=Role(step.roles[0]), institution=step.institution),
        step.due_at,
        key=f"{SIGN}:{step.id}:late",
        ladder=[medical_office(referral.from_institution, 240)],
        detail={"signature_id": str(step.id), "late": True},
    )


def for_doctor(referral: Referral, kind: str, key: str, detail: dict[str, Any] | None = None) -> None:
    """Something came back to the treating doctor: returned, declined, objected to."""
    now = clock.now()
    due = office_of(referral.county_id, referral.from_institution, now).after_minutes(now, 120).at
    open_for(
        referral,
        kind,
        treating(referral),
        due,
        key=f"{kind}:{key}",
        priority="urgent",
        ladder=[medical_office(referral.from_institution, 120)],
        detail=detail,
    )


def for_papers(referral: Referral) -> None:
    """An emergency goes first and the paper follows within the county's limit; the limit is for papers only."""
    hours = pack(referral.county_id).referral.limits.emergency_papers_hours
    open_for(
        referral,
        PAPERS,
        treating(referral),
        clock.now() + timedelta(hours=hours),
        key=f"{PAPERS}:{referral.id}",
        priority="urgent",
        ladder=[medical_office(referral.from_institution, 240)],
    )


def for_information(referral: Referral, certificate: ReferralCertificate) -> None:
    """Whoever the chain informs is told who goes where, until when; no diagnosis, and nothing is asked of them."""
    now, county = clock.now(), pack(referral.county_id)
    for role, house in informed_posts(county, referral.direction, referral.from_institution, local_day(now)):
        open_for(
            referral,
            INFORMED,
            Owner(role=role, institution=house),
            office(county, role, local_day(now), house).after_days(now, 1).at,
            key=f"{INFORMED}:{certificate.id}:{role}",
            detail={
                "number": grouped(certificate.number),
                "to": county.institutions.institution(referral.to_institution).name,
                "until": certificate.valid_until.isoformat(),
            },
        )


def done(referral: Referral, kind: str, outcome: str) -> None:
    """Close what was waited for."""
    _moved(referral)
    close_tasks(referral.county_id, (FOCUS, referral.id), outcome, kind=kind)


def all_done(referral: Referral, outcome: str, *, but: str | None = None) -> None:
    """Close everything that is still waited for, but one kind where that goes on."""
    _moved(referral)
    close_tasks(referral.county_id, (FOCUS, referral.id), outcome, but=but)


def tell_resident(referral: Referral, what: str) -> None:
    """Tell the person that something moved; without a phone the treating doctor is asked to tell them."""
    plan_notice(
        referral.county_id,
        NoticeKind.REFERRAL_MOVED,
        dedupe_key=f"referral:{referral.id}:{what}",
        focus=(FOCUS, referral.id),
        resident_id=referral.resident_id,
        page=f"features/referrals/pages/status?id={referral.id}",
        fallback=treating(referral).step(240),
    )


def tell_doctor(referral: Referral, what: str) -> None:
    """Tell the treating doctor that something came back."""
    plan_notice(
        referral.county_id,
        NoticeKind.TASK_WAITING,
        dedupe_key=f"referral:{referral.id}:doctor:{what}",
        focus=(FOCUS, referral.id),
        practitioner_id=referral.practitioner_id,
        page=f"features/referrals/pages/status?id={referral.id}",
        fallback=treating(referral).step(240),
    )


def desk_role(county_id: str, institution: str) -> Role:
    """Return who sits at a house's referral desk."""
    level = pack(county_id).institutions.institution(institution).level
    return Role.FAMILY_DOCTOR if level == "township" else Role.DESK_CLERK


def medical_office(institution: str, minutes: int) -> dict[str, Any]:
    """Return the rung of a house's medical office."""
    return Owner(role=Role.MEDICAL_OFFICE, institution=institution).step(minutes)


def _moved(referral: Referral) -> None:
    """Let open pages look again: the patient's, the issuer's and the hospital's."""
    for topic in (
        f"resident:{referral.resident_id}",
        f"institution:{referral.from_institution}",
        f"institution:{referral.to_institution}",
    ):
        live.hint(referral.county_id, topic, "referral", referral.id)


def open_for(
    referral: Referral,
    kind: str,
    owner: Owner,
    due: datetime,
    *,
    key: str,
    named: bool = True,
    detail: dict[str, Any] | None = None,
    **more: Any,
) -> UUID | None:
    """Put a task about a referral on somebody's list, and let open pages look again."""
    _moved(referral)
    return open_task(
        referral.county_id,
        kind,
        owner,
        dedupe_key=key,
        due_at=due,
        focus=(FOCUS, referral.id),
        resident_id=referral.resident_id if named else None,
        detail=(detail or {}) | ({"down": True} if referral.direction == "down" else {}),
        **more,
    )
