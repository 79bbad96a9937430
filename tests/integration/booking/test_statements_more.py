"""Every other hot statement against the table, status by status: none does what the table does not know."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from backend.booking import service
from backend.booking.events import AppointmentBooked
from backend.booking.running import run
from backend.booking.statements_open import EXPIRE, PROMOTE
from backend.booking.statements_staff import ARRIVE, MISS
from backend.booking.statements_wait import ACCEPT
from backend.booking.states import APPOINTMENTS, AppointmentAction, AppointmentStatus
from backend.store.db import session, transaction
from tests.integration.booking import scene
from tests.integration.booking.test_statements import XINMI, force, last_audit

A, S = AppointmentAction, AppointmentStatus
PROMOTED = {A.CONFIRM: (S.HELD, S.BOOKED), A.SUBMIT: (S.HELD, S.PENDING), A.GRANT: (S.PENDING, S.BOOKED)}


def do(action: AppointmentAction, made: UUID) -> Any:
    told = AppointmentBooked(county_id="xinmi", appointment_id=made, resident_id=scene.appointment(made).resident_id)
    if action in PROMOTED:
        origin, to = PROMOTED[action]
        values = {"appointment": made, "version": 1, "from": origin, "to": to, "action": action}
        return run(PROMOTE, XINMI, told, confirm_by=scene.appointment(made).confirm_by, **values)
    if action is A.ACCEPT:
        return run(ACCEPT, XINMI, told, appointment=made, version=1, most=3, most_by_proxy=5, proxy=False)
    if action is A.ARRIVE:
        return run(ARRIVE, XINMI, None, appointment=made)
    where = {"i": made}
    if action is A.EXPIRE:
        past = "UPDATE appointment SET held_until = liandong_now() - interval '1 second' WHERE id = :i"
        session().execute(text(past), where)
        rows = session().execute(EXPIRE, {"county": "xinmi", "slot": scene.appointment(made).slot_id}).all()
    else:
        over = (
            "UPDATE schedule_session SET arrived = 1, starts_at = liandong_now() - interval '5 hours',"
            " ends_at = liandong_now() - interval '3 hours' WHERE id = (SELECT session_id FROM slot WHERE id ="
            " (SELECT slot_id FROM appointment WHERE id = :i))"
        )
        session().execute(text(over), where)
        rows = session().execute(MISS, {"county": "xinmi", "late": 30}).all()
    return next((row for row in rows if row.id == made), None)


@pytest.mark.parametrize("status", AppointmentStatus)
@pytest.mark.parametrize("action", [*PROMOTED, A.ACCEPT, A.EXPIRE, A.ARRIVE, A.MISS])
def test_a_statement_does_what_the_table_says(app: Flask, action: AppointmentAction, status: AppointmentStatus) -> None:
    with app.app_context(), transaction() as current:
        (here,) = scene.make_slots(current, department="nephrology")
        made = service.book(XINMI, scene.make_referral(current, department="nephrology"), here.id)
    line = APPOINTMENTS.moves.get((status, action))
    with app.app_context(), transaction():
        force(made, status)
        done = do(action, made)
        after = scene.appointment(made)
        trace = last_audit(made)
    if line is None:
        assert done is None
        assert (after.status, after.version) == (status, 1)
        assert trace.action == "appointment.book"
    else:
        assert done is not None
        assert (after.status, after.version) == (line.to, 2)
        assert (trace.action, trace.from_status, trace.to_status) == (f"appointment.{action}", status, line.to)
