"""Two clerks press for the same row at the same moment, a thousand times: one wins, the other is told who it was."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from backend.booking.codes import new_code
from backend.booking.models import Appointment
from backend.kernel.clock import local_day
from backend.kernel.roles import Role
from backend.people.models import Practitioner
from backend.store import clock
from backend.store.db import transaction
from tests import factories
from tests.integration.booking import scene
from tests.integration.desk.browser import Browser, browser_of
from tests.integration.referrals.rig import to_working_hour
from tests.proof.score import Tally
from tests.proof.stage import Stage

pytestmark = pytest.mark.proof
ROWS = 1_000
NO = {"reason": "other-department", "alternative_department": "endocrinology"}


@dataclass
class Clerk(Browser):
    """Somebody at the desk who has the page open already."""

    name: str = ""
    word: str = ""

    def guard(self) -> str:
        self.word = self.word or super().guard()
        return self.word


def clerk(app: Flask, role: Role) -> Clerk:
    person, practitioner = factories.staff_person(app, scene.HOSPITAL, role)
    with app.app_context(), transaction() as current:
        found = current.get(Practitioner, ("xinmi", practitioner))
        assert found is not None
        name = found.name
    return Clerk(browser_of(app, person).client, name=name)


def question(app: Flask) -> UUID:
    """A hospital is asked."""
    with app.app_context(), transaction() as current:
        return scene.make_referral(current, consent=None, answer="asked").id


def waiting(app: Flask) -> UUID:
    """A place that a doctor from below has asked for waits for the desk."""
    with app.app_context(), transaction() as current:
        (slot,) = scene.make_slots(current, pool="general")
        slot.taken = 1
        row = Appointment(
            county_id="xinmi",
            slot_id=slot.id,
            resident_id=factories.make_resident(current).id,
            institution=scene.HOSPITAL,
            department="cardiology",
            day=local_day(slot.starts_at),
            starts_at=slot.starts_at,
            kind="over_quota",
            over_reason="sick",
            status="pending",
            confirm_by=clock.now(current) + timedelta(hours=1),
            code=new_code(),
            by_doctor=True,
        )
        current.add(row)
        current.flush()
        return row.id


def race(pool: ThreadPoolExecutor, pair: tuple[Clerk, Clerk], paths: tuple[str, str], forms: Any) -> list[str]:
    """Both press at once. What is wrong with what they were told?"""
    gate = threading.Barrier(2)

    def press(who: Clerk, path: str, form: dict[str, str]) -> Any:
        gate.wait(timeout=60)
        return who.post(path, **form)

    answers = list(pool.map(press, pair, paths, forms))
    codes = [one.status_code for one in answers]
    if sorted(codes) != [200, 409]:
        return [f"answers {sorted(codes)}"]
    winner, told = pair[codes.index(200)], answers[codes.index(409)].text
    return [] if re.search(rf"{winner.name} \d\d:\d\d 已经", told) else ["the other is not told who, and when"]


def test_one_wins_and_the_other_is_told_who(prove: Any) -> None:
    def play(stage: Stage) -> Tally:
        to_working_hour(stage.app, 10)
        one, two, office = (clerk(stage.app, role) for role in (Role.DESK_CLERK, Role.DESK_CLERK, Role.MEDICAL_OFFICE))
        tally = Tally(figures={"answered": 0, "confirmed": 0})
        with ThreadPoolExecutor(2) as pool:
            for turn in range(ROWS):
                if turn % 4 == 3:
                    row = waiting(stage.app)
                    paths, forms, pair = (f"/desk/bookings/{row}/grant",) * 2, ({"version": "1"},) * 2, (one, two)
                else:
                    row = question(stage.app)
                    yes, no = f"/desk/answers/{row}/accept", f"/desk/answers/{row}/decline"
                    # A yes of the clerk against a no of the medical office, or two clerks with the same yes.
                    paths, forms, pair = ((yes, no), ({}, NO), (one, office)) if turn % 4 == 2 else (
                        (yes, yes), ({}, {}), (one, two)
                    )  # fmt: skip
                tally.attempts += 1
                tally.violations += race(pool, pair, paths, forms)
                if len(tally.violations) > 20:
                    break
        tally.figures = _stands(stage)
        return tally

    says = "two clerks answer the same row at once: one wins, the other is told by name and time who it was"
    prove("–", says, play, "nobody-says-who", "granted-twice")


def _stands(stage: Stage) -> dict[str, object]:
    with stage.app.app_context(), transaction() as current:
        answered = current.scalar(text("SELECT count(*) FROM referral_answer WHERE status IN ('accepted', 'declined')"))
        confirmed = current.scalar(text("SELECT count(*) FROM appointment WHERE status = 'booked'"))
    return {"answered": answered, "confirmed": confirmed}
