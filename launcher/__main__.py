"""The Makefile's way in: `python -m launcher run | tools | licences`."""

import argparse
import sys
from collections.abc import Callable

from launcher import chromium, fonts, frontend, licences, run, say
from launcher.errors import LauncherError


def _tools() -> int:
    """What the tests need beside Python: the mini-program's packages and a browser."""
    frontend.install()
    fonts.build()
    say.line(f"· Browser: {chromium.ready()}")
    return 0


def _licences() -> int:
    """Write docs/licences.md again."""
    licences.write()
    say.line(f"· Written: {licences.PAGE}")
    return 0


_COMMANDS: dict[str, Callable[[], int]] = {"run": run.main, "tools": _tools, "licences": _licences}


def main() -> int:
    """Run one command; its exit status."""
    parser = argparse.ArgumentParser(prog="python -m launcher", description="Sets Liandong up and runs it.")
    parser.add_argument("command", choices=sorted(_COMMANDS))
    try:
        return _COMMANDS[parser.parse_args().command]()
    except LauncherError as failure:
        say.trouble(str(failure))
        return 1


if __name__ == "__main__":
    sys.exit(main())
