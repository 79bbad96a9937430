"""The two statements of booking at once, as the driver takes them: made once a process, for that is the costly part.

The read is written with the catalogue's own predicate (`access.visible`), so that no permission stands here a second
time: whoever asks is the account of the session, and what is compared is a column of it.
"""

from functools import cache
from typing import Any, cast

from sqlalchemy import and_, bindparam, case, func, select, text, true

from backend.booking import statements
from backend.booking.models import ScheduleSession, Slot
from backend.booking.states import SlotPool
from backend.kernel.roles import Actor, Role
from backend.people.models import Account, Resident, SignInSession
from backend.people.queries import is_signed_in
from backend.referrals.models import Referral
from backend.referrals.models_certificate import ReferralCertificate
from backend.store import access, clock
from backend.store.db import db
from backend.store.idempotency import IdempotencyRecord
from backend.store.vault import STATUTORY, VaultKey

_FIRST = statements.ENTITLED_TO_FIRST.format(place="schedule_session", day="schedule_session.day")
_STILL = _FIRST.replace("schedule_session.referral_id", ":referral")
_NONE = statements.NO_LIVE_PLACE.format(referral=":referral", resident="resident.id", on="schedule_session")
_ENTITLED = f"{_STILL} AND {_NONE}".replace(":county", "schedule_session.county_id")
"""Whether nothing but the full place stands in the way; asked only of a full one."""


@cache
def read() -> tuple[str, dict[str, Any]]:
    """Return who asks for what, and how the place stands; its own values beside the caller's.

    The caller gives token, now, idle_since, touched, key, referral and slot. No row: not the plainest case.
    """
    asker = Actor(
        county_id="", account_id=None, roles=frozenset({Role.RESIDENT}), resident_id=cast("Any", Account.resident_id)
    )
    session_of = (SignInSession.county_id, SignInSession.account_id)
    full = and_(
        Slot.pool == SlotPool.REFERRAL,
        Slot.taken >= Slot.capacity,
        Slot.starts_at > clock.sql_now(),
        ScheduleSession.stopped_at.is_(None),
    )
    last_day = (
        select(func.min(ReferralCertificate.valid_until))
        .where(ReferralCertificate.county_id == Account.county_id, ReferralCertificate.referral_id == Referral.id)
        .scalar_subquery()
    )
    query = (
        select(
            Account.county_id,
            Account.id.label("account_id"),
            Account.assurance,
            Resident.id.label("resident_id"),
            Resident.name,
            Resident.sex,
            Resident.birth_on,
            Resident.village,
            Referral.id.label("referral_id"),
            Slot.id.label("slot_id"),
            Slot.starts_at,
            Slot.pool,
            ScheduleSession.institution,
            ScheduleSession.department,
            ScheduleSession.day,
            ScheduleSession.title,
            ScheduleSession.place,
            ScheduleSession.expert,
            ScheduleSession.item,
            ScheduleSession.stopped_at,
            VaultKey.wrapped,
            clock.sql_now().label("domain_now"),
            case((full, text(_ENTITLED))).label("full"),
            case((full, last_day)).label("last_day"),
        )
        .select_from(SignInSession)
        .join(Account, and_(Account.county_id == session_of[0], Account.id == session_of[1]))
        .join(Resident, and_(Resident.county_id == Account.county_id, Resident.id == Account.resident_id))
        .join(Referral, and_(Referral.county_id == Account.county_id, Referral.id == bindparam("referral")))
        .join(Slot, and_(Slot.county_id == Account.county_id, Slot.id == bindparam("slot")))
        .join(
            ScheduleSession,
            and_(ScheduleSession.county_id == Slot.county_id, ScheduleSession.id == Slot.session_id),
        )
        .join(VaultKey, and_(VaultKey.county_id == Account.county_id, VaultKey.id == STATUTORY))
        .where(
            SignInSession.token_hash == bindparam("token"),
            *is_signed_in("bearer", bindparam("now"), bindparam("idle_since")),
            SignInSession.seen_at >= bindparam("touched"),
            Account.practitioner_id.is_(None),
            Account.paused.is_(False),
            access.visible(Referral, asker, "appointment.book"),
            VaultKey.wrapped.is_not(None),
            ~select(true())
            .where(
                IdempotencyRecord.county_id == Account.county_id,
                IdempotencyRecord.account_id == Account.id,
                IdempotencyRecord.key == bindparam("key"),
            )
            .exists(),
        )
    )
    compiled = query.compile(db.engine, compile_kwargs={"render_postcompile": True})
    return _short(str(compiled)), {name: value for name, value in compiled.params.items() if value is not None}


@cache
def book_and_keep() -> str:
    """Return BOOK, which keeps the answer too, in the driver's own words."""
    return _short(str(statements.BOOK_AND_KEEP.compile(db.engine)))


def _short(statement: str) -> str:
    """Return a statement without comments and indentation: one of over 4,096 characters the driver reads anew."""
    lines = (line.partition("--")[0] for line in statement.splitlines())
    return " ".join(word for line in lines for word in line.split())
