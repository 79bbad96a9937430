"""The staff console's packages: brought by `npm ci`, and the few files a browser needs put where Flask serves.

Nothing is bundled: the console is server-rendered pages, htmx, and our own small scripts (backend/web/static/desk).
"""

import shutil
from pathlib import Path

from launcher import packages
from launcher.places import CHECKOUT

FOLDER = CHECKOUT / "backend" / "desk" / "front"
SERVED = CHECKOUT / "backend" / "web" / "static" / "build" / "desk"
# From which package, and under which name it is served.
_FILES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "echarts/dist/echarts.simple.min.js": "echarts.min.js",  # lines and bars are all the bureau draws
}


def build(target: Path = SERVED) -> Path:
    """Put the files in place when the lock or this list has changed; returns the folder."""
    found = packages.install(FOLDER, "the staff console's packages")
    wanted = packages.digest(FOLDER, [FOLDER / "package-lock.json"], found.version + repr(sorted(_FILES.items())))
    stamp = target / ".liandong-built"
    with packages.alone(FOLDER):
        if not packages.says(stamp, wanted):
            shutil.rmtree(target, ignore_errors=True)
            target.mkdir(parents=True)
            for source, name in _FILES.items():
                shutil.copyfile(FOLDER / "node_modules" / source, target / name)
            packages.write(stamp, wanted)
    return target
