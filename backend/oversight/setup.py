"""Hooks oversight into an app: what the database's refusals mean."""

from flask import Flask

from backend.web.problems import CONSTRAINTS


def install(app: Flask) -> None:
    """Say in words what the constraints guard."""
    del app
    CONSTRAINTS["uq_settlement_import_month"] = ("list_at_once", "这个月的清单正有人在导入，请刷新看看。")
