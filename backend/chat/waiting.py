"""Nobody stays unheard: an answer unseen is told through WeChat, a question unanswered becomes a timed task."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.chat.rules import TELL_RESIDENT_AFTER, TELL_TEAM_AFTER
from backend.contracts.models import CareTeam
from backend.contracts.owners import office_of, phone_step, team_owner
from backend.contracts.queries import team_view
from backend.notices.service import plan_notice
from backend.store import clock
from backend.store.db import session
from backend.worklist.service import Owner, open_task

_UNSEEN = text(
    """
    UPDATE conversation SET resident_told_seq = unread_seq
    WHERE county_id = :county AND unread_seq > resident_told_seq AND unread_since <= liandong_now() - :after
    RETURNING id, resident_id, team_id, unread_seq
    """
)
_UNANSWERED = text(
    """
    UPDATE conversation SET team_told_seq = waiting_seq
    WHERE county_id = :county AND waiting_seq > team_told_seq AND waiting_since <= liandong_now() - :after
    RETURNING id, resident_id, team_id, waiting_seq, waiting_since, team_read_seq
    """
)


def tell_waiting(current: Session, county_id: str) -> int:
    """Tell each side once what it has not seen or not answered. Returns how many were told."""
    unseen = current.execute(_UNSEEN, {"county": county_id, "after": TELL_RESIDENT_AFTER}).all()
    for row in unseen:
        plan_notice(
            county_id,
            "chat_message",
            dedupe_key=f"chat:{row.id}:{row.unread_seq}",
            focus=("conversation", row.id),
            resident_id=row.resident_id,
            page=page_of(row.id),
            fallback=phone_step(county_id, row.team_id),
        )
    unanswered = current.execute(_UNANSWERED, {"county": county_id, "after": TELL_TEAM_AFTER}).all()
    for row in unanswered:
        open_waiting_task(county_id, row)
    return len(unseen) + len(unanswered)


def open_waiting_task(county_id: str, row: Any) -> None:
    """Put an unanswered question on the doctor's list; then the village doctors', then the office's."""
    team = session().get_one(CareTeam, (county_id, row.team_id))
    view = team_view(county_id, team.id)
    first = team_owner(county_id, team.id)
    rest = [Owner(practitioner_id=one) for one in (view.village_doctor_ids if view else ())[:2]]
    since: datetime = row.waiting_since
    minutes = team.answer_minutes
    open_task(
        county_id,
        "chat_waiting",
        first,
        dedupe_key=f"chat.waiting:{row.id}:{row.waiting_seq}",
        due_at=max(since + timedelta(minutes=minutes), clock.now()),
        focus=("conversation", row.id),
        resident_id=row.resident_id,
        ladder=[owner.step(minutes) for owner in (*rest, office_of(team.institution))],
        detail={"waiting_since": since.isoformat(), "seq": row.waiting_seq},
    )
    if first.practitioner_id is not None and row.team_read_seq < row.waiting_seq:
        plan_notice(
            county_id,
            "chat_message",
            dedupe_key=f"chat.team:{row.id}:{row.waiting_seq}",
            focus=("conversation_team", row.id),
            practitioner_id=first.practitioner_id,
            page=page_of(row.id),
        )


def page_of(conversation_id: UUID) -> str:
    """Return the page of the mini-program that shows a conversation."""
    return f"features/chat/pages/conversation?id={conversation_id}"
