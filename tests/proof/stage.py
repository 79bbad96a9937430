"""A fresh database and app for every run of a proof, sound or with one seeded fault."""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from uuid import uuid4

import psycopg
import pytest
from flask import Flask
from psycopg import sql

from backend.app import create_app
from backend.config import Settings
from backend.oversight.invariants import violations
from backend.store.db import db, transaction
from tests.integration.conftest import load_counties
from tests.proof import bank
from tests.proof.broken import FAULTS

TEMPLATE = "proof_template"
CONNECTIONS = 24


@dataclass
class Stage:
    """Where one run of a proof is played."""

    app: Flask
    database_url: str
    fault: str | None = None

    def broken_invariants(self, *ids: str) -> list[str]:
        """What the database itself says is wrong."""
        with self.app.app_context(), transaction() as current:
            return [f"{one.invariant} {one.what} {one.detail}" for one in violations(current, *ids)]


class Stages:
    """Makes stages from one migrated template."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        with psycopg.connect(plain(settings.database_url), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
        from alembic import command

        from backend.migrations.head import alembic_config

        url = named(settings.database_url, TEMPLATE)
        command.upgrade(alembic_config(url), "head")
        app = create_app(replace(settings, database_url=url))
        load_counties(app)
        with app.app_context():
            db.engine.dispose()

    @contextmanager
    def open(self, fault: str | None = None) -> Iterator[Stage]:
        """A stage of its own; with `fault` the product is broken for as long as it is open."""
        name = f"proof_{uuid4().hex}"
        with psycopg.connect(plain(self._settings.database_url), autocommit=True) as connection:
            words = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(TEMPLATE))
            connection.execute(words)
        url = named(self._settings.database_url, name)
        app = create_app(replace(self._settings, database_url=url, pool_size=CONNECTIONS))
        try:
            with broken(fault, url):
                yield Stage(app, url, fault)
        finally:
            with app.app_context():
                db.engine.dispose()


@contextmanager
def broken(fault: str | None, database_url: str) -> Iterator[None]:
    """Break this process and that database on purpose, and mend the process after."""
    if fault is None:
        yield
        return
    chosen = (FAULTS | bank.FAULTS)[fault]
    with psycopg.connect(plain(database_url), autocommit=True) as connection:
        for statement in chosen.sql:
            connection.execute(statement.encode())
    with pytest.MonkeyPatch.context() as patch:
        for module, attribute, change in chosen.patches:
            loaded = importlib.import_module(module)
            patch.setattr(loaded, attribute, change(getattr(loaded, attribute)))
        yield


def require_durable(database_url: str) -> None:
    """Refuse to prove anything on a database that may lose what it acknowledged."""
    with psycopg.connect(plain(database_url)) as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            row = connection.execute(f"SHOW {name}").fetchone()
            if row is None or row[0] != "on":
                pytest.exit(f"A proof needs a durable PostgreSQL: {name} is {row and row[0]}.", returncode=3)


def plain(url: str) -> str:
    """A database's address in libpq's form."""
    return url.replace("+psycopg", "")


def named(url: str, database: str) -> str:
    """The same server, another database."""
    return f"{url.rpartition('/')[0]}/{database}"
