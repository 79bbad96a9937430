"""The embedded servers: they start, survive a crash, are guarded by a password and leave no process behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from launcher import binaries, servers
from launcher.errors import LauncherError
from launcher.servers import Running


@pytest.fixture(scope="module")
def state(state_dir: Path) -> Path:
    return state_dir / "durable"


@pytest.fixture
def other_state(state_dir: Path, request: pytest.FixtureRequest) -> Path:
    return state_dir / request.node.name[:40]


@pytest.fixture(scope="module")
def durable(state: Path) -> Iterator[Running]:
    with servers.start(state) as running:
        yield running


def plain(url: str) -> str:
    return url.replace("+psycopg", "")


def test_database_is_durable_and_the_role_is_no_superuser(durable: Running) -> None:
    with psycopg.connect(plain(durable.database_url)) as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            assert connection.execute("SELECT current_setting(%s)", [name]).fetchone() == ("on",)
        assert connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (False,)
        connection.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")


def test_servers_refuse_a_wrong_password(durable: Running) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(host="127.0.0.1", port=durable.postgres.port, user="liandong", password="x", dbname="liandong")
    once = Retry(NoBackoff(), 0)
    with (
        redis.Redis(port=durable.valkey.port, password="x", retry=once) as client,
        pytest.raises(redis.AuthenticationError),
    ):
        client.ping()


def test_what_was_committed_survives_a_kill(durable: Running) -> None:
    with psycopg.connect(plain(durable.database_url)) as connection:
        connection.execute("CREATE TABLE kept (number int)")
        connection.execute("INSERT INTO kept VALUES (1)")
    before = durable.database_url, durable.redis_url
    for _ in range(3):
        durable.postgres.kill()
        durable.valkey.kill()
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(plain(durable.database_url), connect_timeout=2)
        durable.postgres.start()
        durable.valkey.start()
    with psycopg.connect(plain(durable.database_url)) as connection:
        assert connection.execute("SELECT number FROM kept").fetchall() == [(1,)]
    assert (durable.database_url, durable.redis_url) == before


def test_servers_run_without_root_rights(durable: Running) -> None:
    for pid in (durable.postgres.pid, durable.valkey.pid):
        status = Path(f"/proc/{pid}/status").read_text()
        fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
        assert "0" not in fields["Uid"].split()
        assert "0" not in fields["Groups"].split()


def test_one_state_has_one_owner(durable: Running, state: Path) -> None:
    with pytest.raises(LauncherError, match="already"), servers.postgres(state):
        pass


def test_volatile_server_with_chosen_settings(other_state: Path) -> None:
    with servers.postgres(other_state, durable=False, settings={"max_connections": "17"}) as postgres:
        with psycopg.connect(plain(postgres.superuser_url)) as connection:
            assert connection.execute("SHOW fsync").fetchone() == ("off",)
            assert connection.execute("SHOW max_connections").fetchone() == ("17",)
        pid = postgres.pid
    assert pid is not None
    assert not Path(f"/proc/{pid}").exists()


def test_a_system_postgresql_serves_as_well(other_state: Path) -> None:
    if not binaries.system_postgres():
        pytest.skip("this machine has no PostgreSQL of its own")
    with (
        servers.postgres(other_state, origin="system") as postgres,
        psycopg.connect(plain(postgres.url)) as connection,
    ):
        assert postgres.programs.origin == "system"
        connection.execute("CREATE EXTENSION btree_gist")
        assert connection.execute("SELECT datcollate FROM pg_database WHERE datname = 'liandong'").fetchone() == (
            "C.UTF-8",
        )


def test_a_taken_port_is_told(durable: Running, other_state: Path) -> None:
    with pytest.raises(LauncherError, match="taken"), servers.postgres(other_state, port=durable.valkey.port):
        pass


def test_an_impossible_setting_is_told_with_the_servers_own_words(other_state: Path) -> None:
    with (
        pytest.raises(LauncherError, match="no_such_setting"),
        servers.postgres(other_state, settings={"no_such_setting": "1"}),
    ):
        pass


OWNER = """
import sys, time
from pathlib import Path
from launcher import binaries, servers
with servers.start(Path(sys.argv[1])) as running:
    print(running.postgres.pid, running.valkey.pid, running.postgres.port, flush=True)
    time.sleep(600)
"""


def gone(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rsplit(")", 1)[1].split()[0] == "Z"


def test_a_killed_owner_leaves_no_server_and_the_next_one_starts(other_state: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", OWNER, other_state], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        postgres, valkey, port = (int(word) for word in owner.stdout.readline().split())
        os.kill(owner.pid, signal.SIGKILL)
        with (
            servers.start(other_state, postgres_port=port) as running,
            psycopg.connect(plain(running.database_url)) as connection,
        ):
            assert connection.execute("SELECT 1").fetchone() == (1,)
        for pid in (postgres, valkey):
            while not gone(pid):
                time.sleep(0.02)
