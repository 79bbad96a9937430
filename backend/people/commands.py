"""The room's command groups."""

from backend.people.demo.command import demo
from backend.people.staff_commands import group

GROUPS = (demo, group)
