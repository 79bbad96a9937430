"""`make run`: everything up on this machine, from a fresh checkout or again, until Ctrl-C."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

from launcher import console, fonts, frontend, processes, say, servers
from launcher.child import last_lines
from launcher.environment import Ports, chosen_ports, for_processes, is_set, remember, uses_stand_in
from launcher.errors import LauncherError
from launcher.places import CHECKOUT, make_private, state_folder
from launcher.ports import ADDRESS, require_free
from launcher.postgres import Postgres
from launcher.valkey import Valkey

PAGES = (
    ("/app/", "小程序 (in the browser): residents and family doctors"),
    ("/desk/", "转诊服务台与卫健局: referral desks and the health bureau"),
    ("/api/docs", "接口文档: developers"),
)

_ORDER = " (looked for in this order: the address in the environment, the wheel, the system)"


class Stopped(Exception):
    """The person wants it to end."""


def main() -> int:
    """Exit status: 0 when it was ended by the person, 1 when something failed."""
    for wish in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(wish, _stop)
    try:
        with ExitStack() as held:
            _run(held)
    except Stopped:
        say.line("Stopped. Nothing is left running; the data stays for the next time.")
        return 0
    except LauncherError as failure:
        say.trouble(str(failure))
        return 1
    return 0


def _run(held: ExitStack) -> None:
    begun = time.monotonic()
    ports, state = chosen_ports(), state_folder()
    _refuse_embedded_in_production()
    require_free(ports.web, "the web", seconds=2)
    frontend.build()
    console.build()
    fonts.build()
    ours: list[Postgres | Valkey] = []
    env = _servers(held, ports, state, ours)
    remember(state, env)
    logs = make_private(state / "logs")
    _prepare_database(env)
    log = logs / "processes.log"
    log.unlink(missing_ok=True)
    honcho = held.enter_context(processes.start(log, env, stand_in=uses_stand_in()))
    with say.step("Starting the processes of the Procfile"):
        processes.wait_until_ready(honcho, f"http://{ADDRESS}:{ports.web}/readyz", log)
    _tell_addresses(ports, log, time.monotonic() - begun)
    while honcho.running:
        _revive(ours)
        time.sleep(0.5)
    raise LauncherError(f"A process ended, and so all were ended:\n{last_lines(log, 0, 25)}", f"The whole log: {log}")


def _servers(held: ExitStack, ports: Ports, state: Path, ours: list[Postgres | Valkey]) -> dict[str, str]:
    """Start the servers that are not given by URL, keep them in `ours`, and say which is used."""
    database_url, redis_url = os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", "")
    embedded = not (database_url and redis_url)
    if database_url:
        say.line("· PostgreSQL: the one that DATABASE_URL names")
    else:
        with say.step("Starting PostgreSQL"):
            postgres = held.enter_context(servers.postgres(state, port=ports.postgres))
        ours.append(postgres)
        database_url = postgres.url
        say.line(f"  {postgres.programs.version} from the {postgres.programs.origin}{_ORDER}, data in {postgres.data}")
    if redis_url:
        say.line("· Redis: the one that REDIS_URL names")
    else:
        with say.step("Starting Valkey"):
            valkey = held.enter_context(servers.valkey(state, port=ports.valkey))
        ours.append(valkey)
        redis_url = valkey.url
        say.line(f"  {valkey.server.version} from the {valkey.server.origin}{_ORDER}, data in {valkey.data}")
    return for_processes(ports, state, database_url=database_url, redis_url=redis_url, embedded=embedded)


def _revive(ours: list[Postgres | Valkey]) -> None:
    """Start a server of ours again that has died, at its address: the processes wait for it, as they are kept too."""
    for server in ours:
        if not server.running:
            say.line(f"· {type(server).__name__} ended; starting it again. Its log: {server.log}")
            server.restart()


def _prepare_database(env: Mapping[str, str]) -> None:
    say.line("· Preparing the database: schema, both counties, demo people")
    done = subprocess.run([sys.executable, "-m", "launcher.database"], cwd=CHECKOUT, env=dict(env), check=False)
    if done.returncode != 0:
        raise LauncherError("The database could not be prepared.", "The reason stands above.")


def _tell_addresses(ports: Ports, log: Path, seconds: float) -> None:
    say.line(f"\nLiandong 联动 is ready after {seconds:.1f} s.\n")
    for path, purpose in PAGES:
        say.line(f"  http://{ADDRESS}:{ports.web}{path:<10} {purpose}")
    say.line(f"\n  Logs: {log}\n  Ctrl-C ends everything.\n")


def _refuse_embedded_in_production() -> None:
    missing = [name for name in ("DATABASE_URL", "REDIS_URL") if not os.environ.get(name)]
    if is_set("LIANDONG_PRODUCTION") and missing:
        raise LauncherError(
            "LIANDONG_PRODUCTION is set, and the embedded servers are for a demonstration only.",
            f"Set {' and '.join(missing)} to servers that are backed up and watched.",
        )


def _stop(_number: int, _frame: FrameType | None) -> None:
    """Begin the end once; a second Ctrl-C must not tear what is being ended in good order."""
    for wish in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(wish, signal.SIG_IGN)
    raise Stopped
