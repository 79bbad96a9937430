"""A resident books for themselves in one read and one write: the plainest case of all, and nearly all of a rush.

Whatever is not plain is left to the ordinary way by returning None: staff, family, a key that was used before, a
session that must be touched, every refusal but "full", a database that went away. That way comes to the same answer at
more length; a test asks both the same things. No rule stands here: the permission is the catalogue's, written into the
read; the guards are those of BOOK. Speed.md §1 says why two round trips. XM-5.4b.
"""

import json
import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from backend.booking import queries, refusals, statements_at_once
from backend.booking.codes import new_code
from backend.booking.events import AppointmentBooked
from backend.booking.models import Appointment, ScheduleSession, Slot
from backend.booking.running import words_of
from backend.booking.states import AppointmentStatus
from backend.booking.views import Shown, body_of
from backend.kernel.clock import machine_now
from backend.kernel.ids import new_id
from backend.kernel.roles import Actor, Assurance, Role
from backend.people.queries import IDLE, SEEN_EVERY
from backend.records.views import line_of
from backend.store import events, hot
from backend.store.db import transaction
from backend.store.idempotency import Answer, bound
from backend.store.vault import STATUTORY, vault
from backend.web import live
from backend.web.operations import Wish, rendered

NEARBY_SECONDS = 1.0


def book(wish: Wish, referral_id: UUID) -> Answer | None:
    """Book, and return the answer that was kept, or None for the ordinary way. Raises Conflict when it is full."""
    if wish.credentials.acting_for is not None:
        return None
    try:
        with hot.connection() as ask:
            seen = _read(ask, wish, referral_id)
            if seen is None:
                return None
            if seen.full is None:
                return _write(ask, wish, seen)
    except hot.FAILED:
        return None  # what became of it, the ordinary way finds under the key
    if seen.full:
        raise refusals.gone(_slot(seen), _session(seen), _nearby(seen), now=seen.domain_now)
    return None


def _read(ask: hot.Ask, wish: Wish, referral_id: UUID) -> Any:
    words, values = statements_at_once.read()
    now = machine_now()
    given = {
        "token": wish.credentials.token_hash,
        "now": now,
        "idle_since": now - IDLE[wish.credentials.kind],
        "touched": now - SEEN_EVERY,
        "key": wish.key,
        "referral": referral_id,
        "slot": wish.body.slot_id,
    }
    return ask(words, {**values, **given})


def _write(ask: hot.Ask, wish: Wish, seen: Any) -> Answer | None:
    actor = Actor(
        county_id=seen.county_id,
        account_id=seen.account_id,
        roles=frozenset({Role.RESIDENT}),
        resident_id=seen.resident_id,
        assurance=Assurance(seen.assurance),
    )
    row = _appointment(seen)
    person = line_of(seen.county_id, seen.resident_id, seen.name, seen.sex, seen.birth_on.year, seen.village)
    body = body_of(row, Shown(_session(seen), person, None, seen.domain_now), actor)
    answer = rendered(body, 201)
    told = AppointmentBooked(
        county_id=seen.county_id, appointment_id=row.id, resident_id=seen.resident_id, referral_id=row.referral_id
    )
    values = {
        "county": seen.county_id,
        "account": seen.account_id,
        "acting_for": None,
        "audit": new_id(),
        "appointment": row.id,
        "slot": row.slot_id,
        "referral": row.referral_id,
        "by_doctor": False,
        "code": row.code,
        "messages": json.dumps(events.messages(told)),
        "key": wish.key,
        "body_hash": wish.body_hash,
        "answer_status": answer.status,
        "answer_sealed": vault().seal_with(
            seen.wrapped, seen.county_id, STATUTORY, bound(seen.account_id, wish.key), answer.body
        ),
        "etag": answer.etag,
    }
    done = ask(statements_at_once.book_and_keep(), values)
    if done is None:
        return None
    live.send(words_of(seen.county_id, row.institution, row.resident_id, row.id))
    return answer


def _appointment(seen: Any) -> Appointment:
    """Return the appointment that BOOK is about to make, as it will stand; it belongs to no session."""
    return Appointment(
        county_id=seen.county_id,
        id=new_id(),
        version=1,
        slot_id=seen.slot_id,
        resident_id=seen.resident_id,
        referral_id=seen.referral_id,
        institution=seen.institution,
        department=seen.department,
        day=seen.day,
        starts_at=seen.starts_at,
        kind="referral_pool",
        status=AppointmentStatus.BOOKED,
        code=new_code(),
        booked_by=seen.account_id,
        by_doctor=False,
    )


def _session(seen: Any) -> ScheduleSession:
    return ScheduleSession(
        county_id=seen.county_id,
        institution=seen.institution,
        department=seen.department,
        title=seen.title,
        place=seen.place,
        expert=seen.expert,
        item=seen.item,
        stopped_at=seen.stopped_at,
    )


def _slot(seen: Any) -> Slot:
    return Slot(county_id=seen.county_id, id=seen.slot_id, starts_at=seen.starts_at, pool=seen.pool)


_near: dict[tuple[str, str, str], tuple[float, Sequence[Any]]] = {}


def _nearby(seen: Any) -> Sequence[Any]:
    """Return what is free beside it, up to a second old: thousands ask at once, and each choice is judged anew."""
    key = (seen.county_id, seen.institution, seen.department)
    kept = _near.get(key)
    if kept is None or time.monotonic() - kept[0] > NEARBY_SECONDS:
        with transaction():
            kept = (time.monotonic(), queries.free_places(*key))
        _near[key] = kept
    return [row for row in kept[1] if seen.last_day is None or row.day <= seen.last_day]
