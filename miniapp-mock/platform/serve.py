"""Runs the stand-in for WeChat's servers on this machine only: `python miniapp-mock/platform/serve.py --port N`."""

import argparse
import os
import signal
import sys
from types import FrameType

from standin.app import create_app
from standin.settings import read_settings
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

ADDRESS = "127.0.0.1"


class Handler(WSGIRequestHandler):
    """Answers at once and says nothing about each call."""

    disable_nagle_algorithm = True

    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing."""


class Server(ThreadedWSGIServer):
    """One thread a connection; many connections may wait."""

    daemon_threads = True
    request_queue_size = 1024


def main() -> None:
    """Serve until told to end."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = os.environ.get("WECHAT_MOCK_PORT") or os.environ.get("PORT") or "8003"
    parser.add_argument("--port", type=int, default=int(default))
    port = parser.parse_args().port
    app = create_app(read_settings())
    server = Server(ADDRESS, port, app, Handler)
    signal.signal(signal.SIGTERM, _end)
    print(f"WeChat's stand-in listens on http://{ADDRESS}:{server.port}", flush=True)  # noqa: T201 - it talks to a terminal
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
        app.extensions["world"].ledger.close()


def _end(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    main()
