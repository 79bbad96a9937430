"""The chat process: sockets for phones, server-sent events for the desk, both by one-time ticket.

Run by gunicorn's gevent worker, so that an open page never holds a web thread. It only hints: what was said is
fetched over HTTP. No database session lives longer than one question.
"""

import contextlib
import queue
import socket
import threading
import time
from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import redis
import structlog
from flask import Flask, Response, g, request
from flask_sock import Sock
from prometheus_client import Gauge
from simple_websocket import ConnectionClosed
from sqlalchemy.exc import SQLAlchemyError

from backend import boot
from backend.chat.hub import GONE, REVOKED, Bye, Hub, Line
from backend.chat.watch import to_cut
from backend.config import Settings, load_settings
from backend.store.db import db, engine_options, transaction
from backend.web import live, observe, strict_json

log = structlog.get_logger()
FRAME_BYTES = 64 * 1024
PING_SECONDS = 25
FRAMES_IN_TEN_SECONDS = 30
LOOK_SECONDS = 1.0
BLIND_SECONDS = 30.0
"""When the database could not be asked for so long, nobody is known to be signed in any more."""
WECHAT_ORIGIN = "https://servicewechat.com"

LINES = Gauge("liandong_live_lines", "Open pages", multiprocess_mode="livesum")


def create_chat_app(settings: Settings | None = None) -> Flask:
    """Return the chat process's app, its listener and its watcher started. Raises BadSettings."""
    chosen = settings or load_settings()
    boot.check_settings(chosen)
    observe.configure_logs(chosen.log_json)
    app = Flask("backend.chat_app", static_folder=None)
    app.config["SETTINGS"] = chosen
    app.config["SQLALCHEMY_DATABASE_URI"] = chosen.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(chosen.pool_size)
    app.config["SOCK_SERVER_OPTIONS"] = {"ping_interval": PING_SECONDS, "max_message_size": FRAME_BYTES}
    db.init_app(app)
    hub = Hub(lambda: redis.Redis.from_url(chosen.redis_url, socket_timeout=5, socket_connect_timeout=1))
    app.extensions["hub"] = hub
    _add_routes(app, hub, _origin(chosen.public_url))
    hub.start()
    threading.Thread(target=_watch, args=(app, hub), daemon=True, name="live-watch").start()
    return app


def _add_routes(app: Flask, hub: Hub, origin: str) -> None:
    sock = Sock(app)

    @app.before_request
    def at_the_door() -> Response | None:
        if not request.path.startswith("/live/"):
            return None
        came_from = request.headers.get("Origin")
        if came_from is not None and came_from not in {origin, WECHAT_ORIGIN}:
            return _refuse(403, "foreign_origin", origin)
        ticket = request.args.get("ticket", "")
        try:
            with transaction():
                g.redeemed = live.redeem_ticket(ticket) if 20 <= len(ticket) <= 100 else None
        except SQLAlchemyError:
            return _refuse(503, "database_away", origin)
        return None if g.redeemed else _refuse(401, "ticket_used_or_unknown", origin)

    @sock.route("/live/socket")  # type: ignore[untyped-decorator]  # flask-sock ships no types
    def open_socket(wire: Any) -> None:
        line = _line(g.redeemed)
        line.hang_up = partial(_shut, wire.sock)
        hub.add(line)
        LINES.inc()
        threading.Thread(target=_speak, args=(wire, line), daemon=True).start()
        try:
            _listen(wire, line)
        except ConnectionClosed:
            pass
        finally:
            hub.remove(line)
            LINES.dec()
            line.cut(GONE)  # ends the speaker too

    @app.get("/live/events")
    def open_events() -> Response:
        line = _line(g.redeemed)
        line.hang_up = partial(_shut, request.environ.get("gunicorn.socket"))
        hub.add(line)
        response = Response(_stream(hub, line), mimetype="text/event-stream")
        response.headers.update(_cors(origin))
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Accel-Buffering"] = "no"
        return response

    @app.get("/healthz")
    def healthz() -> Response:
        return strict_json.answer({"status": "ok", "lines": len(hub.lines())})


def _line(redeemed: dict[str, Any]) -> Line:
    return Line(
        county_id=redeemed["county_id"],
        account_id=redeemed["account_id"],
        session_id=redeemed["session_id"],
        topics=frozenset(redeemed["topics"]),
    )


def _listen(wire: Any, line: Line) -> None:
    """Take what the page sends: only heartbeats are expected, and not too many."""
    began, frames = time.monotonic(), 0
    while line.bye is None:
        word = wire.receive()
        if time.monotonic() - began > 10:
            began, frames = time.monotonic(), 0
        frames += 1
        if frames > FRAMES_IN_TEN_SECONDS:
            line.cut(Bye(1008, "too many frames"))
            return
        if word == "ping":
            line.give("pong")


def _speak(wire: Any, line: Line) -> None:
    """Send what the hub puts on the line, until the last word."""
    while True:
        word = line.words.get()
        bye = line.bye or (word if isinstance(word, Bye) else None)
        try:
            if bye is not None:  # who is cut gets no hint more, not even one that waited
                wire.close(bye.code, bye.reason)
                _shut(wire.sock)
                return
            wire.send(word)
        except (ConnectionClosed, OSError):
            _shut(wire.sock)
            return


def _shut(wire: socket.socket | None) -> None:
    # The library leaves the TCP connection to the peer; a peer that stays silent must not keep it.
    if wire is not None:
        with contextlib.suppress(OSError):
            wire.shutdown(socket.SHUT_RDWR)


def _stream(hub: Hub, line: Line) -> Iterator[str]:
    LINES.inc()
    try:
        yield ": open\n\n"
        while True:
            try:
                word = line.words.get(timeout=15)
            except queue.Empty:
                yield ": still here\n\n"
                continue
            bye = line.bye or (word if isinstance(word, Bye) else None)
            if bye is not None:
                yield f"event: bye\ndata: {bye.reason}\n\n"
                return
            yield f"event: hint\ndata: {word}\n\n"
    finally:
        hub.remove(line)
        LINES.dec()


def _watch(app: Flask, hub: Hub) -> None:
    """Cut who is signed out, within two seconds; and everybody when the database stays silent too long."""
    seen = time.monotonic()
    while True:
        time.sleep(LOOK_SECONDS)
        lines = hub.lines()
        try:
            with app.app_context(), transaction() as current:
                over = to_cut(current, lines)
            seen = time.monotonic()
        except SQLAlchemyError as error:
            log.warning("live_watch_waits", kind=type(error).__name__)
            over = lines if time.monotonic() - seen > BLIND_SECONDS else []
        for line in over:
            line.cut(REVOKED)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _cors(origin: str) -> dict[str, str]:
    return {"Access-Control-Allow-Origin": origin, "Vary": "Origin"}


def _refuse(status: int, code: str, origin: str) -> Response:
    response = strict_json.answer({"code": code}, status)
    response.headers.update(_cors(origin))
    return response


def __getattr__(name: str) -> Flask:
    """Make `backend.chat_app:app` when the server asks for it, so that importing the module starts nothing."""
    if name == "app":
        made = globals()["app"] = create_chat_app()
        return made
    raise AttributeError(name)
