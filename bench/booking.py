"""Booking over HTTP, everything on, against its limits in one run: a bare insert on the same server, pgbench below."""

import itertools
import json
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench.crowd import Crowd, booking, numbered
from bench.load import Answers, Ask, drive, post
from bench.underneath import Underneath

ROUNDS, SECONDS, WARM = 5, 2.0, 0.5
_attempt = itertools.count()
RUSH_PEOPLE, RUSH_PLACES, RUSH_CONNECTIONS = 5_000, 50, 1_000


@dataclass
class Doors:
    """The ports of the house and of the bare app, pgbench, and the people who have not booked yet."""

    house: int
    bare: int
    underneath: Underneath
    crowd: Crowd
    folder: Path

    def bookings(self, places: range, people: int) -> Iterator[Ask]:
        """Yield the wishes of so many people, spread over the places; each has booked nothing since `forget`."""
        for number in range(people):
            yield booking(number, places[number % len(places)], attempt=next(_attempt))

    def say(self, line: str) -> None:
        """Print a line of the result at once."""
        print(line, flush=True)


def throughput(doors: Doors, places: range, clients: int, what: str) -> None:
    """Interleave bookings, bare inserts and pgbench; print medians, ratios and percentiles."""
    own: list[Answers] = []
    bare: list[Answers] = []
    below: list[float] = []
    for _ in range(ROUNDS):
        doors.crowd.forget_bookings()
        bare.append(drive(doors.bare, _inserts(), clients, seconds=SECONDS, warm=WARM))
        asks = doors.bookings(places, doors.crowd.people)
        own.append(drive(doors.house, asks, clients, seconds=SECONDS, warm=WARM))
        _compare_with_rows(doors, own[-1])
        doors.crowd.forget_bookings()
        below.append(
            doors.underneath.rate(
                doors.folder / "booking.sql",
                people=min(100_000, doors.crowd.people),
                places=places,
                clients=clients,
                seconds=SECONDS,
            )
        )
    mine, limit = (statistics.median(one.rate for one in rows) for rows in (own, bare))
    under = statistics.median(below)
    middle = sorted(own, key=lambda one: one.rate)[len(own) // 2]
    doors.say(
        f"{what}, {clients} clients: {mine:.0f} accepted/s; bare insert {limit:.0f}/s, ratio {mine / limit:.2f};"
        f" pgbench {under:.0f}/s, ratio {mine / under:.2f};"
        f" p50 {middle.percentile(0.5):.0f} p95 {middle.percentile(0.95):.0f} p99 {middle.percentile(0.99):.0f} ms"
        f" (bare p95 {statistics.median(one.percentile(0.95) for one in bare):.0f});"
        f" spread {min(one.rate for one in own):.0f}-{max(one.rate for one in own):.0f}"
    )
    odd = sum((one.statuses for one in own), start=type(middle.statuses)())
    refused = {status: count for status, count in odd.items() if status != 201}
    if refused:
        doors.say(f"  not accepted: {refused}")


def rush(doors: Doors, connections: int = RUSH_CONNECTIONS) -> None:
    """Thousands press at one moment for a few places; print when all were told, and the slowest of them."""
    doors.crowd.forget_bookings()
    places = doors.crowd.add_places(1, RUSH_PLACES)
    answers = drive(doors.house, doors.bookings(places, RUSH_PEOPLE), connections)
    _compare_with_rows(doors, answers)
    doors.say(
        f"rush of {RUSH_PEOPLE} on {connections} connections for {RUSH_PLACES} places: over in {answers.seconds:.2f} s;"
        f" booked {answers.statuses[201]}, told full {answers.statuses[409]},"
        f" others {sum(answers.statuses.values()) - answers.statuses[201] - answers.statuses[409]},"
        f" cut off {answers.broken}; p50 {answers.percentile(0.5):.0f} p95 {answers.percentile(0.95):.0f}"
        f" slowest {answers.percentile(1):.0f} ms"
    )


def _compare_with_rows(doors: Doors, answers: Answers) -> None:
    """Look up every acknowledged booking in the table; one that is missing makes every figure worthless."""
    said = [json.loads(body)["id"] for body in answers.accepted]
    with psycopg.connect(doors.crowd.database_url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM appointment WHERE county_id = 'xinmi' AND status = 'booked' AND id = ANY(%s::uuid[])",
            (said,),
        ).fetchone()
    found = row[0] if row else 0
    if found != len(said):
        raise SystemExit(f"{len(said) - found} acknowledged bookings are not in the table")


def _inserts() -> Iterator[Ask]:
    for number in itertools.count():
        path = f"/api/v1/referrals/{numbered('referral', number)}/appointment"
        yield post(path, b'{"slot_id": "%s"}' % str(numbered("slot", number)).encode(), {})
