"""`flask demo load`: invented people for every county that has a cast. Refused in production."""

import click
from flask import current_app
from flask.cli import AppGroup

from backend.alliance.queries import county_ids, pack
from backend.people.demo import wechat
from backend.people.demo.population import generate, has_cast
from backend.people.demo.steps import steps
from backend.people.demo.writer import is_written, write_people
from backend.store.db import transaction

demo = AppGroup("demo", help="Invented people, for trying out.")


@demo.command("load")
@click.option("--seed", default=1, show_default=True, help="Another seed makes other people.")
def load(seed: int) -> None:
    """Write the invented people of every loaded county, each in one transaction, once."""
    settings = current_app.config["SETTINGS"]
    if settings.production:
        raise click.ClickException("正式环境不能装演示人员。")
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
