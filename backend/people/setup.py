"""Hooks people into an app: how credentials become an actor."""

from flask import Flask

from backend.alliance.queries import villages_served
from backend.people.queries import load_actor, register_village_lookup
from backend.web.auth import register_loader


def install(app: Flask) -> None:
    """Register the actor loader and which villages an institution looks after."""
    del app
    register_loader(load_actor)
    register_village_lookup(villages_served)
