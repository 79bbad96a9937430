"""No place for a day after the certificate's last, whichever way it would be got. MS-4.2.2u2, XM-5.4b."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text, update

from backend.booking import offers, stops
from backend.booking.models import Appointment, Slot, WaitlistEntry
from backend.booking.states import WaitStatus
from backend.kernel.clock import local_day
from backend.referrals.models_certificate import ReferralCertificate
from backend.store import clock
from backend.store.db import transaction
from tests.integration.booking import scene
from tests.integration.referrals.rig import Cast, nothing_foreign

QUIET = "endocrinology"
"""A department whose places other tests do not make by the hundred: a list of places ends after so many."""


def ends_in(cast: Cast, referral: str, days: int) -> date:
    """Let the certificate end in so many days, as one of long ago does; elsewhere the database refuses that."""
    with cast.app.app_context(), transaction() as current:
        last = local_day(clock.now(current)) + timedelta(days=days)
        of_it = ReferralCertificate.referral_id == UUID(referral)
        current.execute(text("ALTER TABLE referral_certificate DISABLE TRIGGER USER"))
        current.execute(update(ReferralCertificate).where(of_it).values(valid_until=last))
        current.execute(text("ALTER TABLE referral_certificate ENABLE TRIGGER USER"))
    return last


def slot(cast: Cast, in_days: float, **values: Any) -> str:
    with cast.app.app_context(), transaction() as current:
        (made,) = scene.make_slots(
            current,
            county_id=cast.county,
            institution=cast.places.hospital,
            department=QUIET,
            in_days=in_days,
            **values,
        )
        return str(made.id)


def book(cast: Cast, referral: str, wanted: str) -> Any:
    return cast.patient.post(f"/api/v1/referrals/{referral}/appointment", {"slot_id": wanted})


def refused(cast: Cast, answer: Any, last: date) -> None:
    """The refusal says which day is the last, whose rule it is, and what to do."""
    nothing_foreign(cast, answer)
    assert answer.status_code == 422, answer.json
    [violation] = answer.json["violations"]
    assert (violation["rule"], violation["source"]["id"]) == ("booking.within_certificate", "S-certificate")
    assert f"{last.month}月{last.day}日" in violation["text"]
    assert "请找医生重新办转诊" in violation["instead"]


@pytest.mark.clause("XM-5.4b")
@pytest.mark.clause("MS-4.2.2u2")
def test_the_last_day_itself_is_good_and_the_next_is_not(cast: Cast) -> None:
    referral = cast.issued(to_department=QUIET)
    last = ends_in(cast, referral, 3)
    after, on_it = slot(cast, 4), slot(cast, 3)
    shown = cast.patient.get(f"/api/v1/referrals/{referral}/places").json
    assert shown["last_day"] == last.isoformat()
    days = {day["day"] for day in shown["days"]}
    assert last.isoformat() in days
    assert max(days) == last.isoformat(), "nothing is offered that may not be had"
    refused(cast, book(cast, referral, after), last)
    taken = book(cast, referral, on_it)
    assert taken.status_code == 201, taken.json
    one = f"/api/v1/appointments/{taken.json['id']}"
    moved = cast.patient.post(f"{one}/move", {"slot_id": after}, **{"If-Match": '"1"'})
    refused(cast, moved, last)
    still = cast.patient.get(one).json
    assert still["slot_id"] == on_it, "the old place is kept"


def test_a_place_that_is_not_issued_for_yet_has_no_last_day(cast: Cast) -> None:
    referral = cast.submitted(to_department=QUIET)
    for answer in (cast.consent(referral), cast.accept(referral)):
        assert answer.status_code == 200, answer.json
    assert cast.patient.get(f"/api/v1/referrals/{referral}/places").json["last_day"] is None
    assert book(cast, referral, slot(cast, 5)).status_code == 201


def test_a_certificate_that_ended_unused_opens_nothing(cast: Cast) -> None:
    referral = cast.issued(to_department=QUIET)
    ends_in(cast, referral, -1)
    answer = book(cast, referral, slot(cast, 1))
    assert answer.status_code == 422, answer.json
    [violation] = answer.json["violations"]
    assert violation["rule"] == "booking.referral_live"
    assert "已经过期" in violation["text"]


def test_an_extra_place_by_hand_obeys_it(cast: Cast) -> None:
    referral = cast.issued(to_department=QUIET)
    last = ends_in(cast, referral, 2)
    full = slot(cast, 3)
    with cast.app.app_context(), transaction() as current:
        current.execute(update(Slot).where(Slot.id == UUID(full)).values(capacity=0))
    reason = _reason(cast)
    body = {"slot_id": full, "resident_id": str(cast.patient_id), "reason": reason, "referral_id": referral}
    refused(cast, cast.clerk.post("/api/v1/appointments/overbook", body), last)


def _reason(cast: Cast) -> str:
    from backend.alliance.queries import pack

    with cast.app.app_context(), transaction():
        return pack(cast.county).booking.over_quota.reasons[0].code


def wait(cast: Cast, referral: str, first: date, last: date) -> Any:
    body = {
        "institution": cast.places.hospital,
        "department": QUIET,
        "from_on": first.isoformat(),
        "until_on": last.isoformat(),
        "referral_id": referral,
    }
    return cast.patient.post("/api/v1/waitlist", body)


def test_a_wait_ends_with_the_certificate_and_offers_nothing_after_it(cast: Cast) -> None:
    referral = cast.issued(to_department=QUIET)
    last = ends_in(cast, referral, 40)
    refused(cast, wait(cast, referral, last + timedelta(days=1), last + timedelta(days=3)), last)
    first = last - timedelta(days=1)
    entry = wait(cast, referral, first, last + timedelta(days=3))
    assert (entry.status_code, entry.json.get("until_on")) == (201, last.isoformat()), entry.json
    # The certificate gets shorter than the wait knows (or the row is older than this rule): the statement sees it.
    ends_in(cast, referral, 38)
    freed = slot(cast, 39)
    with cast.app.app_context(), transaction():
        assert offers.offer_freed(cast.county, [UUID(freed)]) == 0
    ends_in(cast, referral, 39)
    with cast.app.app_context(), transaction():
        assert offers.offer_freed(cast.county, [UUID(freed)]) == 1
    assert waiting(cast, entry.json["id"]) == WaitStatus.OFFERED
    last = ends_in(cast, referral, 38)
    offer = offered(cast, referral)
    refused(
        cast, cast.patient.post(f"/api/v1/appointments/{offer.id}/accept", **{"If-Match": f'"{offer.version}"'}), last
    )


def test_whose_clinic_is_stopped_is_offered_no_day_after_it(cast: Cast) -> None:
    referral = cast.issued(to_department=QUIET)
    ends_in(cast, referral, 50)
    late, made = slot(cast, 51), book(cast, referral, slot(cast, 50))
    assert made.status_code == 201, made.json
    assert not near_after(cast, made.json["id"])
    assert instead(cast, made.json["id"], late) is None
    ends_in(cast, referral, 51)
    assert near_after(cast, made.json["id"])
    assert instead(cast, made.json["id"], late) is not None
    last = ends_in(cast, referral, 50)
    refused(cast, accept(cast, offered(cast, referral)), last)


def near_after(cast: Cast, appointment: str) -> bool:
    with cast.app.app_context(), transaction() as current:
        row = current.get_one(Appointment, (cast.county, UUID(appointment)))
        return any(one.day > row.day for one in stops.near(row))


def instead(cast: Cast, appointment: str, wanted: str) -> UUID | None:
    with cast.app.app_context(), transaction() as current:
        return offers.offer_instead(current.get_one(Appointment, (cast.county, UUID(appointment))), UUID(wanted))


def waiting(cast: Cast, entry: str) -> str:
    with cast.app.app_context(), transaction() as current:
        return current.get_one(WaitlistEntry, (cast.county, UUID(entry))).status


def offered(cast: Cast, referral: str) -> Appointment:
    with cast.app.app_context(), transaction() as current:
        query = select(Appointment).where(Appointment.referral_id == UUID(referral), Appointment.status == "offered")
        return current.scalars(query).one()


def accept(cast: Cast, offer: Appointment) -> Any:
    return cast.patient.post(f"/api/v1/appointments/{offer.id}/accept", **{"If-Match": f'"{offer.version}"'})
