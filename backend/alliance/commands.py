"""`flask county …`: load packs, check one without loading it."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from backend.alliance.packs import PackRefused
from backend.alliance.service import Draft, load_county, read_folder
from backend.kernel.errors import Conflict
from backend.store.db import transaction

county = AppGroup("county", help="County packs: check, load.")
GROUPS = (county,)

OUTCOMES = {"new": "装好了", "replaced": "换成了新内容", "same": "没有变化"}


def _folders(where: str | None) -> list[Path]:
    home = Path(current_app.config["SETTINGS"].counties_dir)
    if not home.is_absolute() and not home.is_dir():
        home = Path(current_app.root_path).parent / home
    if where is not None:
        return [home / where if (home / where).is_dir() else Path(where)]
    return sorted(path.parent for path in home.glob("*/county.toml"))


def _read(where: str | None) -> list[Draft]:
    drafts: list[Draft] = []
    problems: list[str] = []
    for folder in _folders(where):
        try:
            drafts.append(read_folder(folder))
        except PackRefused as refused:
            problems.extend(str(problem) for problem in refused.problems)
    if problems:
        raise click.ClickException("县设置有错，什么都没有改：\n" + "\n".join(problems))
    if not drafts:
        raise click.ClickException("没有找到县设置的文件夹。")
    return drafts


@county.command("check")
@click.argument("where", required=False)
def check(where: str | None) -> None:
    """Check one pack (name or path) or all of them, and change nothing."""
    for draft in _read(where):
        click.echo(f"{draft.pack.county_id} {draft.pack.version}: 没有错")


@county.command("load")
@click.argument("where", required=False)
def load(where: str | None) -> None:
    """Load one pack (name or path) or all of them, in one transaction; a wrong pack changes nothing."""
    drafts = _read(where)
    may_replace = not current_app.config["SETTINGS"].production
    try:
        with transaction() as current:
            done = [load_county(current, draft, may_replace=may_replace) for draft in drafts]
    except Conflict as refused:
        raise click.ClickException(refused.message) from refused
    for row in done:
        later = "" if row.in_force else "（还没到生效的日子，或另有一版在用）"
        click.echo(f"{row.county_id} {row.version}: {OUTCOMES[row.outcome]}{later}")
