"""`make bench`: starts durable throw-away servers, measures, prints ratios, stops by itself after a few minutes.

With `--large` the booking is measured again at 1,000,000 residents and 2,000,000 past bookings.
"""

import base64
import sys
import tempfile
from pathlib import Path

import psycopg
from alembic import command
from flask import Flask

from backend.app import create_app
from backend.boot import durability
from backend.config import Settings
from backend.migrations.head import alembic_config
from bench.booking import Doors, rush, throughput
from bench.crowd import Crowd
from bench.rounds import compare
from bench.serving import serving
from bench.subjects import SUBJECTS, Bench
from bench.underneath import Underneath
from launcher import servers
from launcher.servers import Running
from tests.integration.conftest import load_counties

KEY = base64.b64encode(b"bench master key, 32 bytes long!").decode()
PEOPLE, PAST = 100_000, 100_000
PLACES, CAPACITY = 1_000, 200
LARGE_PEOPLE, LARGE_PAST = 1_000_000, 2_000_000


def main() -> int:
    """Run every subject against its limit. Refuses a database that may lose what it acknowledged."""
    with tempfile.TemporaryDirectory(prefix="liandong-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        with servers.start(Path(folder)) as running:
            settings = Settings(
                database_url=running.database_url,
                redis_url=running.redis_url,
                master_key=KEY,
                embedded=True,
                demo=True,
                wechat_app_id="wx0000000000000000",
                wechat_app_secret="bench",
            )
            command.upgrade(alembic_config(settings.database_url), "head")
            app = create_app(settings)
            with app.app_context():
                weak = durability()
                if weak:
                    print(f"refused: {', '.join(weak)} would make the figures worthless")
                    return 1
                bench = Bench(app)
                for subject in SUBJECTS:
                    print(compare(bench, subject), flush=True)
                bench.close()
            load_counties(app)
            _booking(app, running, Path(folder), large="--large" in sys.argv[1:])
    return 0


def _booking(app: Flask, running: Running, folder: Path, *, large: bool) -> None:
    url = running.database_url.replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE bare_booking (id uuid PRIMARY KEY, referral uuid, slot uuid)")
    env = {
        "DATABASE_URL": running.database_url,
        "REDIS_URL": running.redis_url,
        "LIANDONG_MASTER_KEY": KEY,
        "LIANDONG_EMBEDDED": "1",
        "LIANDONG_DEMO": "1",
        "WECHAT_APP_ID": "wx0000000000000000",
        "WECHAT_APP_SECRET": "bench",
    }
    crowd = Crowd(app, url)
    crowd.add_people(PEOPLE)
    crowd.add_past(PAST)  # a county in its first hour is planned for as an empty one
    spread, hot = crowd.add_places(PLACES, CAPACITY), crowd.add_places(10, 20_000)
    with (
        serving("backend.app:create_app", env, folder / "house.log") as house,
        serving("bench.bare_app:make", env, folder / "bare.log") as bare,
    ):
        underneath = Underneath(running.postgres.programs.program("pgbench"), url, app)
        doors = Doors(house, bare, underneath, crowd, folder)
        for clients in (16, 64):
            throughput(doors, spread, clients, f"booking on {PLACES} places")
        throughput(doors, hot, 16, "booking on 10 hot places")
        rush(doors, 64)
        rush(doors)
        if large:
            crowd.add_people(LARGE_PEOPLE - crowd.people)
            crowd.add_past(LARGE_PAST - crowd.past)
            throughput(doors, spread, 16, f"the same at {LARGE_PEOPLE:,} residents and {LARGE_PAST:,} past bookings")


if __name__ == "__main__":
    sys.exit(main())
