"""Hooks follow-up into an app: the demonstration's plans."""

from flask import Flask

from backend.followup.demo import write_follow_ups
from backend.people.demo.steps import register_step


def install(app: Flask) -> None:
    """Register the demonstration's part; it comes after readings and contracts, as its floor is above theirs."""
    del app
    register_step("followup", write_follow_ups)
