"""The people and the sessions of a walk: made once, walked through as often as one likes on one connection."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import Connection, text

from backend.alliance.queries import pack
from backend.booking import sweeping
from backend.booking.models import Slot
from backend.contracts.models import Contract
from backend.kernel.clock import SHANGHAI
from backend.kernel.roles import Role
from backend.referrals.sweeping import sweep
from backend.store import clock
from backend.store.db import transaction
from tests import factories
from tests.factories import Person
from tests.integration.booking import scene
from tests.integration.contracts.conftest import make_team
from tests.integration.referrals.rig import Cast, make_cast
from tests.integration.referrals.test_consent import relative
from tests.integration.walk.one_connection import one_connection

DEPARTMENTS = ("cardiology", "neurology")
NINE, LAST_MINUTE = time(9, 0), time(11, 0)
"""Every office is open then, of both counties: the walk keeps to it, and no signature may be made up later."""
GROWN, CHILD, SIGNED, HELPED = range(4)
TICKS = (
    sweeping.expire_holds,
    sweeping.give_back,
    sweeping.offer_waited_for,
    sweeping.phone_displaced,
    sweeping.mark_missed,
    sweep,
)


@dataclass(frozen=True)
class Patient:
    """Somebody of the walk: who decides for them, and who else may press a button for them."""

    cast: Cast
    decides: Person
    presses: tuple[Person, ...]
    contracted: bool = False

    @property
    def id(self) -> UUID:
        return self.cast.patient_id


@dataclass(frozen=True)
class World:
    """One county's people, who stay."""

    app: Flask
    county: str
    patients: tuple[Patient, ...]
    proxy: Person
    office: Person

    @property
    def cast(self) -> Cast:
        return self.patients[GROWN].cast

    @property
    def people(self) -> list[UUID]:
        return [one.id for one in self.patients]

    @contextmanager
    def stage(self) -> Iterator["Stage"]:
        """A Monday or Tuesday morning with nothing booked and nobody waiting; nothing of it stays."""
        with one_connection(self.app) as connection:
            connection.begin_nested()
            with self.app.app_context(), transaction() as current:
                _nobody_else(current, self.county)
                _turn_to(current, self.county, NINE, weekdays=(1, 2))
                sessions = _sessions(current, self.county, self.cast.places.hospital)
            yield Stage(self, connection, sessions)


@dataclass
class Stage:
    """Where one walk is played."""

    world: World
    connection: Connection
    sessions: list[UUID]

    def signature(self, referral: str, turn: int) -> tuple[str, str]:
        """One step of the present round and the words of now, also when it is nobody's turn to sign it."""
        row = self.connection.execute(
            text(
                "SELECT s.id, r.content_hash FROM referral_signature s JOIN referral r"
                " ON r.county_id = s.county_id AND r.id = s.referral_id AND r.round = s.round"
                " WHERE s.referral_id = :referral AND s.step_order = :turn"
            ),
            {"referral": UUID(referral), "turn": turn},
        ).one_or_none()
        return (str(row.id), row.content_hash) if row else (str(uuid4()), "0" * 64)

    def pass_minutes(self, minutes: int) -> None:
        with self.world.app.app_context(), transaction() as current:
            clock.turn(current, timedelta(minutes=minutes))

    def pass_night(self) -> None:
        with self.world.app.app_context(), transaction() as current:
            clock.turn(current, timedelta(hours=6))
            _turn_to(current, self.world.county, NINE)

    def tick(self) -> int:
        """Everything that time does to places and referrals, as the clock's process asks for it."""
        done = 0
        for one in TICKS:
            with self.world.app.app_context(), transaction() as current:
                done += one(current, self.world.county)
        return done


def make_world(app: Flask, county: str) -> World:
    """A grown-up, a child with its mother, somebody with a family doctor's contract, and somebody with a daughter."""
    cast = make_cast(app, county)
    child = _another(cast, birth_on=date(2022, 3, 1))
    signed, helped = _another(cast), _another(cast)
    mother, daughter = relative(child, "guardian"), relative(helped, "proxy")
    for one in (cast, child, signed, helped):
        one.open_visit()
    _sign_contract(app, signed)
    office, _ = factories.staff_person(app, cast.places.hospital, Role.MEDICAL_OFFICE, county_id=county)
    patients = (
        Patient(cast, cast.patient, (cast.patient, cast.doctor)),
        Patient(child, mother, (mother, cast.doctor)),
        Patient(signed, signed.patient, (signed.patient,), contracted=True),
        Patient(helped, helped.patient, (helped.patient, daughter)),
    )
    return World(app, county, patients, daughter, office)


def local(instant: datetime) -> datetime:
    return instant.astimezone(SHANGHAI)


def _another(cast: Cast, **patient: Any) -> Cast:
    person, patient_id = factories.resident_person(cast.app, cast.county, village=cast.places.village, **patient)
    return replace(cast, patient=person, patient_id=patient_id, visit_id="")


def _sign_contract(app: Flask, cast: Cast) -> None:
    team = make_team(app, cast.county, cast.places.township)
    with app.app_context(), transaction() as current:
        today = clock.now(current).date()
        current.add(
            Contract(
                county_id=cast.county,
                resident_id=cast.patient_id,
                team_id=team.id,
                institution=cast.places.township,
                village=team.village,
                kind="person",
                status="active",
                package_code="basic",
                package_version="1",
                pack_version="2026.1",
                total_fen=0,
                fund_fen=0,
                public_health_fen=0,
                resident_fen=0,
                from_on=today - timedelta(days=30),
                until_on=today + timedelta(days=300),
                signed_how="drawn",
                signed_by=cast.patient.account_id,
            )
        )


def _nobody_else(current: Any, county: str) -> None:
    """Whoever waits or is free here from another test would be offered this walk's places, and it theirs."""
    current.execute(
        text(
            "UPDATE waitlist_entry SET status = 'left', left_because = 'self'"
            " WHERE county_id = :c AND status IN ('waiting', 'offered')"
        ),
        {"c": county},
    )
    current.execute(text("UPDATE slot SET stopped = true WHERE county_id = :c"), {"c": county})
    current.execute(
        text("UPDATE schedule_session SET stopped_at = liandong_now(), stop_reason = 'other' WHERE county_id = :c"),
        {"c": county},
    )


def _turn_to(current: Any, county: str, at: time, weekdays: tuple[int, ...] = (1, 2, 3, 4, 5)) -> None:
    now = local(clock.now(current))
    wanted = datetime.combine(now.date(), at, SHANGHAI)
    while wanted < now or wanted.isoweekday() not in weekdays or pack(county).holidays.holiday(wanted.date()):
        wanted += timedelta(days=1)
    clock.turn(current, wanted - now)


def _sessions(current: Any, county: str, hospital: str) -> list[UUID]:
    """Three mornings of one department and one of another; few places, so that everything runs into everything."""
    today = local(clock.now(current)).date()
    made = []
    for days, department in ((1, 0), (2, 0), (3, 0), (2, 1)):
        begins = datetime.combine(today + timedelta(days=days), time(10, 40), SHANGHAI)
        on = scene.make_session(
            current, begins, county_id=county, department=DEPARTMENTS[department], institution=hospital
        )
        made.append(on.id)
        for number, pool in enumerate(("referral", "general", "contract", "referral", "general")):
            later = timedelta(minutes=20 * (number // 3))
            if pool == "contract" and days != 2:
                continue
            current.add(
                Slot(
                    county_id=county,
                    id=uuid4(),
                    session_id=on.id,
                    starts_at=begins + later,
                    pool=pool,
                    capacity=1,
                    taken=0,
                    opens_at=begins - timedelta(hours=26) if later and pool == "general" else None,
                    gives_back_at=None if pool == "general" else begins - timedelta(hours=24),
                )
            )
    current.flush()
    return made
