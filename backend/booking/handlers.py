"""What booking does when something happened: places given back, beds asked for, people told."""

from datetime import datetime, time, timedelta
from uuid import UUID

from backend.alliance.queries import pack
from backend.booking import arriving, bed_course, displaced, queries, queries_beds, service, wait_list
from backend.booking.answering import awake
from backend.booking.coming import missed_lately
from backend.booking.events import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMissed,
    AppointmentMoved,
    AppointmentOffered,
    AppointmentSubmitted,
    SessionStopped,
)
from backend.booking.examinations import appointment_of
from backend.booking.models import Appointment
from backend.booking.states import AppointmentStatus
from backend.contracts.queries import team_of
from backend.kernel.clock import SHANGHAI, local_day
from backend.kernel.roles import Role, system_actor
from backend.notices.service import cancel_notices, hand_over_notices, plan_notice
from backend.people.events import ResidentDied
from backend.records.events import OrderRevoked, PatientAdmitted
from backend.records.models import Stay
from backend.records.models_orders import ExaminationOrder
from backend.referrals.events import (
    PatientArrived,
    ReferralAnswered,
    ReferralAskedAgain,
    ReferralEnded,
    ReferralReassigned,
    ReferralRescheduled,
    ReferralSubmitted,
)
from backend.referrals.models import Referral
from backend.store import clock
from backend.store.db import session
from backend.web import live
from backend.wechat.templates import NoticeKind
from backend.worklist.service import Owner, hand_over_tasks, open_task

_EVENING = time(17, 0)


def on_referral_submitted(event: ReferralSubmitted) -> None:
    """Ask for a bed while signatures run; what was kept at a hospital that is no longer asked is given back."""
    referral = session().get(Referral, (event.county_id, event.referral_id))
    assert referral is not None
    service.give_back(event.county_id, event.referral_id, unless=event.to_institution)
    bed_course.release(event.county_id, event.referral_id, unless=event.to_institution)
    # Also for an emergency: nobody waits for it, and the ward knows early.
    if referral.category in ("stay", "bed"):
        bed_course.ask(referral)
    else:
        bed_course.release(event.county_id, event.referral_id)


def on_referral_asked_again(event: ReferralAskedAgain) -> None:
    """A no that was none has given the bed back: it is asked for again; one that is kept stays kept."""
    referral = session().get(Referral, (event.county_id, event.referral_id))
    assert referral is not None
    if referral.category in ("stay", "bed"):
        bed_course.ask(referral)


def on_referral_answered(event: ReferralAnswered) -> None:
    """A no of the hospital is a no to place and bed as well; a yes may name another department and another day."""
    if not event.accepted:
        # There is a place where it had said yes before, to other words (decision 0013).
        service.give_back(event.county_id, event.referral_id)
    elif event.department is not None:
        # The doctor below named another department meanwhile: the place in the old one is nobody's to come to.
        service.give_back_elsewhere(event.county_id, event.referral_id, event.department)
    bed = queries_beds.bed_of_referral(event.county_id, event.referral_id)
    if bed is None or bed.institution != event.institution:
        return
    if not event.accepted:
        bed_course.release(event.county_id, event.referral_id)
    else:
        bed_course.follow(session().get_one(Referral, (event.county_id, event.referral_id)))


def on_rescheduled(event: ReferralRescheduled) -> None:
    """The bed is asked for the day and the department that the referral names now."""
    bed_course.follow(session().get_one(Referral, (event.county_id, event.referral_id)))


def on_referral_ended(event: ReferralEnded) -> None:
    """Give place and bed back, in the same transaction: a referral that ended keeps nothing."""
    service.give_back(event.county_id, event.referral_id)
    bed_course.release(event.county_id, event.referral_id)


def on_referral_reassigned(event: ReferralReassigned) -> None:
    """Whom WeChat does not reach about a place is phoned by the doctor who goes on, and no more by who is away."""
    office = Owner(role=Role.MEDICAL_OFFICE, institution=event.institution)
    for place in queries.places_of_referral(event.county_id, event.referral_id):
        focus = ("appointment", place.id)
        hand_over_tasks(event.county_id, focus, event.before, event.after, office=office, kinds=(), due_at=clock.now())
        hand_over_notices(event.county_id, focus, event.before, event.after)


def on_admitted(event: PatientAdmitted) -> None:
    """The bed that was kept is used; whoever else was promised the one they lie in now is asked about anew."""
    bed_course.lain_in(session().get_one(Stay, (event.county_id, event.stay_id)))


def on_died(event: ResidentDied) -> None:
    """Give every place ahead to the living, and ask nobody about an offer or a wait of the dead."""
    ahead = (AppointmentStatus.OFFERED, AppointmentStatus.HELD, AppointmentStatus.PENDING, AppointmentStatus.BOOKED)
    for place, _ in queries.places_of_resident(event.county_id, event.resident_id, ahead):
        service.end(place, "died")
    for entry in wait_list.open_of(event.county_id, event.resident_id):
        service.leave_wait(system_actor(event.county_id), entry, "died")


def on_order_revoked(event: OrderRevoked) -> None:
    """An examination that was taken back keeps no time."""
    order = session().get(ExaminationOrder, (event.county_id, event.order_id))
    place = appointment_of(order) if order else None
    if place is not None:
        service.end(place, "order_revoked")


def on_arrived(event: PatientArrived) -> None:
    """Whoever came to the desk has come for the place that was booked."""
    if event.referral_id is not None:
        for entry in wait_list.open_of(event.county_id, event.resident_id):
            if entry.referral_id == event.referral_id:  # whoever is here waits for no place
                service.leave_wait(system_actor(event.county_id), entry, "arrived")
    arriving.arrive(
        event.county_id, event.resident_id, event.institution, event.department, event.category, event.referral_id
    )


def on_booked(event: AppointmentBooked) -> None:
    """Remind on the evening before; tell at once when somebody else booked it."""
    row = queries.appointment(event.county_id, event.appointment_id)
    _wait_no_more(row)
    # It may have been moved before this is told, and the move may have been told first: one reminder stands.
    cancel_notices(event.county_id, ("appointment", event.appointment_id), NoticeKind.BOOKING_CONFIRMED)
    if row.by_doctor:
        _tell(row, NoticeKind.BOOKING_CONFIRMED, "told")
    _remind(row, event.event_id)


def on_moved(event: AppointmentMoved) -> None:
    """Put the reminder where the appointment is now, and say that it has changed."""
    row = queries.appointment(event.county_id, event.appointment_id)
    cancel_notices(event.county_id, ("appointment", event.appointment_id))
    _tell(row, NoticeKind.BOOKING_CHANGED, f"moved:{event.event_id}")
    _remind(row, event.event_id)


def on_cancelled(event: AppointmentCancelled) -> None:
    """Take the reminder back; say so unless the person did it."""
    cancel_notices(event.county_id, ("appointment", event.appointment_id))
    if event.because in ("desk", "doctor", "refused"):
        row = queries.appointment(event.county_id, event.appointment_id)
        _tell(row, NoticeKind.BOOKING_CHANGED, f"cancelled:{event.event_id}")


def on_offered(event: AppointmentOffered) -> None:
    """Say that a place is kept until they answer; whom WeChat does not reach is phoned within the answer time."""
    row = queries.appointment(event.county_id, event.appointment_id)
    if row.status != AppointmentStatus.OFFERED:
        return
    # Nobody is woken for it: the answer time begins in the morning, and so does the notice.
    begins = awake(row.county_id, clock.now())
    if row.replaces_id is None or not displaced.is_stopped(row.county_id, row.replaces_id):
        _tell(row, NoticeKind.BOOKING_CHANGED, "offered", begins, urgent=True)


def on_submitted(event: AppointmentSubmitted) -> None:
    """Say nothing yet: the desk answers first. Whoever booked it sees that it waits."""
    live.hint(event.county_id, f"resident:{event.resident_id}", "booking", event.appointment_id)


def on_stopped(event: SessionStopped) -> None:
    """Take the reminder back and say that the doctor is away; the offer or the call follows by itself."""
    row = queries.appointment(event.county_id, event.appointment_id)
    cancel_notices(event.county_id, ("appointment", event.appointment_id))
    _tell(row, NoticeKind.BOOKING_CHANGED, f"stopped:{event.event_id}", urgent=True)


def on_missed(event: AppointmentMissed) -> None:
    """A friendly word; after the pack's count somebody asks what is in the way. Nobody is shut out."""
    row = queries.appointment(event.county_id, event.appointment_id)
    if row.status != AppointmentStatus.NOSHOW:
        return  # they came after all
    _tell(row, NoticeKind.BOOKING_CHANGED, "missed")
    count = missed_lately(row.county_id, row.resident_id)
    if count >= pack(row.county_id).booking.no_show.warn_after:
        open_task(
            row.county_id,
            "booking.help",
            who_phones(row),
            dedupe_key=f"booking.help:{row.id}",
            due_at=clock.now() + timedelta(days=3),
            focus=("appointment", row.id),
            resident_id=row.resident_id,
            detail={"missed": count},
        )


def _wait_no_more(row: Appointment) -> None:
    # One referral has one place: what it waited for, or was offered meanwhile, goes to the next. An examination is
    # ordered beside it.
    if row.referral_id is None or row.order_id is not None or row.status not in queries.LIVE:
        return  # given back by now: whoever waits again waits
    for entry in wait_list.open_of(row.county_id, row.resident_id):
        if entry.referral_id == row.referral_id and entry.appointment_id is None:
            service.leave_wait(system_actor(row.county_id), entry, "booked")


def _remind(row: Appointment, event_id: UUID) -> None:
    # Known by what happened, not by how the row stands now: that may be further on already.
    before = local_day(row.starts_at) - timedelta(days=1)
    due_at = datetime.combine(before, _EVENING, SHANGHAI)
    if row.status == AppointmentStatus.BOOKED and due_at > clock.now():
        _tell(row, NoticeKind.BOOKING_CONFIRMED, f"remind:{event_id}", due_at)


def _tell(
    row: Appointment, kind: NoticeKind, what: str, due_at: datetime | None = None, *, urgent: bool = False
) -> None:
    plan_notice(
        row.county_id,
        kind,
        dedupe_key=f"appointment:{row.id}:{what}",
        focus=("appointment", row.id),
        resident_id=row.resident_id,
        due_at=due_at,
        about_at=row.starts_at,
        urgent=urgent,
        page=f"/features/booking/pages/appointment?id={row.id}",
        fallback=who_phones(row).step(0),
    )


def who_phones(row: Appointment) -> Owner:
    """Return who phones a person whom WeChat does not reach: the referring doctor, the family doctor, or the desk."""
    referral = session().get(Referral, (row.county_id, row.referral_id)) if row.referral_id else None
    if referral is not None:
        return Owner(practitioner_id=referral.practitioner_id)
    order = session().get(ExaminationOrder, (row.county_id, row.order_id)) if row.order_id else None
    if order is not None:
        return Owner(practitioner_id=order.practitioner_id)
    team = team_of(row.county_id, row.resident_id)
    if team is not None and team.family_doctor_id is not None:
        return Owner(practitioner_id=team.family_doctor_id)
    return Owner(role=Role.DESK_CLERK, institution=row.institution)
