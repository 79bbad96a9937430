"""A county full of people with referrals that may be booked, signed in, and a past: made by the database itself.

One person is made as the tests make one; the others are the same rows again under other ids, so that a crowd of a
million stands in a minute or two and passes every constraint.
"""

from dataclasses import dataclass
from uuid import UUID

import psycopg
from flask import Flask

from backend.booking.models import Appointment
from backend.kernel.clock import machine_now
from backend.kernel.roles import Role
from backend.people.models import SignInSession
from backend.store.db import transaction
from bench.load import Ask, post
from tests import factories
from tests.integration.booking import scene

_ORDER = (
    "resident",
    "account",
    "sign_in_session",
    "referral",
    "referral_consent",
    "referral_answer",
    "schedule_session",
    "slot",
    "appointment",
)


def numbered(table: str, number: int) -> UUID:
    """Return the id of the so-manieth row of a crowd."""
    return UUID(f"{prefix(table)}{number:012x}")


def prefix(table: str) -> str:
    return f"01900000-0000-7000-80{_ORDER.index(table):02d}-"


def token(number: int) -> str:
    """Return the bearer token of the so-manieth person."""
    return f"bench-token-of-person-{number:09d}"


def booking(number: int, slot: int, *, attempt: int) -> Ask:
    """Return the request with which a person books a place with their referral."""
    return post(
        f"/api/v1/referrals/{numbered('referral', number)}/appointment",
        b'{"slot_id": "%s"}' % str(numbered("slot", slot)).encode(),
        {"Authorization": f"Bearer {token(number)}", "Idempotency-Key": f"bench-{attempt:09d}"},
    )


@dataclass
class Crowd:
    """So many people with a referral each, so many places of a size; made in the county `xinmi`."""

    app: Flask
    database_url: str
    people: int = 0
    places: int = 0
    past: int = 0

    def __post_init__(self) -> None:
        with self.app.app_context(), transaction() as current:
            doctor = factories.make_practitioner(current, "th-yuanzhuang", Role.FAMILY_DOCTOR)
            resident = factories.make_resident(current)
            account = factories.make_account(current, resident=resident)
            referral = scene.make_referral(current, resident.id, practitioner_id=doctor.id)
            slot = scene.make_slots(current)[0]
            session = SignInSession(
                county_id="xinmi",
                account_id=account.id,
                kind="bearer",
                token_hash=b"template",
                expires_at=machine_now(),
            )
            past = Appointment(
                county_id="xinmi",
                slot_id=slot.id,
                resident_id=resident.id,
                referral_id=referral.id,
                institution=scene.HOSPITAL,
                department="cardiology",
                day=slot.starts_at.date(),
                starts_at=slot.starts_at,
                kind="referral_pool",
                status="fulfilled",
                code="template",
                booked_by=account.id,
            )
            current.add_all([session, past])
            current.flush()
            self._one = {"resident": resident.id, "account": account.id, "sign_in_session": session.id,
                         "referral": referral.id, "slot": slot.id, "schedule_session": slot.session_id,
                         "appointment": past.id}  # fmt: skip

    def add_people(self, count: int) -> None:
        """Make more people, each signed in for a day, with a referral that is consented and answered yes."""
        span = (self.people, self.people + count)
        person = {"resident_id": _id("resident"), "account_id": _id("account"), "referral_id": _id("referral")}
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            self._copy(connection, "resident", span, record_number="lpad(n::text, 17, '0')")
            self._copy(
                connection,
                "account",
                span,
                resident_id=person["resident_id"],
                openid_index=r"'\x' || lpad(to_hex(n), 32, '0')",
            )
            self._copy(
                connection,
                "sign_in_session",
                span,
                account_id=person["account_id"],
                token_hash="sha256(convert_to('bench-token-of-person-' || lpad(n::text, 9, '0'), 'UTF8'))::text",
                seen_at="now() + interval '1 day'",
                expires_at="now() + interval '2 days'",
            )
            self._copy(connection, "referral", span, resident_id=person["resident_id"])
            for table in ("referral_consent", "referral_answer"):
                own = {name: word for name, word in person.items() if name in self._columns(connection, table)}
                own.pop("account_id", None)
                self._copy(connection, table, span, by="referral_id", key=self._one["referral"], **own)
            connection.execute("ANALYZE")
        self.people += count

    def add_places(self, count: int, capacity: int) -> range:
        """Make places, each in a session of its own; returns their numbers."""
        span = (self.places, self.places + count)
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            self._copy(connection, "schedule_session", span, template="'bench' || n")
            self._copy(connection, "slot", span, session_id=_id("schedule_session"), capacity=str(capacity), taken="0")
            connection.execute("ANALYZE slot")
        self.places += count
        return range(*span)

    def add_past(self, count: int) -> None:
        """Make bookings of other days, over and done."""
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            self._copy(
                connection,
                "appointment",
                (self.past, self.past + count),
                resident_id=f"'{prefix('resident')}' || lpad(to_hex(mod(n, {self.people})), 12, '0')",
                referral_id=f"'{prefix('referral')}' || lpad(to_hex(mod(n, {self.people})), 12, '0')",
                code="'past' || n",
            )
            connection.execute("ANALYZE appointment")
        self.past += count

    def forget_bookings(self) -> None:
        """Take all bookings away that were made over HTTP, and what they wrote, so that every round begins alike."""
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            # Whatever goes is looked for as another's replacement: for every one in two million rows, that takes hours.
            # No booking over HTTP replaces anything, so that the index costs what is measured nothing.
            connection.execute(
                "CREATE INDEX IF NOT EXISTS bench_replaces ON appointment (county_id, replaces_id)"
                " WHERE replaces_id IS NOT NULL"
            )
            connection.execute("DELETE FROM appointment WHERE county_id = 'xinmi' AND status = 'booked'")
            connection.execute("UPDATE slot SET taken = 0 WHERE county_id = 'xinmi' AND taken > 0")
            connection.execute("DELETE FROM idempotency")
            connection.execute("DELETE FROM outbox")
            connection.execute("VACUUM ANALYZE appointment, slot, idempotency, outbox")

    def _copy(
        self,
        connection: psycopg.Connection,
        table: str,
        span: tuple[int, int],
        *,
        by: str = "id",
        key: UUID | None = None,
        **values: str,
    ) -> None:
        change = ", ".join(f"'{name}', {word}" for name, word in {"id": _id(table), **values}.items())
        connection.execute(
            f"INSERT INTO {table} SELECT made.* FROM {table} AS one, generate_series(%s::bigint, %s) AS n,"  # noqa: S608
            f" LATERAL jsonb_populate_record(one, jsonb_build_object({change})) AS made"
            f" WHERE one.county_id = 'xinmi' AND one.{by} = %s".encode(),
            (span[0], span[1] - 1, key or self._one[table]),
        )

    def _columns(self, connection: psycopg.Connection, table: str) -> set[str]:
        rows = connection.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", (table,))
        return {row[0] for row in rows}


def _id(table: str) -> str:
    return f"'{prefix(table)}' || lpad(to_hex(n), 12, '0')"
