"""`flask settlement …`: read the fund's list in, or make a sample list; `flask check …`: whether all still holds."""

from datetime import date, datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from backend.alliance.queries import pack as pack_of
from backend.kernel.errors import Invalid
from backend.kernel.roles import system_actor
from backend.oversight import samples
from backend.oversight.invariants import INVARIANTS, violations
from backend.oversight.months import month_end
from backend.oversight.settlement import import_list
from backend.store.db import transaction

settlement = AppGroup("settlement", help="The fund's settlement list: import, sample.")
check = AppGroup("check", help="Whether what must hold still holds.")
GROUPS = (settlement, check)
_MOST_SHOWN = 20


def _month(text: str) -> date:
    try:
        return datetime.strptime(f"{text}-01", "%Y-%m-%d").date()  # noqa: DTZ007  a calendar month, no instant
    except ValueError as error:
        raise click.ClickException("月份请写成 2026-03") from error


@settlement.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--county", "county_id", required=True, help="Id of the county.")
@click.option("--month", "month_text", required=True, help="Month of the list, such as 2026-03.")
@click.option("--until", "until_text", default="", help="Complete until this day; the month's end when left out.")
def read_in(file: Path, county_id: str, month_text: str, until_text: str) -> None:
    """Read a month's list in, whole or not at all; an earlier one of the month is replaced."""
    month = _month(month_text)
    try:
        until = date.fromisoformat(until_text) if until_text else month_end(month)
    except ValueError as error:
        raise click.ClickException("日期请写成 2026-03-20") from error
    with transaction() as current:
        try:
            outcome = import_list(
                current,
                system_actor(county_id),
                pack_of(county_id),
                name=file.name,
                content=file.read_bytes(),
                month=month,
                complete_until=until,
            )
        except Invalid as error:
            raise click.ClickException(error.message) from error
    if outcome.errors:
        lines = [f"第 {bad.row} 行 {bad.column}：{bad.text}" for bad in outcome.errors]
        more = [f"还有 {outcome.more_errors} 处"] if outcome.more_errors else []
        raise click.ClickException("\n".join(["表里有错，什么都没有导入：", *lines, *more]))
    click.echo(f"导入 {outcome.lines} 行" + ("，换掉了这个月以前的那份" if outcome.replaced else ""))


@settlement.command("sample")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--county", "county_id", required=True)
@click.option("--month", "month_text", required=True)
@click.option("--lines", type=click.IntRange(1, 200_000), default=1200)
def make_sample(file: Path, county_id: str, month_text: str, lines: int) -> None:
    """Write an invented list for a demonstration, marked as a sample."""
    with transaction():
        pack = pack_of(county_id)
    file.write_bytes(samples.sample_list(pack, _month(month_text), lines=lines))
    click.echo(f"已写 {file}（样例）")


@check.command("invariants")
def invariants() -> None:
    """Ask the database every guarantee; whatever breaks one is named and fails the command."""
    with transaction() as current:
        found = violations(current)
    for one in INVARIANTS:
        broken = [row for row in found if row.invariant == one.id]
        click.echo(f"{one.id:<6} {'不对：' + str(len(broken)) + ' 处' if broken else '对'}  {one.says}")
        for row in broken[:_MOST_SHOWN]:
            click.echo(f"       {row.county_id} {row.what} {row.detail}")
    if found:
        raise click.ClickException(f"{len(found)} 处对不上，请按上面的编号去查；不要改数据，先留底。")
