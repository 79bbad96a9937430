"""One county's world: somebody in every standing to one person's affairs, and one object of every kind about them.

Standings are people, roles are put on and taken off: `World.wear` gives every clinician of the world the role whose
row of the permissions is walked. No two standings share an institution, a team or a village, so that each has its own
relation to an object and no other.
"""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from flask import Flask
from sqlalchemy import update

from backend.contracts.models import CareTeam, CareTeamMember
from backend.kernel.ids import new_id
from backend.kernel.permissions import Relation
from backend.kernel.roles import Role
from backend.people.models import Account, PractitionerRole
from backend.records.service import grant
from backend.store.db import db, session, transaction
from backend.worklist.models import Task
from tests import factories
from tests.factories import Person
from tests.integration.desk.browser import Browser, browser_of
from tests.integration.permissions import making, rows

RECEIVER = "tcm-hospital"
"""Both counties have a house of this code: a query that forgets its county shows the other's papers."""


@dataclass(frozen=True)
class Sites:
    """Where each standing works; the code of a village that only `village` serves."""

    house: str
    own: str
    team: str
    granted: str
    village: str
    stranger: str
    home: str


SITES = {
    "xinmi": Sites(
        "th-chaohua", "th-laiji", "th-baizhai", "th-yuecun", "vc-yuanzhuang-cun", "th-micun", "yuanzhuang-cun"
    ),
    "mangshi": Sites("th-mengga", "th-zhefang", "th-santaishan", "th-xuangang", "vc-zheyan", "th-xishan", "zheyan"),
}
NAMES = {"xinmi": "甪里新矩", "mangshi": "甪里芒矩"}
"""Nobody else is called so: where a name shows, this person shows."""
STAFF = tuple(role for role in Role if role not in {Role.ANONYMOUS, Role.RESIDENT, Role.SYSTEM})
STANDINGS = ("own", "team", "granted", "village", "institution", "ward", "receiver", "stranger", "elsewhere")
"""`ward` works where `institution` does, in a department of its own; `elsewhere` in the other county's receiver."""
FAMILY = ("self", "proxy", "guardian", "for_oneself", "neighbour", "abroad")
"""`for_oneself` is the proxy without the patient chosen; `abroad` is a resident of the other county."""


@dataclass
class Somebody:
    """A person of the world at the phone and, being staff, at the desk."""

    person: Person
    browser: Browser
    practitioner_id: UUID | None = None
    guard: str = "0" * 64  # no form was ever drawn for a resident


@dataclass
class World:
    """Everything of one county."""

    app: Flask
    county: str
    sites: Sites
    resident_id: UUID
    name: str
    people: dict[str, Somebody]
    team_id: UUID
    receiver: str = RECEIVER
    things: dict[str, UUID] = field(default_factory=dict)

    def wear(self, role: Role) -> None:
        """Give every clinician of this world one role, and the role's pool a task."""
        ids = [one.practitioner_id for one in self.people.values() if one.practitioner_id]
        # Past the session: a walk lets no session of its own keep anything.
        with self.app.app_context(), db.engine.begin() as current:
            current.execute(
                update(PractitionerRole)
                .where(PractitionerRole.county_id == self.county, PractitionerRole.practitioner_id.in_(ids))
                .values(role=role)
            )
            current.execute(
                update(Task)
                .where(Task.county_id == self.county, Task.id == self.things["task_id:pool"])
                .values(role=role)
            )


def make_worlds(app: Flask) -> dict[str, World]:
    """Both counties' worlds, each with the other's people as strangers from elsewhere."""
    worlds = {county: _make(app, county) for county in SITES}
    for county, other in (("xinmi", "mangshi"), ("mangshi", "xinmi")):
        worlds[county].people["elsewhere"] = worlds[other].people["receiver"]
        worlds[county].people["abroad"] = worlds[other].people["self"]
    return worlds


def _make(app: Flask, county: str) -> World:
    sites = SITES[county]
    patient, resident_id = factories.resident_person(
        app, county, village=sites.home, lacks_capacity=True, name=NAMES[county], name_folded=NAMES[county]
    )
    people = {"self": Somebody(patient, browser_of(app, patient))}
    places = {
        "own": sites.own, "team": sites.team, "granted": sites.granted, "village": sites.village,
        "institution": sites.house, "ward": sites.house, "receiver": RECEIVER, "stranger": sites.stranger,
    }  # fmt: skip
    for standing, place in places.items():
        department = making.OTHER_WARD if standing == "ward" else None
        person, practitioner_id = factories.staff_person(
            app, place, Role.FAMILY_DOCTOR, county_id=county, department=department
        )
        browser = browser_of(app, person)
        people[standing] = Somebody(person, browser, practitioner_id, browser.guard())
    for standing in ("proxy", "guardian", "neighbour"):
        person, _ = factories.resident_person(app, county, village=sites.home)
        people[standing] = Somebody(person, browser_of(app, person))
    with app.app_context(), transaction() as current:
        for kind in ("proxy", "guardian"):
            account = current.get_one(Account, (county, people[kind].person.account_id))
            resident = current.get_one(factories.Resident, (county, resident_id))
            factories.make_family(current, resident, account, kind)
            people[kind].person.acting_for = resident_id
        team_id = _team(county, sites.team, people["team"].practitioner_id)
        grant(county, resident_id, "visit", new_id(), [f"practitioner:{people['granted'].practitioner_id}"])
        world = World(app, county, sites, resident_id, NAMES[county], people, team_id)
        own = people["proxy"].person
        alone = Person(app, county, own.account_id, own.token)
        people["for_oneself"] = Somebody(alone, people["proxy"].browser)
        world.things = rows.write(current, world)
    return world


def _team(county: str, institution: str, member: UUID | None) -> UUID:
    team = CareTeam(
        county_id=county, institution=institution, name=f"矩阵小组{new_id()}", villages=[], services=["上门"]
    )
    session().add(team)
    session().flush()
    session().add(
        CareTeamMember(
            county_id=county, team_id=team.id, practitioner_id=member, part="leader", from_on=date(2020, 1, 1)
        )
    )
    session().flush()
    return team.id


__all__ = ["FAMILY", "RECEIVER", "SITES", "STAFF", "STANDINGS", "Relation", "Somebody", "World", "make_worlds"]
