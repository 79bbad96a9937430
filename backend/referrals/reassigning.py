"""A referral whose doctor is away goes on with another of the same house: one statement moves it, its tasks follow."""

from datetime import date
from uuid import UUID

from sqlalchemy import select, text

from backend.alliance.queries import pack
from backend.kernel.clock import local_day
from backend.kernel.errors import Conflict, Forbidden
from backend.kernel.ids import new_id
from backend.kernel.roles import Actor, Role
from backend.kernel.rules import require
from backend.notices.service import hand_over_notices
from backend.people.colleagues import MOST, Wanted, colleague, colleagues
from backend.people.models import Practitioner
from backend.records.service import hand_on_grant
from backend.referrals import signing, waiting
from backend.referrals.events import ReferralReassigned
from backend.referrals.models import Referral
from backend.referrals.models_reassignment import ReferralReassignment
from backend.referrals.moving import locked
from backend.referrals.reassign_rules import REASSIGN_RULES, ReassignFacts
from backend.referrals.states import DOCTORS, RUNNING
from backend.store import audit, clock, events
from backend.store.db import session
from backend.worklist.queries import ROLE_NAMES
from backend.worklist.service import Owner, hand_over_tasks

_MOVE = text(
    """
    WITH moved AS (
        UPDATE referral r SET practitioner_id = :to, version = r.version + 1
        WHERE r.county_id = :county AND r.id = :referral AND r.from_institution = :house
          AND r.practitioner_id = :from AND r.practitioner_id <> :to AND r.status = ANY(:running)
          AND EXISTS (SELECT 1 FROM practitioner_role p
                      JOIN practitioner d ON d.county_id = p.county_id AND d.id = p.practitioner_id AND d.active
                      WHERE p.county_id = r.county_id AND p.practitioner_id = :to AND p.institution = r.from_institution
                        AND p.role = ANY(:roles) AND p.from_on <= :today
                        AND (p.until_on IS NULL OR p.until_on >= :today))
        RETURNING r.county_id, r.id, r.resident_id, r.from_institution
    )
    INSERT INTO referral_reassignment (county_id, id, referral_id, resident_id, institution, from_practitioner_id,
        to_practitioner_id, reason, practitioner_id)
    SELECT county_id, :id, id, resident_id, from_institution, :from, :to, :reason, :by FROM moved
    RETURNING id
    """
)


def reassign(actor: Actor, referral_id: UUID, to: UUID, reason: str, version: int | None = None) -> Referral:
    """Let another doctor of the house go on with a referral; the patient is told, open tasks go along.

    Raises RuleBroken for an office that may not, an unknown reason or a doctor of another house; Conflict when a
    colleague was quicker or the referral is over; Stale for another version.
    """
    referral = locked(actor, referral_id, "referral.reassign", version)
    if actor.practitioner_id is None:
        raise Forbidden("role_may_not", "您现在的身份不能换医生。")
    require(REASSIGN_RULES, _facts(actor, referral, to, reason), pack(referral.county_id).source)
    before = referral.practitioner_id
    made = session().scalar(
        _MOVE,
        {
            "id": new_id(),
            "county": referral.county_id,
            "referral": referral.id,
            "house": referral.from_institution,
            "from": before,
            "to": to,
            "running": list(RUNNING),
            "roles": list(_signing_first(referral)),
            "today": _today(),
            "reason": reason,
            "by": actor.practitioner_id,
        },
    )
    if made is None:
        raise Conflict("not_moved", "这张单已经办完，或者同事刚刚动过。请刷新再看。")
    session().refresh(referral)
    _follow(referral, before)
    audit.record(
        session(),
        actor,
        "referral.reassign",
        "referral",
        referral.id,
        resident_id=referral.resident_id,
        detail={"from": str(before), "to": str(to), "reason": reason},
    )
    events.publish(
        ReferralReassigned(
            county_id=referral.county_id,
            referral_id=referral.id,
            resident_id=referral.resident_id,
            institution=referral.from_institution,
            before=before,
            after=to,
        )
    )
    waiting.tell_doctor(referral, f"yours:{made}")
    waiting.tell_resident(referral, f"doctor:{made}")
    return referral


def may_reassign(actor: Actor, referral: Referral) -> bool:
    """Say whether this office may hand this referral to another doctor, by the county's setting."""
    here = actor.practitioner_id is not None and actor.institution == referral.from_institution
    return here and referral.status in RUNNING and actor.has(*_offices(referral))


def who_may_go_on(referral: Referral) -> list[Practitioner]:
    """Return the doctors of the house who may go on with it: who may sign first today, without who has it now."""
    found = [one.practitioner for one in colleagues(referral.county_id, _wanted(referral), "", MOST)]
    return sorted((one for one in found if one.id != referral.practitioner_id), key=lambda one: one.name_pinyin)


def history(referral: Referral) -> list[ReferralReassignment]:
    """Return every change of the treating doctor, the first one first."""
    rows = session().scalars(
        select(ReferralReassignment)
        .where(
            ReferralReassignment.county_id == referral.county_id,
            ReferralReassignment.referral_id == referral.id,
        )
        .order_by(ReferralReassignment.id)
    )
    return list(rows)


def author_of(referral: Referral) -> UUID:
    """Return who judged it: whoever signed first, also after another went on with it."""
    first = next(iter(signing.steps(referral)), None)
    return first.practitioner_id if first is not None and first.practitioner_id else referral.practitioner_id


def _follow(referral: Referral, before: UUID) -> None:
    focus = (waiting.FOCUS, referral.id)
    now = clock.now()
    hand_over_tasks(
        referral.county_id,
        focus,
        before,
        referral.practitioner_id,
        # What had gone up to the office for want of its doctor comes down again to the new one.
        office=Owner(role=Role.MEDICAL_OFFICE, institution=referral.from_institution),
        kinds=waiting.DOCTORS_OWN,
        due_at=waiting.office_of(referral.county_id, referral.from_institution, now).after_minutes(now, 120).at,
    )
    hand_over_notices(referral.county_id, focus, before, referral.practitioner_id)
    # Of who was sent down: the hospital's doctor who follows is the other one now.
    names = (f"practitioner:{one}" for one in (before, referral.practitioner_id))
    hand_on_grant(referral.county_id, "hand_over", referral.id, *names)


def _facts(actor: Actor, referral: Referral, to: UUID, reason: str) -> ReassignFacts:
    county = pack(referral.county_id)
    rule, offices = county.referral.reassign, _offices(referral)
    return ReassignFacts(
        house=county.institutions.institution(referral.from_institution).short_name,
        may=actor.has(*offices),
        who="或".join(ROLE_NAMES[role] for role in offices),
        reason_known=any(one.code == reason for one in rule.reasons),
        reasons=tuple(one.text for one in rule.reasons),
        colleague=colleague(referral.county_id, _wanted(referral), to) is not None,
        same=to == referral.practitioner_id,
    )


def _offices(referral: Referral) -> tuple[Role, ...]:
    county = pack(referral.county_id)
    level = county.institutions.institution(referral.from_institution).level
    return tuple(Role(role) for one in county.referral.reassign.offices if level in one.levels for role in one.roles)


def _wanted(referral: Referral) -> Wanted:
    return Wanted(referral.from_institution, _signing_first(referral))


def _signing_first(referral: Referral) -> tuple[Role, ...]:
    county = pack(referral.county_id)
    level = county.institutions.institution(referral.from_institution).level
    chain = county.referral.chain(referral.direction, level, _today())
    first = set(chain.steps[0].roles) if chain is not None else set(DOCTORS)
    return tuple(role for role in DOCTORS if role in first)


def _today() -> date:
    return local_day(clock.now())
