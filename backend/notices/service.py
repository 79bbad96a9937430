"""Planning a notice: one row, once for its dedupe key. The relay sends it, or a person gets it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text, and_, case, cast, func, true, update
from sqlalchemy.dialects.postgresql import JSONB, insert

from backend.kernel.ids import new_id
from backend.notices.models import Notice
from backend.notices.states import NoticeStatus
from backend.store.db import session
from backend.wechat.templates import NoticeKind
from backend.worklist.service import Owner


def plan_notice(
    county_id: str,
    kind: str,
    *,
    dedupe_key: str,
    focus: tuple[str, UUID | None],
    resident_id: UUID | None = None,
    practitioner_id: UUID | None = None,
    due_at: datetime | None = None,
    about_at: datetime | None = None,
    urgent: bool = False,
    fields: dict[str, Any] | None = None,
    page: str = "",
    fallback: dict[str, Any] | None = None,
) -> UUID | None:
    """Plan one notice. `kind` is a template of `wechat.templates`.

    It is told at `due_at` (else at once) and speaks of `about_at`, where that is another hour: an appointment's.
    `fallback` is an Owner's step (worklist): who phones when WeChat does not reach the person; it may carry a `ladder`.
    For a clinician it is their own list. Returns the notice's id, or None when it was planned before. Raises
    ValueError without anybody to fall back on: nobody falls through.
    """
    NoticeKind(kind)
    if fallback is None and practitioner_id is not None:
        fallback = Owner(practitioner_id=practitioner_id).step(0)
    if not fallback:
        raise ValueError(f"notice {kind} needs somebody who phones when WeChat does not reach the person")
    values: dict[str, Any] = {
        "county_id": county_id,
        "id": new_id(),
        "kind": kind,
        "dedupe_key": dedupe_key,
        "resident_id": resident_id,
        "practitioner_id": practitioner_id,
        "about_at": about_at,
        "urgent": urgent,
        "fields": fields or {},
        "page": page,
        "focus_kind": focus[0],
        "focus_id": focus[1],
        "fallback": fallback,
    }
    if due_at is not None:
        values["due_at"] = due_at
    made = session().execute(insert(Notice).values(**values).on_conflict_do_nothing().returning(Notice.id))
    notice_id: UUID | None = made.scalar()
    return notice_id


def cancel_notices(county_id: str, focus: tuple[str, UUID], kind: NoticeKind | None = None) -> int:
    """Take back what is planned about a thing and not yet being sent, of one kind or all. Returns how many."""
    done = session().execute(
        update(Notice)
        .where(
            Notice.county_id == county_id,
            Notice.focus_kind == focus[0],
            Notice.focus_id == focus[1],
            Notice.status == NoticeStatus.DUE,
            Notice.kind == kind if kind is not None else true(),
        )
        .values(status=NoticeStatus.CANCELLED)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def hand_over_notices(county_id: str, focus: tuple[str, UUID], before: UUID, after: UUID) -> int:
    """Let another phone whom WeChat does not reach about a thing, and be told in their place. Returns how many.

    One that is on its way arrives where it was sent; when it does not, the other phones.
    """
    due = Notice.status == NoticeStatus.DUE
    done = session().execute(
        update(Notice)
        .where(
            Notice.county_id == county_id,
            Notice.focus_kind == focus[0],
            Notice.focus_id == focus[1],
            Notice.status.in_([NoticeStatus.DUE, NoticeStatus.SENDING]),
        )
        .values(
            practitioner_id=case((and_(due, Notice.practitioner_id == before), after), else_=Notice.practitioner_id),
            fallback=cast(func.replace(cast(Notice.fallback, Text), str(before), str(after)), JSONB),
        )
    )
    return int(done.rowcount)  # type: ignore[attr-defined]
