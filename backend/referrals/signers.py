"""Who somebody is when they want to sign: their posts of today, and whether they signed this round before."""

from sqlalchemy import ColumnElement, and_, func, or_, select

from backend.kernel.clock import local_day
from backend.kernel.roles import Actor, Role
from backend.people.models import PractitionerRole
from backend.referrals.chain import Post, Signer, right_to_sign
from backend.referrals.models import ReferralSignature
from backend.referrals.states import SignatureStatus
from backend.store import clock
from backend.store.db import session

_S = SignatureStatus


def right_of(actor: Actor, step: ReferralSignature) -> str | None:
    """Return as what the actor may sign a step today, or None."""
    if actor.practitioner_id is None:
        return None
    signer = Signer(actor.practitioner_id, _posts(actor), local_day(clock.now()))
    return right_to_sign(step, signer, _heads(step))


def _posts(actor: Actor) -> tuple[Post, ...]:
    rows = session().scalars(
        select(PractitionerRole).where(
            PractitionerRole.county_id == actor.county_id,
            PractitionerRole.practitioner_id == actor.practitioner_id,
            PractitionerRole.institution == actor.institution,
            _holds_today(),
        )
    )
    return tuple(Post(row.role, row.institution, row.department, row.duty) for row in rows)


def _heads(step: ReferralSignature) -> list[str | None]:
    if step.department is None:
        return []
    return list(
        session().scalars(
            select(PractitionerRole.department).where(
                PractitionerRole.county_id == step.county_id,
                PractitionerRole.institution == step.institution,
                PractitionerRole.role == Role.DEPARTMENT_HEAD,
                _holds_today(),
            )
        )
    )


def _holds_today() -> ColumnElement[bool]:
    today = func.date(func.timezone("Asia/Shanghai", clock.sql_now()))
    return and_(
        PractitionerRole.from_on <= today,
        or_(PractitionerRole.until_on.is_(None), PractitionerRole.until_on >= today),
    )


def signed_already(actor: Actor, step: ReferralSignature) -> bool:
    """Say whether the actor signed another step of the same round: nobody signs twice."""
    return (
        session().scalar(
            select(ReferralSignature.id).where(
                ReferralSignature.county_id == step.county_id,
                ReferralSignature.referral_id == step.referral_id,
                ReferralSignature.round == step.round,
                ReferralSignature.practitioner_id == actor.practitioner_id,
                ReferralSignature.status == _S.SIGNED,
            )
        )
        is not None
    )
