"""A demonstration's settlement list: last month's, invented and marked, read in as a county reads in its own."""

from sqlalchemy.orm import Session

from backend.alliance.queries import pack
from backend.kernel.clock import local_day
from backend.kernel.roles import system_actor
from backend.oversight.months import month_end, months_back
from backend.oversight.samples import sample_list
from backend.oversight.settlement import SAMPLE_MARK, import_list
from backend.people.demo.shape import Population
from backend.people.demo.steps import DemoIds
from backend.store import clock


def write_sample_list(current: Session, population: Population, ids: DemoIds) -> str:
    """Read in a sample of last month's list. Returns in Chinese how long it is."""
    del ids
    county = pack(population.county_id)
    month = months_back(local_day(clock.now(current)).replace(day=1), 2)[0]
    outcome = import_list(
        current,
        system_actor(county.county_id),
        county,
        name=f"{SAMPLE_MARK}结算清单-{month:%Y-%m}.xlsx",
        content=sample_list(county, month),
        month=month,
        complete_until=month_end(month),
    )
    if outcome.errors:
        raise ValueError(f"the sample list is refused: {outcome.errors[0]}")
    return f"{month.month} 月结算清单（{SAMPLE_MARK}）{outcome.lines} 行"
