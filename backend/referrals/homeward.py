"""Where somebody is at home: the team they signed with, the township of their village. Asked on the way down."""

from uuid import UUID

from backend.alliance.packs.pack import Pack
from backend.contracts.queries import TeamView, team_of
from backend.people.models import Resident
from backend.store.db import session


def town_of(county: Pack, resident_id: UUID) -> str | None:
    """Return the town of the contract team's house, else of the village; None for an unknown village."""
    team = team_of(county.county_id, resident_id)
    if team is not None:
        town = county.institutions.institution(team.institution).town
        if town is not None:
            return town
    resident = session().get(Resident, (county.county_id, resident_id))
    if resident is None:
        return None
    return next(
        (town.code for town in county.places.towns if any(one.code == resident.village for one in town.villages)), None
    )


def own_team(county_id: str, resident_id: UUID, institution: str) -> TeamView | None:
    """Return the person's own team when it belongs to that institution, else None."""
    team = team_of(county_id, resident_id)
    return team if team is not None and team.institution == institution else None
