"""Letting somebody in from the day's list: by the number of their booking, its QR, or the referral's certificate."""

from backend.booking import arriving, queries, refusals
from backend.booking.codes import read_code
from backend.booking.instants import say
from backend.booking.models import Appointment
from backend.booking.states import APPOINTMENTS, AppointmentAction, AppointmentStatus
from backend.kernel.clock import local_day
from backend.kernel.errors import Invalid, NotFound
from backend.kernel.roles import Actor
from backend.people.models import Resident
from backend.referrals import arrivals
from backend.referrals.arrivals import Coming
from backend.referrals.models import Referral
from backend.referrals.verification import scan, verify
from backend.store import access, clock
from backend.store.db import session


def let_in(actor: Actor, said: str) -> str:
    """Check in whoever this names; returns what the desk says to them.

    Raises Invalid for what is no number of ours, NotFound for one that has no place here. Nobody is turned away: the
    words say where they are received all the same.
    """
    code = read_code(said)
    if code is not None:
        row = session().scalar(
            access.scoped_query(Appointment, actor, "appointment.check_in").where(Appointment.code == code)
        )
        if row is None:
            raise NotFound("no_such_code", "本院没有这个报到码。人来了照样接：到“今天到院”按身份证找人登记。")
        arriving.let_in(actor, row)
        return _word(row)
    if scan(said) is None:
        raise Invalid("cannot_read", "认不出这是什么。请扫预约码或转诊证明上的码，或者输报到码、证明号。")
    return _by_certificate(actor, said)


def _by_certificate(actor: Actor, said: str) -> str:
    access.allow(actor, "arrival.write")
    verified = verify(actor, said)
    referral_id = verified.certificate.referral_id
    referral = session().get_one(Referral, (actor.county_id, referral_id))
    place = arriving.place_of(referral) if referral.to_institution == actor.institution else None
    if place is None:  # or one that is used already: that is said
        place = queries.place_of_referral(actor.county_id, referral_id)
    if place is None or place.institution != actor.institution or place.status not in queries.LIVE:
        raise NotFound("no_place", "这张证明没有约本院的号。人来了照样接：到“今天到院”登记，再看加不加号。")
    row = access.authorize(Appointment, place.id, actor, "appointment.check_in")
    if (AppointmentStatus(row.status), AppointmentAction.ARRIVE) not in APPOINTMENTS.moves:
        raise refusals.of_coming(row)
    # The arrival is what the insurance and the sending doctor read; the place is used in the same breath.
    category = arriving.category_of(referral)
    arrivals.register(
        actor, Coming(category=category, department=row.department, certificate=said, referral_id=referral_id)
    )
    session().refresh(row)
    return _word(row)


def _word(row: Appointment) -> str:
    name = session().get_one(Resident, (row.county_id, row.resident_id)).name
    other_day = "" if row.day == local_day(clock.now()) else f"约的是 {say(row.starts_at)}，请和科里说一声。"
    return f"{name} 报到好了，{row.queue_number} 号。{other_day}"
