"""Hooks oversight into an app: what the database's refusals mean, and the demonstration's list."""

from flask import Flask

from backend.oversight.demo import write_sample_list
from backend.people.demo.steps import register_step
from backend.web.problems import CONSTRAINTS


def install(app: Flask) -> None:
    """Say in words what the constraints guard; add the list to the demonstration."""
    del app
    register_step("oversight", write_sample_list)
    CONSTRAINTS["uq_settlement_import_month"] = ("list_at_once", "这个月的清单正有人在导入，请刷新看看。")
    CONSTRAINTS["uq_ledger_entry_once"] = ("written_before", "这一次已经记过了，不用再记。")
    CONSTRAINTS["uq_agreement_review_day"] = ("reviewed_before", "这一天的复核已经记过了，请刷新看看。")
