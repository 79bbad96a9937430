"""What operators see: request ids, logs without personal data, metrics, health."""

import os
import re
import time
from contextlib import suppress
from uuid import uuid4

import structlog
from flask import Blueprint, Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy.exc import SQLAlchemyError

from backend.store import clock
from backend.store.db import session
from backend.web import live, strict_json

REQUESTS = Counter("liandong_requests_total", "Answers by route and status", ["route", "status"])
SECONDS = Histogram("liandong_request_seconds", "Time to answer by route", ["route"])

pages = Blueprint("observe", __name__)

_PERSONAL = re.compile(r"\d{15,18}[0-9Xx]|(?<!\d)1\d{10}(?!\d)")


def redact(_logger: object, _name: str, event: dict[str, object]) -> dict[str, object]:
    """Take out anything that looks like an ID number or a phone, and line breaks."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = _PERSONAL.sub("***", value).replace("\n", "⏎").replace("\r", "")
    return event


def configure_logs(as_json: bool) -> None:
    """Set up structured logs: one line an event, with the request id."""
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False) if as_json else structlog.dev.ConsoleRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redact,  # type: ignore[list-item]
            renderer,
        ],
        cache_logger_on_first_use=True,
    )


_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "geolocation=(), microphone=(), camera=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def install(app: Flask, *, connect_sources: str) -> None:
    """Hook request ids, timing, security headers and domain time into an app."""
    policy = (
        "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
        f"font-src 'self'; connect-src 'self' {connect_sources}; frame-ancestors 'none'; "
        "base-uri 'self'; form-action 'self'; object-src 'none'"
    )
    defaults = [(name.lower(), name, value) for name, value in {**_HEADERS, "Content-Security-Policy": policy}.items()]
    log = structlog.get_logger()

    @app.before_request
    def begin() -> None:
        given = request.headers.get("X-Request-ID", "")
        fits = re.fullmatch(r"[A-Za-z0-9-]{8,64}", given)
        g.request_id = given if fits else uuid4().hex
        g.began = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    @app.after_request
    def finish(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "none"
        took = time.perf_counter() - g.get("began", time.perf_counter())
        REQUESTS.labels(route, str(response.status_code)).inc()
        SECONDS.labels(route).observe(took)
        response.headers["X-Request-ID"] = g.get("request_id", "")
        # All at once: `setdefault` went through the list anew for each, at every answer of the house.
        present = {name.lower() for name, _ in response.headers}
        response.headers.extend([(name, value) for lower, name, value in defaults if lower not in present])
        if request.path.startswith("/api/"):
            with suppress(SQLAlchemyError):  # a page without a clock still works
                response.headers["X-Liandong-Now"] = clock.shown_now().isoformat()
        if not request.path.startswith(("/app/", "/static/", "/fonts/")):
            response.headers.setdefault("Cache-Control", "no-store")
        if route != "/healthz":
            log.info(
                "answered",
                route=route,
                method=request.method,
                status=response.status_code,
                ms=round(took * 1000, 1),
            )
        return response


@pages.get("/healthz")
def healthz() -> Response:
    """Say that the process lives."""
    return strict_json.answer({"status": "ok"})


@pages.get("/readyz")
def readyz() -> Response:
    """Say whether the database answers and is migrated, and whether Valkey helps."""
    from sqlalchemy import text  # noqa: PLC0415

    from backend.migrations.head import expected_head  # noqa: PLC0415

    parts: dict[str, str] = {}
    try:
        found = session().scalar(text("SELECT version_num FROM alembic_version"))
        parts["database"] = "ok"
        parts["migrations"] = "ok" if found == expected_head() else "behind"
    except Exception:  # noqa: BLE001  any failure means not ready
        parts["database"] = "away"
        parts["migrations"] = "unknown"
    finally:
        session().close()
    try:
        live.valkey().ping()
        parts["valkey"] = "ok"
    except Exception:  # noqa: BLE001  Valkey may vanish; we work without it
        parts["valkey"] = "degraded"
    ready = parts["database"] == "ok" and parts["migrations"] == "ok"
    return strict_json.answer({"status": "ready" if ready else "not ready", **parts}, 200 if ready else 503)


@pages.get("/metrics")
def metrics() -> Response:
    """Return Prometheus metrics of all workers."""
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        body = generate_latest(registry)
    else:
        body = generate_latest()
    return Response(body, mimetype="text/plain; version=0.0.4")
