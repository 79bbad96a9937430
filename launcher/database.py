"""Makes a database ready to be served: schema, counties, demo people. A process of its own, told by its environment.

python -m launcher.database
"""

import os
import sys
import time

import click
from flask.cli import ScriptInfo

from launcher.environment import is_set

# Flask's own command line, so that an operator can type each of these too.
_ALWAYS = (("db", "upgrade"), ("county", "load"), ("booking", "make-slots"))
_DEMO = (("demo", "load"),)


def prepare() -> None:
    """Run the commands in order on one application; the first that fails ends it, as does one that is missing."""
    app = ScriptInfo(app_import_path="backend.cli:create_app").load_app()
    info = ScriptInfo(create_app=lambda: app)
    for words in (*_ALWAYS, *(_DEMO if is_set("LIANDONG_DEMO") else ())):
        begun = time.monotonic()
        app.cli.main(args=list(words), prog_name="flask", obj=info, standalone_mode=False)
        print(f"  flask {' '.join(words)}: {time.monotonic() - begun:.1f} s", flush=True)


def main() -> int:
    """Exit status: 0 when everything is ready."""
    os.environ.setdefault("FLASK_SKIP_DOTENV", "1")
    try:
        prepare()
    except click.ClickException as failure:
        failure.show()
        return failure.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
