"""Whoever has died keeps no place, waits for none, and is asked nothing; what was theirs goes to the living."""

from uuid import UUID

from flask import Flask
from sqlalchemy import select

from backend.booking.models import WaitlistEntry
from backend.referrals.models import Referral
from backend.store.db import transaction
from tests.integration.booking import scene
from tests.integration.booking.test_open_places import make, row_of, take
from tests.integration.booking.test_wait_list import DEPARTMENT, full, wait
from tests.integration.contracts.conftest import make_team, signed


def test_a_death_gives_back_what_was_booked_and_ends_what_was_asked(app: Flask) -> None:
    team = make_team(app, "xinmi", "th-yuanzhuang")
    who, resident_id, _ = signed(app, team, "xinmi")
    (open_slot,) = make(app, in_days=9)
    booked = take(who, open_slot, confirm=True).json["id"]
    full(app, DEPARTMENT["xinmi"])
    waits = wait(app, who, DEPARTMENT["xinmi"]).json["id"]
    with app.app_context(), transaction() as current:
        referral = scene.make_referral(current, resident_id, practitioner_id=team.leader_id).id
        (kept,) = scene.make_slots(current)
        kept_id = kept.id
    priority = who.post(f"/api/v1/referrals/{referral}/appointment", {"slot_id": str(kept_id)})
    assert priority.status_code == 201, priority.json
    done = team.leader.post(
        f"/api/v1/residents/{resident_id}/corrections", {"died_on": "2026-11-01", "papers_seen": True}
    )
    assert done.status_code in (200, 201), done.json
    with app.app_context(), transaction() as current:
        assert [(row_of(one).status, row_of(one).ended_because) for one in (booked, priority.json["id"])] == [
            ("cancelled", "died"),
            ("cancelled", "referral_ended"),
        ]
        entry = current.scalars(select(WaitlistEntry).where(WaitlistEntry.id == UUID(waits))).one()
        assert entry.status == "left"
        ended = current.get_one(Referral, ("xinmi", referral))
        assert (ended.status, ended.end_reason) == ("withdrawn", "died")
        assert scene.counted(open_slot) == (0, 0)
        assert scene.counted(kept_id) == (0, 0)
