"""How long a house lets people wait, in its own working time, against what the county promises. XM-5.4b."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from backend.alliance.queries import pack as pack_of
from backend.alliance.working_time import office
from backend.booking.models import Appointment
from backend.booking.models_beds import BedRequest
from backend.desk.promises import cells
from backend.kernel.clock import local_day
from backend.kernel.roles import Role
from backend.oversight.promises import Promise, promises
from backend.referrals.models import ReferralAnswer
from backend.store.db import transaction
from backend.worklist.models import Task
from tests import factories
from tests.integration.booking.scene import make_referral, make_slots
from tests.integration.desk.browser import browser_of

HOSPITAL = {"xinmi": "first-hospital", "mangshi": "people-hospital"}
SATURDAY = datetime(2011, 3, 5, 4, tzinfo=UTC)


@pytest.fixture(params=["xinmi", "mangshi"])
def county(request) -> str:
    return request.param


def later(county: str, at: datetime, minutes: int) -> datetime:
    """So many minutes of the desk's working time later."""
    return office(pack_of(county), "referral_desk", local_day(at), HOSPITAL[county]).after_minutes(at, minutes).at


def asked(current: Any, county: str, at: datetime, minutes: int | None, **changes: Any) -> None:
    """One question whether the hospital takes a referral, answered after so many working minutes, or not yet."""
    referral = make_referral(current, county_id=county, to=HOSPITAL[county], answer=None)
    done = None if minutes is None else later(county, at, minutes)
    given = {"status": "accepted" if done else "asked", "answered_at": done, "due_at": at, "created_at": at} | changes
    given |= {"answered_by": uuid4() if given["answered_at"] else None}
    current.add(ReferralAnswer(county_id=county, referral_id=referral.id, institution=HOSPITAL[county], **given))


def task(current: Any, county: str, kind: str, focus: tuple[str, Any], at: datetime, **values: Any) -> None:
    current.add(
        Task(
            county_id=county, kind=kind, dedupe_key=uuid4().hex, focus_kind=focus[0], focus_id=focus[1], due_at=at,
            role=Role.DESK_CLERK, institution=HOSPITAL[county], created_at=at,
            status="done" if "done_at" in values else "open", **values,
        )
    )  # fmt: skip


def kept(app, county: str, month: date, kind: str) -> Promise:
    with app.app_context(), transaction():
        return next(o for o in promises(county, month) if (o.institution, o.kind) == (HOSPITAL[county], kind))


@pytest.mark.clause("XM-5.4b")
def test_answers_count_in_working_time_and_what_is_late_and_waits_counts_too(app, county) -> None:
    with app.app_context(), transaction() as current:
        limit = pack_of(county).referral.receiving.answer_limit_working_minutes
        # Asked on a Saturday: two days by the clock, and no longer than it took on Monday.
        for minutes in (10, 30, limit):
            asked(current, county, SATURDAY, minutes)
        asked(current, county, SATURDAY, limit + 20)
        asked(current, county, SATURDAY, None)
        asked(current, county, SATURDAY, None, status="overtaken")
        asked(current, county, SATURDAY + timedelta(days=40), 10)
    found = kept(app, county, date(2011, 3, 1), "receiving")
    assert (found.kept, found.whole, found.waiting) == (3, 5, 1)
    assert (found.middle, found.limits, found.percent) == (round((30 + limit) / 2), (limit,), 60.0)


@pytest.mark.clause("XM-5.4b")
def test_a_booking_counts_when_the_desk_said_yes_or_no_and_not_when_it_was_given_up(app, county) -> None:
    at, month = datetime(2011, 5, 9, 1, tzinfo=UTC), date(2011, 5, 1)
    with app.app_context(), transaction() as current:
        limit = pack_of(county).booking.confirmation("over_quota").limit_working_minutes
        for minutes, outcome, because in (
            (20, "handled", None), (limit + 5, "not_needed", "refused"), (5, "not_needed", "self")
        ):  # fmt: skip
            [slot] = make_slots(current, county_id=county, institution=HOSPITAL[county])
            slot.taken = int(because is None)  # as it is counted: no drift is left for the tests of races
            row = Appointment(
                county_id=county, slot_id=slot.id, resident_id=factories.make_resident(current, county).id,
                institution=HOSPITAL[county], department="cardiology", day=local_day(slot.starts_at),
                starts_at=slot.starts_at, kind="over_quota", over_reason="sick", code=uuid4().hex[:8],
                status="booked" if because is None else "cancelled", ended_because=because,
                end_reason="enough-added" if because == "refused" else None,
                end_instead="tcm-hospital" if because == "refused" else None,
            )  # fmt: skip
            current.add(row)
            current.flush()
            done = later(county, at, minutes)
            task(current, county, "booking.confirm", ("appointment", row.id), at, done_at=done, outcome=outcome)
    found = kept(app, county, month, "confirming")
    assert (found.kept, found.whole, found.limits) == (1, 2, (limit,))


@pytest.mark.clause("XM-5.4b")
def test_a_bed_counts_to_its_first_answer_and_an_emergency_by_the_clock(app, county) -> None:
    at, month = datetime(2011, 7, 2, 14, tzinfo=UTC), date(2011, 7, 1)  # Saturday night
    with app.app_context(), transaction() as current:
        limit = pack_of(county).booking.confirmation("bed").limit_working_minutes
        for priority, first in (("stat", timedelta(minutes=25)), ("stat", timedelta(minutes=40)), ("routine", None)):
            referral = make_referral(current, county_id=county, to=HOSPITAL[county])
            row = BedRequest(
                county_id=county, referral_id=referral.id, resident_id=referral.resident_id,
                institution=HOSPITAL[county], department="cardiology", priority=priority, needed_by=date(2011, 7, 3),
                status="waiting", expected_on=date(2011, 7, 9), created_at=at,
            )  # fmt: skip
            current.add(row)
            current.flush()
            bed, answered = ("bed_request", row.id), at + first if first else later(county, at, 15)
            task(current, county, "booking.bed", bed, at, done_at=at, outcome="passed_on")
            task(current, county, "booking.bed", bed, at, done_at=answered, outcome="waiting")
            again = answered + timedelta(days=6)
            task(current, county, "booking.bed", bed, answered, done_at=again, outcome="held")
    found = kept(app, county, month, "bed")
    assert (found.kept, found.whole, found.middle) == (2, 3, 25)
    assert found.limits == tuple(sorted({30, limit}))


def test_of_few_questions_no_share_is_told(app, county) -> None:
    few = Promise("first-hospital", "市一院", "bed", (120,), 3, 4, 0, 20)
    assert cells(few)[3:] == ("少于 5", "—", "—", "—", "—")
    assert cells(Promise("first-hospital", "市一院", "bed", (120,), 4, 5, 1, 80))[3:] == (
        "5", "4", "80.0%", "1 小时 20 分", "1"
    )  # fmt: skip


@pytest.mark.clause("XM-5.4b")
def test_the_bureau_reads_it_and_nobody_else(app, county) -> None:
    with app.app_context(), transaction():
        place = pack_of(county).institutions.of_kind("health_bureau")[0].code
    officer, _ = factories.staff_person(app, place, Role.BUREAU, county_id=county, title="officer")
    page = browser_of(app, officer, home="/desk/bureau").text("/desk/bureau/promises?month=2011-03")
    assert "接不接转诊" in page
    assert ("MS-" if county == "xinmi" else "XM-") not in page
    clerk, _ = factories.staff_person(app, HOSPITAL[county], Role.DESK_CLERK, county_id=county)
    assert browser_of(app, clerk).get("/desk/bureau/promises").status_code == 403
