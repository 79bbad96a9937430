"""Hooks follow-up into an app: what the doctor above sees, the demonstration's plans, constraints in words."""

from flask import Flask

from backend.followup import sight
from backend.followup.demo import write_follow_ups
from backend.kernel.permissions import Relation
from backend.people.demo.steps import register_step
from backend.store import access
from backend.web.problems import CONSTRAINTS


def install(app: Flask) -> None:
    """Register what RECEIVER means here, the constraints' words, and the demonstration's part, after contracts."""
    del app
    access.register_relation(Relation.RECEIVER, sight.of_upper_doctor, table="follow_up_plan")
    access.register_relation(Relation.RECEIVER, sight.of_advice, table="plan_advice")
    register_step("followup", write_follow_ups)
    CONSTRAINTS["uq_follow_up_plan_live"] = ("plan_running", "这个病已经有随访方案在管了。")
    CONSTRAINTS["uq_plan_advice_open"] = ("advice_waiting", "这一类建议已经提了一条，还没有答复。要改就先收回那条。")
