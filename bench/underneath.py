"""The limit below the web: the very statement of a booking through pgbench, prepared, a connection a client."""

import os
import re
import subprocess
from pathlib import Path

import psycopg
from flask import Flask

from backend.booking import statements_at_once
from bench.crowd import prefix


class Underneath:
    """Runs pgbench against a crowd's people and places, each connection with people of its own."""

    def __init__(self, program: Path, database_url: str, app: Flask) -> None:
        self.program, self.url = program, database_url
        with app.app_context():
            self.words = statements_at_once.book_and_keep()

    def rate(self, script: Path, *, people: int, places: range, clients: int, seconds: float) -> float:
        """Return accepted bookings a second: counted in the table, since a refused one is no error to pgbench."""
        step = people // clients
        script.write_text(
            "\\set n :n + 1\n"
            f"\\set person :client_id * {step} + :n % {step}\n"
            f"\\set place {places.start} + (:client_id * 7919 + :n) % {len(places)}\n"
            f"{_filled(self.words)};\n"
        )
        before = self._booked()
        subprocess.run(
            [
                self.program, "--no-vacuum", "--protocol=prepared", f"--client={clients}", "--jobs=2",
                f"--time={max(1, round(seconds))}", "--define=n=0", f"--file={script}", self.url,
            ],
            check=True, capture_output=True,
            # As the house plans it: once a connection, whatever the values.
            env={**os.environ, "PGOPTIONS": "-c plan_cache_mode=force_generic_plan"},
        )  # fmt: skip
        return (self._booked() - before) / max(1, round(seconds))

    def _booked(self) -> int:
        with psycopg.connect(self.url) as connection:
            row = connection.execute("SELECT count(*) FROM appointment WHERE status = 'booked'").fetchone()
        return int(row[0]) if row else 0


def _filled(words: str) -> str:
    """Return the statement with pgbench's variables, and made-up values where the web gives its own."""

    def numbered(table: str, variable: str) -> str:
        return f"CAST('{prefix(table)}' || lpad(to_hex(CAST(:{variable} AS bigint)), 12, '0') AS uuid)"

    fresh = "gen_random_uuid()"
    values = {
        "county": "CAST('xinmi' AS text)",
        "account": numbered("account", "person"),
        "acting_for": "CAST(NULL AS uuid)",
        "audit": fresh,
        "appointment": fresh,
        "slot": numbered("slot", "place"),
        "referral": numbered("referral", "person"),
        "by_doctor": "false",
        "code": f"CAST({fresh} AS text)",
        "messages": "jsonb_build_array(jsonb_build_object('id', gen_random_uuid(), 'kind', 'bench',"
        " 'dedupe_key', gen_random_uuid(), 'payload', jsonb_build_object('n', 1)))",
        "key": f"CAST({fresh} AS text)",
        "body_hash": r"CAST('\x00' AS bytea)",
        "answer_status": "201",
        "answer_sealed": "decode(repeat('00', 1600), 'hex')",
        "etag": "CAST('1' AS text)",
    }
    return re.sub(r"%\((\w+)\)s(?:::\w+)?", lambda found: values[found.group(1)], words)
