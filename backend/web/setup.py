"""Hooks the web's own pages into an app."""

from flask import Flask

from backend.web import front


def install(app: Flask) -> None:
    """Register the front page."""
    app.register_blueprint(front.pages)
