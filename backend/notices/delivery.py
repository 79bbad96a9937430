"""Sending what is due: the attempt is written before WeChat is called, and nothing unclear is sent twice.

A notice ends as sent, or as a task of a named person. The call happens with no session open.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

import structlog
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from backend.alliance.queries import pack
from backend.kernel.clock import SHANGHAI, machine_now
from backend.kernel.ids import new_id
from backend.kernel.roles import Role, system_actor
from backend.notices.models import Notice, NoticeAttempt
from backend.notices.queries import Recipient, recipients
from backend.notices.states import NOTICES, NoticeAction, NoticeStatus
from backend.store import audit, clock
from backend.store.db import transaction
from backend.wechat.door import gateway, templates
from backend.wechat.gateway import Outcome, SendResult, SubscribeMessage
from backend.wechat.queries import credit_of
from backend.wechat.service import record_send
from backend.wechat.templates import NoticeKind
from backend.worklist.service import Owner, open_task, open_task_of
from backend.worklist.states import TaskStatus

log = structlog.get_logger()
LEASE = timedelta(seconds=90)
_DAY_BEGINS, _DAY_ENDS = time(9), time(20)
PHONE_MINUTES = {True: 30, False: 8 * 60}
"""How long a person has to phone whom WeChat did not reach: urgent, ordinary. The county's setting later."""

_CLAIM = text(
    """
    UPDATE notice SET status = 'sending', lease_until = now() + make_interval(secs => :lease)
    WHERE (county_id, id) IN (
        SELECT county_id, id FROM notice
        WHERE status = 'due' AND due_at <= liandong_now() AND (lease_until IS NULL OR lease_until < now())
        ORDER BY urgent DESC, due_at LIMIT :batch FOR UPDATE SKIP LOCKED)
    RETURNING county_id, id, lease_until
    """
)
"""Carries its own from and to: held against NOTICES by a test."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A notice that is this worker's until its lease ends; the lease itself is the proof of whose it is."""

    county_id: str
    notice_id: UUID
    lease_until: datetime


@dataclass(frozen=True, slots=True)
class Call:
    """One call that may be made: its attempt is on record."""

    attempt_id: UUID
    recipient: Recipient
    message: SubscribeMessage


def deliver_batch(app: Flask, batch: int = 50) -> int:
    """Claim due notices and see each to its end. Returns how many were claimed."""
    with app.app_context():
        with transaction() as current:
            rows = current.execute(_CLAIM, {"lease": LEASE.total_seconds(), "batch": batch}).all()
            claimed = [Claimed(row.county_id, row.id, row.lease_until) for row in rows]
        for one in claimed:
            deliver(one)
    return len(claimed)


def deliver(claimed: Claimed) -> None:
    """See one claimed notice to its end: prepare in a transaction, call without one, record in another."""
    with transaction() as current:
        calls = _prepare(current, claimed)
    if calls is None:
        return
    results = [(call, gateway().send(call.message)) for call in calls]
    with transaction() as current:
        _record(current, claimed.county_id, claimed.notice_id, results)


def _prepare(current: Session, claimed: Claimed) -> list[Call] | None:
    """Write an attempt row for every account with a credit. None: no longer ours, or it waits for the morning."""
    county_id = claimed.county_id
    notice = _locked(current, county_id, claimed.notice_id)
    # A slow batch may outlive its lease: by now the notice may be another worker's, who is just calling.
    if notice is None or notice.status != NoticeStatus.SENDING or notice.lease_until != claimed.lease_until:
        return None
    notice.lease_until = machine_now() + LEASE  # the call has the whole of it
    rest_ends = _night_rest_ends(county_id, clock.now(current))
    if rest_ends is not None and not notice.urgent:
        _move(current, notice, NoticeAction.RELEASE)
        notice.due_at, notice.lease_until = rest_ends, None
        return None
    kind = NoticeKind(notice.kind)
    template = templates().templates[kind]
    calls = []
    for recipient in recipients(current, notice):
        if not credit_of(current, county_id, recipient.person, template.template_id).usable:
            continue
        attempt = NoticeAttempt(
            id=new_id(),
            county_id=county_id,
            notice_id=notice.id,
            account_id=recipient.account_id,
            number=_next_number(current, notice, recipient),
        )
        current.add(attempt)
        message = templates().notice(kind, recipient.openid, notice.about_at or notice.due_at, notice.page or None)
        calls.append(Call(attempt.id, recipient, message))
    return calls


def _record(current: Session, county_id: str, notice_id: UUID, results: list[tuple[Call, SendResult]]) -> None:
    notice = _locked(current, county_id, notice_id)
    if notice is None or notice.status != NoticeStatus.SENDING:
        return
    for call, result in results:
        current.execute(
            update(NoticeAttempt)
            .where(NoticeAttempt.county_id == county_id, NoticeAttempt.id == call.attempt_id)
            .values(outcome=result.outcome, code=result.errcode)
        )
        record_send(current, county_id, call.recipient.person, call.message.template_id, result.outcome)
        if result.configuration:
            log.error("wechat_configuration", code=result.errcode, notice=str(notice_id))
    outcomes = {result.outcome for _, result in results}
    if Outcome.SENT in outcomes:
        _move(current, notice, NoticeAction.CONFIRM)
        notice.sent_at = clock.now(current)
    elif Outcome.UNKNOWN in outcomes:
        _move(current, notice, NoticeAction.LOSE_TRACK)
        _hand_to_person(current, notice, "unknown")
    elif Outcome.RETRY_LATER in outcomes:
        until = max(result.until or machine_now() for _, result in results)
        _move(current, notice, NoticeAction.RELEASE)
        notice.lease_until = until  # machine time: WeChat's quota knows nothing of domain time
    else:
        _hand_to_person(current, notice, "not_reached")
    if notice.status != NoticeStatus.DUE:
        notice.lease_until = None


def recover_lost(current: Session, county_id: str) -> int:
    """Settle what a dead relay left: called and not recorded is unknown and becomes a task; not called is due again."""
    lost = current.scalars(
        select(Notice)
        .where(
            Notice.county_id == county_id,
            Notice.status == NoticeStatus.SENDING,
            Notice.lease_until < machine_now(),
        )
        .with_for_update(skip_locked=True)
    ).all()
    for notice in lost:
        begun = current.scalar(
            select(func.count())
            .select_from(NoticeAttempt)
            .where(
                NoticeAttempt.county_id == county_id,
                NoticeAttempt.notice_id == notice.id,
                NoticeAttempt.outcome.is_(None),
            )
        )
        if begun:
            current.execute(
                update(NoticeAttempt)
                .where(
                    NoticeAttempt.county_id == county_id,
                    NoticeAttempt.notice_id == notice.id,
                    NoticeAttempt.outcome.is_(None),
                )
                .values(outcome=Outcome.UNKNOWN)
            )
            _move(current, notice, NoticeAction.LOSE_TRACK)
            _hand_to_person(current, notice, "unknown")
        else:
            _move(current, notice, NoticeAction.RELEASE)
        notice.lease_until = None
    return len(lost)


def _hand_to_person(current: Session, notice: Notice, why: str) -> None:
    """Put it on a named person's list: phone them."""
    _move(current, notice, NoticeAction.HAND_TO_PERSON)
    if _joins_a_call(current, notice):
        return
    step = notice.fallback
    owner = Owner(
        practitioner_id=UUID(step["practitioner_id"]) if step.get("practitioner_id") else None,
        role=Role(step["role"]) if step.get("role") else None,
        institution=step.get("institution"),
    )
    open_task(
        notice.county_id,
        "tell_by_phone",
        owner,
        dedupe_key=f"notice:{notice.id}",
        due_at=_by_day(clock.now(current) + timedelta(minutes=PHONE_MINUTES[notice.urgent]), urgent=notice.urgent),
        focus=(notice.focus_kind, notice.focus_id),
        resident_id=notice.resident_id,
        priority="urgent" if notice.urgent else "routine",
        ladder=step.get("ladder", ()),
        detail={"notice": notice.kind, "why": why, "page": notice.page},
    )


def _joins_a_call(current: Session, notice: Notice) -> bool:
    # One call tells all there is to tell about one thing; it carries the notices that it stands for.
    if notice.focus_id is None:
        return False
    asked = open_task_of(notice.county_id, (notice.focus_kind, notice.focus_id), "tell_by_phone")
    if asked is None or asked.resident_id != notice.resident_id or (notice.urgent and asked.priority != "urgent"):
        return False
    current.refresh(asked, with_for_update=True)
    if asked.status != TaskStatus.OPEN:
        return False  # called in this moment, before there was this to tell
    carried = [*asked.detail.get("notices", ()), str(notice.id)]
    asked.detail = {**asked.detail, "notice": notice.kind, "notices": carried}
    return True


def _by_day(due: datetime, *, urgent: bool) -> datetime:
    # Nobody is woken for what is not urgent.
    local = due.astimezone(SHANGHAI)
    if urgent or _DAY_BEGINS <= local.time() <= _DAY_ENDS:
        return due
    day = local.date() + timedelta(days=local.time() > _DAY_ENDS)
    return datetime.combine(day, _DAY_BEGINS, SHANGHAI)


def _move(current: Session, notice: Notice, action: NoticeAction) -> None:
    before = NoticeStatus(notice.status)
    actor = system_actor(notice.county_id)
    after = NOTICES.next(before, action, actor)
    notice.status = after
    audit.record(
        current,
        actor,
        f"notice.{action}",
        "notice",
        notice.id,
        resident_id=notice.resident_id,
        before=before,
        after=after,
    )


def _locked(current: Session, county_id: str, notice_id: UUID) -> Notice | None:
    return current.scalar(select(Notice).where(Notice.county_id == county_id, Notice.id == notice_id).with_for_update())


def _next_number(current: Session, notice: Notice, recipient: Recipient) -> int:
    last = current.scalar(
        select(func.max(NoticeAttempt.number)).where(
            NoticeAttempt.county_id == notice.county_id,
            NoticeAttempt.notice_id == notice.id,
            NoticeAttempt.account_id == recipient.account_id,
        )
    )
    return (last or 0) + 1


def _night_rest_ends(county_id: str, now: datetime) -> datetime | None:
    """Return when the county's night rest ends if it is on now; nobody is woken for what can wait."""
    rest = pack(county_id).county.night_rest
    local = now.astimezone(SHANGHAI)
    if not _within(local.time(), rest.start, rest.end):
        return None
    ends = local.replace(hour=rest.end.hour, minute=rest.end.minute, second=0, microsecond=0)
    return ends if ends > local else ends + timedelta(days=1)


def _within(at: time, start: time, end: time) -> bool:
    return start <= at < end if start <= end else at >= start or at < end
