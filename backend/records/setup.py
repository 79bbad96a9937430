"""Hooks the records into an app: what GRANTED means."""

from flask import Flask

from backend.kernel.permissions import Relation
from backend.people.demo.steps import register_step
from backend.records.demo import write_readings
from backend.records.queries import granted
from backend.store import access
from backend.web import problems


def install(app: Flask) -> None:
    """Register the grant predicate for every table about a resident, and the demonstration's readings."""
    del app
    access.register_relation(Relation.GRANTED, granted)
    register_step("records", write_readings)
    problems.CONSTRAINTS["uq_stay_live"] = ("already_in", "这位病人已经在本院住着，不用再办入院；要换床请到病区。")
