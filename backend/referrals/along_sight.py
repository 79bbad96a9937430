"""Who sees what went along with a referral, in SQL: whoever may read its records, and no longer than that (0014)."""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_

from backend.kernel.permissions import Relation
from backend.kernel.roles import Actor
from backend.records.queries import AFTER_VISIT, granted_by
from backend.referrals.models import Referral
from backend.referrals.states import ReferralStatus
from backend.store import access, clock

_R = Relation
TABLE = "referral_attachment"


def install() -> None:
    """Register what the relations mean for the table; what was taken out again is nobody's any more."""
    access.register_relation(_R.OWN, _of_doctor, table=TABLE)
    access.register_relation(_R.INSTITUTION, _of_house, table=TABLE)
    access.register_relation(_R.RECEIVER, _of_receiver, table=TABLE)
    access.narrow(TABLE, (_R.OWN,), _there)
    access.narrow(TABLE, (_R.SELF, _R.PROXY, _R.GUARDIAN, _R.GRANTED, _R.INSTITUTION, _R.RECEIVER), _sent)


def _there(model: Any) -> ColumnElement[bool]:
    return model.removed_at.is_(None)  # type: ignore[no-any-return]


def _sent(model: Any) -> ColumnElement[bool]:
    return and_(_there(model), _referral(model, Referral.submitted_at.is_not(None)))


def _of_doctor(model: Any, actor: Actor) -> ColumnElement[bool]:
    # Of whoever treats now: who goes on with it also takes out what the one before put in by mistake.
    if actor.practitioner_id is None:
        return false()
    return and_(_referral(model, Referral.practitioner_id == actor.practitioner_id), _sender_reads(model))


def _of_house(model: Any, actor: Actor) -> ColumnElement[bool]:
    if actor.institution is None:
        return false()
    return and_(model.institution == actor.institution, _sender_reads(model))


def _sender_reads(model: Any) -> ColumnElement[bool]:
    by_grant = granted_by(model, "referral", model.referral_id, _house(model.institution))
    return or_(by_grant, _referral(model, _not_long_over()))


def _of_receiver(model: Any, actor: Actor) -> ColumnElement[bool]:
    if actor.institution is None:
        return false()
    # Before consent, and after it was taken back, only who is treated already: an emergency, or somebody who has come.
    treated = and_(or_(Referral.emergency, Referral.arrived_at.is_not(None)), _not_long_over())
    by_grant = granted_by(model, "referral", model.referral_id, f"institution:{actor.institution}")
    asked = and_(
        Referral.to_institution == actor.institution,
        Referral.status != ReferralStatus.REFUSED,
        or_(by_grant, treated),
    )
    return _referral(model, asked)


def _not_long_over() -> ColumnElement[bool]:
    return or_(Referral.ended_at.is_(None), Referral.ended_at > clock.sql_now() - AFTER_VISIT)


def _referral(model: Any, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Referral.county_id == model.county_id, Referral.id == model.referral_id, *conditions)


def _house(column: Any) -> Any:
    return "institution:" + column
