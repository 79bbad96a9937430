"""Running a hot statement for an actor, with its audit row and its messages; and telling the open pages."""

import json
from typing import Any
from uuid import UUID

from sqlalchemy import Row, TextClause

from backend.kernel.events import Event
from backend.kernel.ids import new_id
from backend.kernel.roles import Actor
from backend.store import events
from backend.store.db import session
from backend.web import live


def run(statement: TextClause, actor: Actor, told: Event | None, **values: Any) -> Row[Any] | None:
    """Run one of the statements for an actor; its event's messages go with it. Returns its row, or None."""
    given = {
        "county": actor.county_id,
        "account": actor.account_id,
        "acting_for": actor.acting_for,
        "audit": new_id(),
        **values,
    }
    if told is not None:
        given["messages"] = json.dumps(events.messages(told))
    return session().execute(statement, given).one_or_none()


def hint(county_id: str, institution: str, resident_id: UUID, appointment_id: UUID) -> None:
    """Tell open pages of the house and of the person that an appointment has changed, once that is committed."""
    for topic in _topics(institution, resident_id):
        live.hint(county_id, topic, "booking", appointment_id)


def words_of(county_id: str, institution: str, resident_id: UUID, appointment_id: UUID) -> list[str]:
    """Return the same as words to send, for a statement that commits itself."""
    return [live.word_of(county_id, topic, "booking", appointment_id) for topic in _topics(institution, resident_id)]


def _topics(institution: str, resident_id: UUID) -> tuple[str, str]:
    return f"institution:{institution}", f"resident:{resident_id}"
