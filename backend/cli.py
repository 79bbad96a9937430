"""`flask …` commands, for operators. Each prints what it did in one line."""

import json
from datetime import timedelta
from pathlib import Path

import click
from alembic import command
from flask import Flask, current_app
from flask.cli import AppGroup
from sqlalchemy import create_engine, text

from backend.alliance.queries import county_ids
from backend.app import ROOMS, find_room
from backend.app import create_app as assemble
from backend.kernel.clock import SHANGHAI
from backend.migrations.head import alembic_config
from backend.store import chain, clock
from backend.store.db import transaction
from backend.web import openapi

database = AppGroup("db", help="Schema migrations.")
time = AppGroup("time", help="Domain time, for demos: turns forward only.")
document = AppGroup("openapi", help="The API document.")
audit = AppGroup("audit", help="The audit chain.")


def _url() -> str:
    return str(current_app.config["SETTINGS"].database_url)


@database.command("upgrade")
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Bring the schema up; one process at a time, others wait."""
    engine = create_engine(_url(), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(4711)"))
        command.upgrade(alembic_config(_url()), revision)
    engine.dispose()
    click.echo("表结构已是最新。")


@database.command("downgrade")
@click.argument("revision")
def downgrade(revision: str) -> None:
    """Take the schema down to a revision."""
    command.downgrade(alembic_config(_url()), revision)
    click.echo(f"表结构退到 {revision}。")


@database.command("draft")
@click.argument("number")
@click.argument("message")
def draft(number: str, message: str) -> None:
    """Write the next migration from what the models have and the database has not."""
    command.upgrade(alembic_config(_url()), "head")
    command.revision(alembic_config(_url()), message, autogenerate=True, rev_id=number)


@time.command("turn")
@click.option("--days", type=float, default=0)
@click.option("--hours", type=float, default=0)
@click.option("--minutes", type=float, default=0)
def turn(days: float, hours: float, minutes: float) -> None:
    """Turn domain time forward for every process. Refused in production."""
    if current_app.config["SETTINGS"].production:
        raise click.ClickException("正式环境不能拨动时间。")
    with transaction() as current:
        now = clock.turn(current, timedelta(days=days, hours=hours, minutes=minutes))
    click.echo(f"现在是 {now.astimezone(SHANGHAI):%Y-%m-%d %H:%M}")


@document.command("write")
@click.argument("path", default="docs/openapi.json")
def write_openapi(path: str) -> None:
    """Write the API document that the tests compare."""
    written = json.dumps(openapi.specification(), ensure_ascii=False, indent=1)
    Path(path).write_text(written + "\n", encoding="utf-8")
    click.echo(f"已写 {path}")


@audit.command("verify")
def verify() -> None:
    """Check the audit chain of every county; any change is named and fails the command."""
    bad = False
    with transaction() as current:
        for county_id in county_ids(current):
            problems = chain.verify(current, county_id)
            number, digest = chain.head(current, county_id)
            waiting = chain.unchained(current, county_id)
            click.echo(f"{county_id}: 第 {number} 环 {digest[:16]}，待封 {waiting} 行")
            for line in problems:
                bad = True
                click.echo(f"  {line}")
    if bad:
        raise click.ClickException("审计链对不上。")


def create_app() -> Flask:
    """Return the app with every command: `flask --app backend.cli …`."""
    app = assemble()
    for group in (database, time, document, audit):
        app.cli.add_command(group)
    for room in ROOMS:
        commands = find_room(room, "commands")
        for group in getattr(commands, "GROUPS", ()):
            app.cli.add_command(group)
    return app
