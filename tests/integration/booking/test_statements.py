"""The hot statements carry their own statuses; here they are held against the table, status by status."""

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, text

from backend.booking import service
from backend.booking.instants import say
from backend.booking.models import Appointment
from backend.booking.states import APPOINTMENTS, AppointmentAction, AppointmentStatus
from backend.kernel.errors import Conflict, LiandongError, NotFound, RuleBroken, Stale
from backend.kernel.roles import system_actor
from backend.referrals.models import Referral
from backend.referrals.queries import bookable
from backend.referrals.states import ReferralStatus
from backend.store.audit import AuditEvent
from backend.store.db import session, transaction
from tests.integration.booking import scene

XINMI = system_actor("xinmi")


def booked(app: Flask) -> tuple[UUID, UUID, UUID]:
    """One appointment, its slot, and another free slot."""
    with app.app_context(), transaction() as current:
        here, there = scene.make_slots(current, 2)
        return service.book(XINMI, scene.make_referral(current), here.id), here.id, there.id


def last_audit(appointment_id: UUID) -> AuditEvent:
    row = session().scalar(
        select(AuditEvent).where(AuditEvent.entity_id == appointment_id).order_by(AuditEvent.sequence.desc()).limit(1)
    )
    assert row is not None
    return row


def force(appointment_id: UUID, status: AppointmentStatus) -> None:
    session().execute(
        text(
            "UPDATE appointment SET status = :s, held_until = liandong_now() + interval '1 hour',"
            " confirm_by = liandong_now() WHERE county_id = 'xinmi' AND id = :i"
        ),
        {"s": status, "i": appointment_id},
    )


def test_a_booking_starts_where_the_table_starts(app: Flask) -> None:
    made, _, _ = booked(app)
    with app.app_context(), transaction():
        assert AppointmentStatus(scene.appointment(made).status) in APPOINTMENTS.start
        row = last_audit(made)
        assert (row.action, row.from_status, row.to_status) == ("appointment.book", None, "booked")


@pytest.mark.parametrize("status", AppointmentStatus)
@pytest.mark.parametrize("action", [AppointmentAction.MOVE, AppointmentAction.CANCEL])
def test_a_statement_does_what_the_table_says(app: Flask, action: AppointmentAction, status: AppointmentStatus) -> None:
    made, _, other = booked(app)
    line = APPOINTMENTS.moves.get((status, action))
    with app.app_context(), transaction():
        force(made, status)
        row = scene.appointment(made)
        # Past the table in Python, to see that the statement alone keeps the same rule.
        session().info["row"] = row
        statement, extra = {
            AppointmentAction.MOVE: (service.statements.MOVE, {"slot": other}),
            AppointmentAction.CANCEL: (service.statements.CANCEL, {"because": "self", "reason": None, "instead": None}),
        }[action]
        told = service.AppointmentMoved(county_id="xinmi", appointment_id=made, resident_id=row.resident_id)
        done = service.run(statement, XINMI, told, appointment=made, version=1, **extra)
        after = scene.appointment(made)
        audit = last_audit(made)
    if line is None:
        assert done is None
        assert (after.status, after.version) == (status, 1)
        assert audit.action == "appointment.book"
    else:
        assert done is not None
        assert (after.status, after.version) == (line.to, 2)
        assert (audit.action, audit.from_status, audit.to_status) == (f"appointment.{action}", status, line.to)


def refused(app: Flask, act: Callable[[], object]) -> LiandongError:
    with app.app_context(), pytest.raises(LiandongError) as caught, transaction():
        act()
    return caught.value


def test_full_says_which_times_near_by_are_free(app: Flask) -> None:
    with app.app_context(), transaction() as current:
        full, near, far = scene.make_slots(current, 3, one_session=True, department="pathology")
        first, second = (scene.make_referral(current, department="pathology") for _ in range(2))
        service.book(XINMI, first, full.id)
        wanted = [str(near.id), str(far.id)]
    error = refused(app, lambda: service.book(XINMI, second, full.id))
    assert (type(error), error.code) == (Conflict, "place_full")
    assert [row["slot_id"] for row in error.extra["nearby"]] == wanted
    assert say(near.starts_at) in error.message


def test_a_second_booking_says_which_is_there_already(app: Flask) -> None:
    made, _, other = booked(app)
    with app.app_context(), transaction():
        referral = session().get(Referral, ("xinmi", scene.appointment(made).referral_id))
    error = refused(app, lambda: service.book(XINMI, referral, other))
    assert (error.code, error.extra["appointment_id"]) == ("already_booked", str(made))
    assert "这次转诊" in error.message


def test_one_person_has_one_place_a_department_and_day(app: Flask) -> None:
    with app.app_context(), transaction() as current:
        early, late = scene.make_slots(current, 2, one_session=True)
        first = scene.make_referral(current, status="issued")
        service.book(XINMI, first, early.id)
        # Another referral to the same department, of another kind.
        second = scene.make_referral(current, first.resident_id, direction="down")
    error = refused(app, lambda: service.book(XINMI, second, late.id))
    assert error.code == "already_booked"
    assert "这一天在这个科" in error.message
    with app.app_context():
        assert scene.counted(late.id) == (0, 0)


def test_what_is_over_stopped_or_elsewhere_is_not_booked(app: Flask) -> None:
    with app.app_context(), transaction() as current:
        (past,) = scene.make_slots(current, in_days=-1)
        (stopped,) = scene.make_slots(current)
        current.execute(text("UPDATE schedule_session SET stopped_at = now() WHERE id = :i"), {"i": stopped.session_id})
        (neurology,) = scene.make_slots(current, department="neurology")
        mine = scene.make_referral(current)
    assert refused(app, lambda: service.book(XINMI, mine, past.id)).code == "place_over"
    assert refused(app, lambda: service.book(XINMI, mine, stopped.id)).code == "place_stopped"
    assert refused(app, lambda: service.book(XINMI, mine, neurology.id)).code == "no_such_place"
    error = refused(app, lambda: service.book(system_actor("mangshi"), mine, past.id))
    assert isinstance(error, NotFound)


def test_a_move_keeps_the_old_place_when_the_new_one_is_gone(app: Flask) -> None:
    made, here, there = booked(app)
    with app.app_context(), transaction() as current:
        service.book(XINMI, scene.make_referral(current), there)
    error = refused(app, lambda: service.move(XINMI, scene.appointment(made), there, 1))
    assert error.code == "place_full"
    assert "原来的号还给您留着" in error.message
    with app.app_context():
        assert scene.counted(here) == (1, 1)


def test_a_move_stays_in_the_same_department(app: Flask) -> None:
    made, here, _ = booked(app)
    with app.app_context(), transaction() as current:
        (elsewhere,) = scene.make_slots(current, department="neurology")
    assert refused(app, lambda: service.move(XINMI, scene.appointment(made), elsewhere.id, 1)).code == "no_such_place"
    assert refused(app, lambda: service.move(XINMI, scene.appointment(made), here, 1)).code == "same_place"


def test_an_old_page_changes_nothing(app: Flask) -> None:
    made, here, there = booked(app)
    with app.app_context(), transaction():
        service.move(XINMI, scene.appointment(made), there, 1)
    for act in (
        lambda: service.cancel(XINMI, scene.appointment(made), 1, "self"),
        lambda: service.move(XINMI, scene.appointment(made), here, 1),
    ):
        assert isinstance(refused(app, act), Stale)
    with app.app_context():
        assert (scene.counted(here), scene.counted(there)) == ((0, 0), (1, 1))


def test_a_cancelled_place_can_be_booked_again_by_the_same_person(app: Flask) -> None:
    made, here, _ = booked(app)
    with app.app_context(), transaction():
        row = scene.appointment(made)
        service.cancel(XINMI, row, 1, "self")
        referral = session().get(Referral, ("xinmi", row.referral_id))
        assert referral is not None
        again = service.book(XINMI, referral, here)
        assert session().get(Appointment, ("xinmi", again)) is not None
    with app.app_context():
        assert scene.counted(here) == (1, 1)


@pytest.mark.parametrize("status", ReferralStatus)
@pytest.mark.parametrize("consent", [None, "asked", "given", "withdrawn", "overtaken"])
@pytest.mark.parametrize("answer", [None, "asked", "passed_on", "accepted", "declined"])
@pytest.mark.clause("XM-5.4b")
def test_the_statement_and_the_question_agree(
    app: Flask, status: ReferralStatus, consent: str | None, answer: str | None
) -> None:
    """A priority place goes to nobody but a consented referral that a hospital said yes to (I-06)."""
    with app.app_context(), transaction() as current:
        (slot,) = scene.make_slots(current)
        referral = scene.make_referral(current, status=status, consent=consent, answer=answer)
        may = bookable("xinmi", referral.id) is not None
        if may:
            service.book(XINMI, referral, slot.id)
        else:
            with pytest.raises(RuleBroken) as caught:
                service.book(XINMI, referral, slot.id)
            broken = {violation.rule for violation in caught.value.violations}
            live = status in ("submitted", "returned", "issued")
            expected = {"booking.consent_required"} if consent != "given" else set()
            expected |= {"booking.answer_required"} if answer != "accepted" else set()
            assert broken == (expected if live else {"booking.referral_live"})
            assert not any(violation.source.id.startswith("MS-") for violation in caught.value.violations)
    with app.app_context():
        assert scene.counted(slot.id) == (int(may), int(may))
