"""`flask demo load`: invented people for every county that has a cast. Refused in production."""

import click
import pyotp
from flask import current_app
from flask.cli import AppGroup

from backend.alliance.queries import county_ids, pack
from backend.config import Settings
from backend.people.demo import accounts, wechat
from backend.people.demo.population import generate, has_cast
from backend.people.demo.steps import steps
from backend.people.demo.writer import is_written, write_people
from backend.store.db import transaction

demo = AppGroup("demo", help="Invented people, for trying out.")


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    if settings.production:
        raise click.ClickException("正式环境不能装演示人员。")
    if not settings.demo:
        raise click.ClickException("这里不是试用环境。要装演示人员，请先设 LIANDONG_DEMO=1。")
    return settings


@demo.command("load")
@click.option("--seed", default=1, show_default=True, help="Another seed makes other people.")
def load(seed: int) -> None:
    """Write the invented people of every loaded county, each in one transaction, once."""
    settings = _settings()
    with transaction() as current:
        counties = [county_id for county_id in county_ids(current) if has_cast(county_id)]
    people = []
    for county_id in counties:
        with transaction() as current:
            here = pack(county_id)
            population = generate(here, seed=seed)
            people.extend(wechat.holders(here, population))
            if is_written(current, population):
                click.echo(f"{county_id}：演示人员已经在了")
                continue
            ids = write_people(current, population)
            done = [text for _, step in steps() if (text := step(current, population, ids))]
            parts = [f"居民 {len(ids.residents)}", f"医务人员 {len(ids.clinicians)}", *done]
            click.echo(f"{county_id}：{'、'.join(parts)}")
    if settings.wechat_mock_public and people:
        wechat.tell(settings.wechat_mock_public, settings.state_dir, people)


@demo.command("people")
@click.option("--county", "wanted", default="", help="Only this county.")
@click.option("--search", default="", help="Only lines with this word.")
def people(wanted: str, search: str) -> None:
    """Show whom one may play: openids for the mini-program; logins and codes for the desk."""
    _settings()
    with transaction() as current:
        packs = [pack(one) for one in county_ids(current) if has_cast(one) and wanted in ("", one)]
    click.echo(f"工作账号的密码都是 {accounts.PASSWORD}，签字密码都是 {accounts.PIN}。动态码 30 秒一换。")
    for here in packs:
        population = generate(here)
        for one in population.clinicians:
            place = one.places[0]
            code = pyotp.TOTP(accounts.totp_secret(here.county_id, one.key)).now()
            name = here.institutions.institution(place.institution).short_name
            words = [one.name, wechat.ROLES[place.role], name, accounts.login_of(here.county_id, one.key)]
            _tell([*words, f"动态码 {code}"], search)
        for holder in wechat.holders(here, population):
            _tell([holder.nickname, holder.who, holder.openid, holder.phone], search)


def _tell(words: list[str], search: str) -> None:
    line = "  ".join(words)
    if search in line:
        click.echo(line)
