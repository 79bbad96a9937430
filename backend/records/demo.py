"""The invented people's earlier readings, as if the village doctor had taken them."""

from datetime import timedelta
from itertools import groupby
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kernel.ids import new_id
from backend.people.demo.shape import Population
from backend.people.demo.steps import DemoIds
from backend.records.models import Reading
from backend.store import clock


def write_readings(current: Session, population: Population, ids: DemoIds) -> str:
    """Write every reading so many days before now; values of one day make one set. No event: they are old."""
    now = clock.now(current)
    clinics = {team_village: team.institution for team in population.teams for team_village in team.villages}
    count = 0
    for person in population.residents:
        by_day = sorted(person.readings, key=lambda reading: reading.days_ago)
        for days, values in groupby(by_day, key=lambda reading: reading.days_ago):
            set_id: UUID = new_id()
            for reading in values:
                count += 1
                current.add(
                    Reading(
                        county_id=population.county_id,
                        resident_id=ids.residents[person.key],
                        code=reading.code,
                        value=reading.value,
                        unit=reading.unit,
                        taken_at=now - timedelta(days=days, minutes=30),
                        source=reading.source,
                        practitioner_id=ids.clinicians[f"village-doctor-{person.village}"],
                        institution=clinics[person.village],
                        set_id=set_id,
                    )
                )
    current.flush()
    return f"测量值 {count}"
