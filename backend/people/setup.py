"""Hooks people into an app: how credentials become an actor."""

from flask import Flask

from backend.people.queries import load_actor
from backend.web.auth import register_loader


def install(app: Flask) -> None:
    """Register the actor loader."""
    del app
    register_loader(load_actor)
