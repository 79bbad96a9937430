"""`flask booking …`: make the coming weeks' places now, instead of waiting for the tick."""

import click
from flask.cli import AppGroup

from backend.alliance.queries import county_ids
from backend.booking.queries import drifting_slots
from backend.booking.slot_maker import make_slots
from backend.store.db import transaction

booking = AppGroup("booking", help="Sessions, places and their counters.")
GROUPS = (booking,)


@booking.command("make-slots")
def make() -> None:
    """Make the sessions and places of the coming weeks for every county."""
    with transaction() as current:
        counties = county_ids(current)
    for county_id in counties:
        with transaction() as current:
            click.echo(f"{county_id}: 新排了 {make_slots(current, county_id)} 个门诊")


@booking.command("verify")
def verify() -> None:
    """Compare every counter with its rows; any difference is named and fails the command."""
    with transaction() as current:
        bad = [(county_id, row) for county_id in county_ids(current) for row in drifting_slots(county_id)]
    for county_id, row in bad:
        click.echo(f"{county_id} {row.id}: 记的是 {row.taken}，实际 {row.rows}")
    if bad:
        raise click.ClickException("号源对不上。")
    click.echo("号源都对得上。")
