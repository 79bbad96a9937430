"""What the story leaves behind when everything was done exactly once: rows, acts on record, messages in WeChat."""

from collections.abc import Mapping
from typing import Any

import psycopg

from tests.journeys.cast import Cast
from tests.journeys.house import House
from tests.journeys.story import Story

ROWS = {
    "contract": 1,
    "conversation": 1,
    "message": 2,
    "village_handoff": 1,
    "visit": 1,
    "referral": 2,
    "referral_consent": 2,
    "referral_certificate": 2,
    "appointment": 1,
    "arrival": 2,
    "stay": 1,
    "referral_handover": 1,
    "referral_handover_part": 6,
    "follow_up_plan": 1,
    "stored_file": 3,
}
ACTS = {
    "contract.request": 1,
    "contract.accept": 1,
    "handoff.create": 1,
    "visit.open": 1,
    "visit.write": 1,
    "referral.create": 2,
    "referral.submit": 2,
    "referral.consent": 2,
    "referral.answer": 2,
    "referral.issue": 2,
    "appointment.book": 1,
    "appointment.arrive": 1,
    "arrival.write": 1,
    "stay.admit": 1,
    "stay.mark_recovering": 1,
    "stay.discharge": 1,
    "handover.accept": 1,
    "follow_up_visit.record": 1,
}


def expected(cast: Cast) -> dict[str, int]:
    """How many of everything there are in this county: its chain of signatures is its own."""
    signatures = 5 if cast.county == "xinmi" else 6
    return {**ROWS, **ACTS, "referral_signature": signatures, "referral.sign": signatures, "follow_up_due": 1}


def counted(house: House, story: Story) -> dict[str, int]:
    """How many of everything there are about the story's resident."""
    who = {"county": story.cast.county, "resident": story.resident_id}
    with psycopg.connect(house.database_url) as connection:

        def one(query: str, given: Mapping[str, Any] = who) -> int:
            row = connection.execute(query, given).fetchone()  # type: ignore[call-overload]
            return int(row[0])

        mine = "WHERE county_id = %(county)s AND resident_id = %(resident)s"
        found = {table: one(f"SELECT count(*) FROM {table} {mine}") for table in (*ROWS, "referral_signature")}
        for act in (*ACTS, "referral.sign"):
            query = f"SELECT count(*) FROM audit_event {mine} AND action = %(act)s AND to_status IS NOT NULL"
            found[act] = one(query, {**who, "act": act})
        found["follow_up_due"] = one(f"SELECT count(*) FROM notice {mine} AND kind = 'follow_up_due'")
    return found


def differences(house: House, story: Story) -> dict[str, tuple[int, int]]:
    """What was lost or doubled: name -> (expected, found); empty when everything was done exactly once."""
    wanted, found = expected(story.cast), counted(house, story)
    return {name: (count, found[name]) for name, count in wanted.items() if found[name] != count}


def waiting(house: House) -> int:
    """How much the relay still has to do."""
    with psycopg.connect(house.database_url) as connection:
        row = connection.execute(
            "SELECT (SELECT count(*) FROM outbox WHERE status IN ('due', 'leased'))"
            " + (SELECT count(*) FROM notice WHERE status = 'sending'"
            "      OR status = 'due' AND due_at <= liandong_now() AND coalesce(lease_until, now()) <= now())"
        ).fetchone()
    assert row is not None
    return int(row[0])
