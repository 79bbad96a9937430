"""Hooks the alliance into an app: the words for its constraints."""

from flask import Flask

from backend.web.problems import CONSTRAINTS


def install(app: Flask) -> None:
    """Register the Chinese of the constraints that a person may meet."""
    del app
    CONSTRAINTS["uq_alliance_membership_live"] = (
        "already_member",
        "这家机构已经在一个医联体里，要先退出才能加入另一个。",
    )
