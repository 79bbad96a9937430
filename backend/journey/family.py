"""What waits for the others somebody sees to, told on the home in front of them: how many things, nothing of what."""

from collections.abc import Iterator
from dataclasses import replace

from backend.journey.nexts import nexts_of
from backend.journey.schemas import FamilyDueOut
from backend.kernel.roles import Actor
from backend.people.models import Resident
from backend.store import access
from backend.store.db import session


def family_of(actor: Actor) -> Iterator[FamilyDueOut]:
    """Yield everybody else this account may act for with whom something waits, as it would show on their own home."""
    everybody = {actor.resident_id, *actor.proxied, *actor.guarded} - {None, actor.subject_id}
    for resident_id in sorted(everybody, key=str):
        for_them = replace(actor, acting_for=resident_id)
        # Only who may open that home is told of it. No record is opened for a number, so none is written down as read.
        row = session().scalar(access.scoped_query(Resident, for_them, "home.read").where(Resident.id == resident_id))
        due = 0 if row is None else sum(one.kind != "sign_up" for one in nexts_of(for_them, row.id))
        if row is not None and due:
            yield FamilyDueOut(resident_id=row.id, name=row.name, due=due)
