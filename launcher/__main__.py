"""The Makefile's way in: `python -m launcher run | tools | licences`."""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from launcher import chromium, console, fonts, frontend, licences, run, say
from launcher.environment import remembered
from launcher.errors import LauncherError
from launcher.places import CHECKOUT, state_folder


def _tools() -> int:
    """What the tests need beside Python: the mini-program's packages and a browser."""
    frontend.install()
    console.build()
    fonts.build()
    say.line(f"· Browser: {chromium.ready()}")
    return 0


def _licences() -> int:
    """Write docs/licences.md again."""
    licences.write()
    say.line(f"· Written: {licences.PAGE}")
    return 0


def flask(words: list[str]) -> int:
    """Run a command of the product beside the running processes, told what they were told."""
    env = {**os.environ, **remembered(state_folder()), "FLASK_SKIP_DOTENV": "1"}
    env.pop("PROMETHEUS_MULTIPROC_DIR", None)
    program = Path(sys.executable).parent / "flask"
    return subprocess.run([program, "--app", "backend.cli", *words], cwd=CHECKOUT, env=env, check=False).returncode


_COMMANDS: dict[str, Callable[[], int]] = {"run": run.main, "tools": _tools, "licences": _licences}


def main() -> int:
    """Run one command; its exit status."""
    parser = argparse.ArgumentParser(prog="python -m launcher", description="Sets Liandong up and runs it.")
    parser.add_argument("command", choices=sorted(_COMMANDS))
    try:
        if sys.argv[1:2] == ["flask"]:
            return flask(sys.argv[2:])
        return _COMMANDS[parser.parse_args().command]()
    except LauncherError as failure:
        say.trouble(str(failure))
        return 1


if __name__ == "__main__":
    sys.exit(main())
