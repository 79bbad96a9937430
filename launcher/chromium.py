"""The browser of the journeys' tests: found on the machine, or installed by root from Debian."""

import os
import shutil
import subprocess
from pathlib import Path

from launcher import say
from launcher.errors import LauncherError

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_INSTALL = "apt-get update && apt-get install --yes --no-install-recommends chromium"


def find() -> Path | None:
    """The browser's program: `CHROMIUM` when set, or the first one on the path."""
    given = os.environ.get("CHROMIUM", "").strip()
    for name in (given,) if given else _NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    return None


def ready() -> Path:
    """The browser's program, installed first when we are root and it is missing."""
    found = find()
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        with say.step("Installing Chromium (Debian's package)"):
            done = subprocess.run(["/bin/sh", "-c", _INSTALL], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise LauncherError(f"Chromium could not be installed:\n{done.stderr.strip()[-800:]}", f"Try: {_INSTALL}")
        found = find()
    if found is None:
        raise LauncherError(
            "Chromium was not found; the tests walk through the pages with it.",
            f"Type: sudo sh -c '{_INSTALL}'   (or set CHROMIUM=/path/to/chromium)",
        )
    return found
