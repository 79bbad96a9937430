"""A plugin of the bank's runs: changes the schema of the tests' own database as the seeded fault says."""

import os

import pytest
from flask import Flask
from sqlalchemy import text

from backend.store.db import db
from tests.proof.bank import FAULTS


@pytest.fixture(scope="session", autouse=True)
def spoiled(app: Flask) -> None:
    """Break the schema before the first test asks for anything."""
    chosen = [name for name in os.environ.get("PROOF_FAULTS", "").split(",") if name]
    with app.app_context(), db.engine.begin() as connection:
        for name in chosen:
            for statement in FAULTS[name].sql:
                connection.execute(text(statement))
