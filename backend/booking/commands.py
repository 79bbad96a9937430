"""`flask booking …`: make the coming weeks' places now, instead of waiting for the tick."""

import click
from flask.cli import AppGroup

from backend.alliance.queries import county_ids
from backend.booking.slot_maker import make_slots
from backend.store.db import transaction

booking = AppGroup("booking", help="Sessions and places.")
GROUPS = (booking,)


@booking.command("make-slots")
def make() -> None:
    """Make the sessions and places of the coming weeks for every county."""
    with transaction() as current:
        counties = county_ids(current)
    for county_id in counties:
        with transaction() as current:
            click.echo(f"{county_id}: 新排了 {make_slots(current, county_id)} 个门诊")
