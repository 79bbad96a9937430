"""Hooks the chat into an app: what TEAM means for a conversation."""

from flask import Flask

from backend.chat.queries import of_team
from backend.kernel.permissions import Relation
from backend.store import access


def install(app: Flask) -> None:
    """Register the predicate of a team's conversations."""
    del app
    access.register_relation(Relation.TEAM, of_team, table="conversation")
