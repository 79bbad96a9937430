"""The statements about beds carry their own statuses; here they are held against the table, status by status."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select, text

from backend.booking.events import BedAnswered
from backend.booking.running import run
from backend.booking.statements_beds import ANSWER, FOLLOW, HOLD, LOSE, PROPOSE, SETTLE
from backend.booking.states import BEDS, LIVE_BEDS, BedAction, BedStatus
from backend.kernel.roles import system_actor
from backend.store.audit import AuditEvent
from backend.store.db import session, transaction
from tests.integration.booking import scene
from tests.integration.booking.beds_rig import ask, asked, empty_wards, fresh_bed, in_days, row, status

XINMI = system_actor("xinmi")
_A = BedAction


@pytest.fixture(autouse=True)
def empty(app: Flask) -> None:
    empty_wards(app)


def force(bed_id: UUID, to: BedStatus) -> str:
    bed = fresh_bed()
    session().execute(
        text(
            "UPDATE bed_request SET status = :s, bed = :b, expected_on = current_date, reason = 'no-bed',"
            " free_on = current_date, version = 1 WHERE county_id = 'xinmi' AND id = :i"
        ),
        {"s": to, "b": bed, "i": bed_id},
    )
    return bed


def drive(action: BedAction, referral_id: UUID, bed: str) -> None:
    """Run the statement of an action without a person, past the table in Python."""
    here = {"institution": scene.HOSPITAL, "department": "cardiology"}
    statement, values = {
        _A.USE: (SETTLE, {"referral": referral_id, "lies": True, "unless": None}),
        _A.RELEASE: (SETTLE, {"referral": referral_id, "lies": False, "unless": None}),
        _A.LOSE: (LOSE, here | {"bed": bed, "lies": uuid4()}),
        _A.PROPOSE: (PROPOSE, here | {"bed": fresh_bed(), "by": in_days(1)}),
        _A.REASK: (
            FOLLOW,
            {
                "referral": referral_id,
                "department": "cardiology",
                "needed_by": date(2030, 1, 1),
                "priority": "routine",
            },
        ),
    }[action]
    run(statement, XINMI, None, **values)


@pytest.mark.parametrize("before", BedStatus)
@pytest.mark.parametrize("action", [_A.USE, _A.RELEASE, _A.LOSE, _A.PROPOSE, _A.REASK])
def test_a_statement_does_what_the_table_says(app: Flask, action: BedAction, before: BedStatus) -> None:
    referral, bed_id = ask(app)
    assert bed_id is not None
    line = BEDS.moves.get((before, action))
    with app.app_context(), transaction():
        drive(action, referral.id, force(bed_id, before))
        after = row(bed_id)
        query = select(AuditEvent).where(AuditEvent.entity_id == bed_id).order_by(AuditEvent.sequence.desc()).limit(1)
        last = session().scalars(query).one()
    if line is not None:
        assert after.status == line.to
        assert (last.action, last.from_status, last.to_status) == (f"bed.{action}", before, line.to)
    elif action is _A.USE and before in LIVE_BEDS:
        assert (after.status, last.action) == ("released", "bed.release"), "who lies in a bed asks for none"
    else:
        assert after.status == before
        assert last.action in ("bed.ask", "bed.follow")


@pytest.mark.parametrize("before", [one for one in BedStatus if (one, _A.HOLD) not in BEDS.moves])
def test_what_is_settled_is_answered_no_more(app: Flask, before: BedStatus) -> None:
    bed_id = asked(app)
    told = BedAnswered(county_id="xinmi", bed_id=bed_id, referral_id=uuid4(), resident_id=uuid4())
    given: dict[str, Any] = {"bed_request": bed_id, "version": 1, "from": "asked", "practitioner": None}
    nothing = dict.fromkeys(("expected_on", "reason", "free_on", "instead"))
    with app.app_context(), transaction():
        force(bed_id, before)
        kept = run(HOLD, XINMI, told, **given, to="held", bed=fresh_bed(), most=None, beyond=True)
        assert kept is None
        assert run(ANSWER, XINMI, told, **given, to="passed_on", action="pass_on", **nothing) is None
        assert status(bed_id) == before
