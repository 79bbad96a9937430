"""Hooks the worklist into an app: a task of a role at an institution belongs to those who hold both."""

from typing import Any

from flask import Flask
from sqlalchemy import ColumnElement, and_, false

from backend.kernel.permissions import Relation
from backend.kernel.roles import Actor
from backend.store import access


def _pool(model: Any, actor: Actor) -> ColumnElement[bool]:
    if actor.institution is None:
        return false()
    return and_(
        model.practitioner_id.is_(None),
        model.institution == actor.institution,
        model.role.in_([str(role) for role in actor.roles]),
    )


def install(app: Flask) -> None:
    """Say what INSTITUTION means for tasks."""
    del app
    access.register_relation(Relation.INSTITUTION, _pool, table="task")
