"""Hooks the records into an app: what GRANTED means, and whose ward a stay is in."""

from typing import Any

from flask import Flask
from sqlalchemy import ColumnElement, and_, false, or_

from backend.kernel.permissions import Relation
from backend.kernel.roles import Actor, Role
from backend.people.demo.steps import register_step
from backend.records.demo import write_readings
from backend.records.queries import granted
from backend.store import access
from backend.web import problems


def _of_my_ward(model: Any, actor: Actor) -> ColumnElement[bool]:
    if actor.institution is None:
        return false()
    here: ColumnElement[bool] = model.institution == actor.institution
    if actor.department is None or actor.has(Role.FAMILY_DOCTOR):
        return here  # a township's few beds, or a head of all departments
    return and_(here, or_(model.department == actor.department, model.practitioner_id == actor.practitioner_id))


def install(app: Flask) -> None:
    """Register the grant predicate for every table about a resident, and the demonstration's readings."""
    del app
    access.register_relation(Relation.GRANTED, granted)
    access.register_relation(Relation.OWN, _of_my_ward, table="stay")
    register_step("records", write_readings)
    problems.CONSTRAINTS["uq_stay_live"] = ("already_in", "这位病人已经在本院住着，不用再办入院；要换床请到病区。")
