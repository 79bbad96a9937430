"""The stand-in as a WSGI application."""

import logging

from flask import Flask

from standin import front_door, front_routes, login_routes, message_routes, switch_routes
from standin.settings import Settings
from standin.world import World


def create_app(settings: Settings) -> Flask:
    """The stand-in with its own memory."""
    app = Flask("standin", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = 8 * 1024 * 1024
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.extensions["world"] = world = World(settings)
    # A flask application logs refused connections as errors; a stand-in that misbehaves on purpose should not.
    app.logger.setLevel(logging.CRITICAL)
    world.misbehaviour.install(app)
    front_door.install(app)
    for part in (login_routes, message_routes, front_routes, switch_routes):
        app.register_blueprint(part.routes)
    return app
