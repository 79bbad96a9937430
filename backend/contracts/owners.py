"""Who of a team gets a task, and who after them: a named doctor first, then the township's public-health office."""

from typing import Any
from uuid import UUID

from backend.contracts.models import CareTeam
from backend.contracts.queries import team_view
from backend.kernel.roles import Role
from backend.store.db import session
from backend.worklist.service import Owner


def office_of(institution: str) -> Owner:
    """Return the public-health office of an institution."""
    return Owner(role=Role.PUBLIC_HEALTH, institution=institution)


def team_owner(county_id: str, team_id: UUID) -> Owner:
    """Return the family doctor of a team, or the township's office when the team has none today."""
    view = team_view(county_id, team_id)
    if view is not None and view.family_doctor_id is not None:
        return Owner(practitioner_id=view.family_doctor_id)
    return office_of(session().get_one(CareTeam, (county_id, team_id)).institution)


def phone_step(county_id: str, team_id: UUID, minutes: int = 8 * 60) -> dict[str, Any]:
    """Return who phones a resident whom WeChat does not reach: the village doctor first, else the doctor."""
    view = team_view(county_id, team_id)
    if view is not None and view.village_doctor_ids:
        return Owner(practitioner_id=view.village_doctor_ids[0]).step(minutes)
    return team_owner(county_id, team_id).step(minutes)
