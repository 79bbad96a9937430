"""Hooks the contracts into an app: who is in which team, and what the database's refusals mean."""

from flask import Flask

from backend.contracts.demo import write_contracts
from backend.contracts.points import of_institution
from backend.contracts.queries import teams_of_practitioner
from backend.kernel.permissions import Relation
from backend.people.demo.steps import register_step
from backend.people.queries import register_team_lookup
from backend.store import access
from backend.web.problems import CONSTRAINTS


def install(app: Flask) -> None:
    """Register the team lookup and the words of the constraints."""
    del app
    access.register_relation(Relation.INSTITUTION, of_institution, table="service_point")
    register_team_lookup(teams_of_practitioner)
    register_step("contracts", write_contracts)
    one = "一个人同一时间只能签一个医生小组，刚才已经有一份了，请刷新看看。"
    CONSTRAINTS["uq_contract_requested"] = ("one_contract", one)
    CONSTRAINTS["uq_contract_active"] = ("one_contract", one)
    CONSTRAINTS["ex_contract_term"] = ("one_contract", one)
