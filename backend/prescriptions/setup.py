"""Hooks long prescriptions into an app: what the database's refusals mean, and who tells what a person takes."""

from flask import Flask

from backend.prescriptions.in_hand import in_hand
from backend.records.medicines import register_medicines
from backend.web.problems import CONSTRAINTS


def install(app: Flask) -> None:
    """Say in words what the constraints guard, and let the rooms below read what a person takes."""
    del app
    register_medicines(in_hand)
    CONSTRAINTS["uq_long_prescription_pending"] = (
        "one_open",
        "刚才已经有一张同样病的长期处方在办，请刷新看看。",
    )
    CONSTRAINTS["uq_long_prescription_renews"] = ("already_renewed", "刚才已经有医生接着开了，请刷新看看。")
    CONSTRAINTS["ex_prescription_item_days"] = ("same_drug_twice", "同一种药在这些天里已经开过，请刷新看看。")
    CONSTRAINTS["ck_long_prescription_in_hand"] = ("too_many_days", "手里的药加起来超过 84 天，请少开几天。")
    CONSTRAINTS["uq_pickup_dispensing"] = ("already_collected", "这份药刚才已经取走了，请刷新看看。")
    CONSTRAINTS["uq_dispensing_number"] = ("already_prepared", "这份药刚才已经配好了，请刷新看看。")
