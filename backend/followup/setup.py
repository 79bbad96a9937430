"""Hooks follow-up into an app: the demonstration's plans, and what the database's refusal means."""

from flask import Flask

from backend.followup.demo import write_follow_ups
from backend.people.demo.steps import register_step
from backend.web.problems import CONSTRAINTS


def install(app: Flask) -> None:
    """Register the constraint's words, and the demonstration's part, which comes after readings and contracts."""
    del app
    register_step("followup", write_follow_ups)
    CONSTRAINTS["uq_follow_up_plan_live"] = ("plan_running", "这个病已经有随访方案在管了。")
