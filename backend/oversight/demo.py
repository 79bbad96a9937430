"""A demonstration's settlement lists: three years up to last month, invented and marked, read in as a county does."""

from sqlalchemy.orm import Session

from backend.alliance.queries import pack
from backend.kernel.clock import local_day
from backend.kernel.roles import system_actor
from backend.oversight.months import month_end, months_back
from backend.oversight.samples import sample_csv
from backend.oversight.settlement import import_list
from backend.oversight.settlement_lines import SAMPLE_MARK
from backend.people.demo.shape import Population
from backend.people.demo.steps import DemoIds
from backend.store import clock

LINES = 400
"""A month, in each of three years: enough for every figure, and soon read in."""


def write_sample_list(current: Session, population: Population, ids: DemoIds) -> str:
    """Read in samples of the lists up to last month's. Returns in Chinese how many."""
    del ids
    county = pack(population.county_id)
    newest = months_back(local_day(clock.now(current)).replace(day=1), 2)[0]
    months = months_back(newest, 12 * (county.targets.outflow.years - 1) + newest.month)
    lines = 0
    for month in months:
        outcome = import_list(
            current,
            system_actor(county.county_id),
            county,
            name=f"{SAMPLE_MARK}结算清单-{month:%Y-%m}.csv",
            content=sample_csv(county, month, lines=LINES),
            month=month,
            complete_until=month_end(month),
        )
        if outcome.errors:
            raise ValueError(f"the sample list is refused: {outcome.errors[0]}")
        lines += outcome.lines
    return f"{len(months)} 个月的结算清单（{SAMPLE_MARK}）{lines} 行"
