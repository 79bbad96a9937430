"""The room's command groups."""

from backend.people.demo.command import demo

GROUPS = (demo,)
