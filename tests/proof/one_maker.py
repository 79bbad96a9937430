"""One process that makes the coming days' sessions: started many times at once by `test_makers`, set off by a line."""

import json
import sys

from backend.app import create_app
from backend.booking.slot_maker import make_slots
from backend.config import Settings
from backend.store.db import transaction


def main() -> None:
    """Read the settings, say that one is ready, and make when told to."""
    told = json.loads(sys.stdin.readline())
    app = create_app(Settings(**told["settings"]))
    _say("ready")
    sys.stdin.readline()
    with app.app_context():
        for county in told["counties"]:
            with transaction() as current:
                _say(f"{county} {make_slots(current, county)}")


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
