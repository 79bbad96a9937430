"""create_app(): assembles the house, nothing else."""

import importlib
import importlib.util
from types import ModuleType

from flask import Blueprint, Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from backend import boot
from backend.config import Settings, load_settings
from backend.store import access, events, hot
from backend.store.db import db, engine_options
from backend.store.vault import configure_vault
from backend.subscriptions import OUTBOX_HANDLERS, SUBSCRIPTIONS
from backend.web import live, observe, openapi, problems

ROOMS = (
    "web",
    "wechat",
    "alliance",
    "people",
    "worklist",
    "records",
    "notices",
    "insurance",
    "contracts",
    "chat",
    "prescriptions",
    "referrals",
    "booking",
    "followup",
    "journey",
    "oversight",
    "desk",
)
"""Every room, in the order of the floors. Each may bring permissions, routes and setup."""


def create_app(settings: Settings | None = None) -> Flask:
    """Return the assembled web application. Raises BadSettings when it must not start."""
    chosen = settings or load_settings()
    boot.check_settings(chosen)
    observe.configure_logs(chosen.log_json)
    app = Flask("backend", static_folder="web/static", static_url_path="/static")
    app.config["SETTINGS"] = chosen
    app.config["SQLALCHEMY_DATABASE_URI"] = chosen.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(chosen.pool_size)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.url_map.strict_slashes = False
    db.init_app(app)
    configure_vault(chosen.master_key, chosen.cipher)
    live.configure(chosen.redis_url)
    events.configure(SUBSCRIPTIONS)
    app.extensions["outbox_handlers"] = dict(OUTBOX_HANDLERS)
    _furnish(app)
    app.register_blueprint(observe.pages)
    connect = f"{chosen.chat_url} {chosen.chat_url.replace('ws', 'http', 1)}"
    observe.install(app, connect_sources=f"{connect} {chosen.wechat_mock_public}".strip())
    problems.install(app)
    openapi.install(app)
    app.wsgi_app = ProxyFix(app.wsgi_app)  # type: ignore[method-assign]
    with app.app_context():
        hot.install(app)
        boot.check_database(chosen)
    return app


def find_room(room: str, part: str) -> ModuleType | None:
    """Return a room's module of that name, or None when the room does without."""
    name = f"backend.{room}.{part}"
    try:
        found = importlib.util.find_spec(name)
    except ModuleNotFoundError:
        return None
    return importlib.import_module(name) if found else None


def _furnish(app: Flask) -> None:
    for room in ROOMS:
        for part in ("permissions", "api"):
            access.catalogue.add(getattr(find_room(room, part), "PERMISSIONS", ()))
        setup = find_room(room, "setup")
        if setup is not None:
            setup.install(app)
        routes: Blueprint | None = getattr(find_room(room, "api"), "routes", None)
        if routes is not None:
            app.register_blueprint(routes)
