"""Teams and people for the tests of contracts."""

import base64
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from PIL import Image, ImageDraw

from backend.contracts.models import CareTeam, CareTeamMember
from backend.kernel.roles import Role
from backend.store import clock
from backend.store.db import transaction
from tests import factories

TOWNSHIP = "th-yuanzhuang"
CLINIC = "vc-yuanzhuang-cun"
MANGSHI_TOWNSHIP = "th-fengping"


def drawn(seed: int = 1) -> str:
    """A name written by hand, as the page sends it."""
    sheet = Image.new("RGBA", (320, 160), (255, 255, 255, 0))
    ImageDraw.Draw(sheet).line([(20, 20 + seed), (200, 120), (300, 30)], fill=(0, 0, 0, 255), width=6)
    out = io.BytesIO()
    sheet.save(out, "PNG")
    bare = base64.b64encode(out.getvalue()).decode()
    return bare if seed % 2 else f"data:image/png;base64,{bare}"


@dataclass(frozen=True)
class Team:
    id: UUID
    leader: factories.Person
    leader_id: UUID
    village_doctor: factories.Person
    village_doctor_id: UUID
    office: factories.Person
    village: str


def make_team(app: Flask, county_id: str = "xinmi", institution: str = TOWNSHIP, village: str | None = None) -> Team:
    """A fresh team with a leader, a village doctor and the township's public-health office."""
    village = village or f"v-{uuid4().hex[:12]}"
    leader, leader_id = factories.staff_person(app, institution, Role.FAMILY_DOCTOR, county_id=county_id)
    helper, helper_id = factories.staff_person(app, institution, Role.VILLAGE_DOCTOR, county_id=county_id)
    office, _ = factories.staff_person(app, institution, Role.PUBLIC_HEALTH, county_id=county_id)
    with app.app_context(), transaction() as current:
        team = CareTeam(
            county_id=county_id,
            institution=institution,
            name=f"试验小组{uuid4().hex[:12]}",
            villages=[village],
            services=["上门"],
        )
        current.add(team)
        current.flush()
        for person, part in ((leader_id, "leader"), (helper_id, "village_doctor")):
            current.add(
                CareTeamMember(
                    county_id=county_id, team_id=team.id, practitioner_id=person, part=part, from_on=date(2020, 1, 1)
                )
            )
        team_id = team.id
    return Team(team_id, leader, leader_id, helper, helper_id, office, village)


@pytest.fixture
def team(app: Flask) -> Team:
    return make_team(app)


@pytest.fixture
def turn(app: Flask) -> Iterator[Callable[[timedelta], None]]:
    """Turns domain time forward; set back at the end."""

    def forward(by: timedelta) -> None:
        with app.app_context(), transaction() as current:
            clock.turn(current, by)

    yield forward
    with app.app_context(), transaction() as current:
        from sqlalchemy import text

        current.execute(text("UPDATE domain_clock SET ahead = interval '0' WHERE id = 1"))


def ask(person: factories.Person, team: Team, package: str = "basic", **more: object):
    return person.post("/api/v1/contracts", {"team_id": team.id, "package": package, "signature": drawn(), **more})


def signed(app: Flask, team: Team, county_id: str = "xinmi", **values: object) -> tuple[factories.Person, UUID, str]:
    """A resident with a running contract; returns person, resident and contract."""
    person, resident_id = factories.resident_person(app, county_id, **({"village": team.village} | values))
    answer = ask(person, team)
    assert answer.status_code == 201, answer.text
    contract_id = answer.json["items"][0]["id"]
    taken = team.leader.post(f"/api/v1/contracts/{contract_id}/accept")
    assert taken.status_code == 200, taken.text
    return person, resident_id, contract_id
