"""The residents tab: a village doctor's own village, a team's signed people, and nobody else, house by house."""

from datetime import date
from uuid import uuid4

import pytest
from flask import Flask

from backend.kernel.roles import Role
from tests import factories
from tests.integration.contracts.conftest import CLINIC, TOWNSHIP, Team, make_team, signed

VILLAGE = "yuanzhuang-cun"


def rows(who: factories.Person, query: str = "limit=100") -> list[dict]:
    """Every row of the list, page after page."""
    found, cursor = [], ""
    while True:
        answer = who.get(f"/api/v1/my-residents?{query}{f'&cursor={cursor}' if cursor else ''}")
        assert answer.status_code == 200, answer.text
        found += answer.json["items"]
        cursor = answer.json["next_cursor"]
        if not cursor:
            return found


def test_a_team_sees_whom_it_signed_and_nobody_of_another_team(app: Flask, team: Team) -> None:
    _, mine, _ = signed(app, team)
    other = make_team(app)
    _, theirs, _ = signed(app, other)
    _, nobody = factories.resident_person(app, village=team.village)
    [row] = rows(team.leader)
    assert row["id"] == str(mine)
    assert row["signed"] is True
    assert {str(theirs), str(nobody)}.isdisjoint({row["id"]})
    [village] = team.leader.get("/api/v1/my-residents").json["villages"]
    assert (village["code"], village["people"]) == (team.village, 1)


def test_a_village_doctor_sees_the_village_signed_or_not(app: Flask) -> None:
    doctor, _ = factories.staff_person(app, CLINIC, Role.VILLAGE_DOCTOR)
    _, here = factories.resident_person(app, village=VILLAGE)
    _, elsewhere = factories.resident_person(app, village="huaishupo")
    found = {row["id"]: row for row in rows(doctor)}
    assert found[str(here)]["signed"] is False
    assert str(elsewhere) not in found


def test_pages_follow_the_houses_and_lose_nobody(app: Flask, team: Team) -> None:
    wanted = []
    for house in ("10", "2", "2", "1"):
        _, resident, _ = signed(app, team, household=house, household_head="甲")
        wanted.append((len(house), house, str(resident)))
    found = rows(team.leader, "limit=1")
    assert [row["household"] for row in found] == ["1", "2", "2", "10"]
    assert sorted(row["id"] for row in found) == sorted(one for _, _, one in wanted)
    assert rows(team.leader, f"limit=100&village={team.village}") == found
    assert rows(team.leader, "village=nowhere") == []


def test_key_groups_are_named(app: Flask, team: Team) -> None:
    _, old, _ = signed(app, team, birth_on=date(1950, 1, 1))
    _, young, _ = signed(app, team, birth_on=date(1990, 1, 1))
    groups = {row["id"]: row["groups"] for row in rows(team.leader)}
    assert any("老年" in name or "65" in name for name in groups[str(old)]), groups
    assert groups[str(young)] == []


@pytest.mark.parametrize("role", [Role.BUREAU, Role.OPERATOR])
def test_who_sees_nobody_gets_no_list(app: Flask, role: Role) -> None:
    office, _ = factories.staff_person(app, TOWNSHIP, role)
    assert office.get("/api/v1/my-residents").status_code == 403


def test_a_place_of_somebody_elses_list_is_no_place(app: Flask, team: Team) -> None:
    _, mine, _ = signed(app, team)
    other = make_team(app)
    signed(app, other)
    from backend.web.paging import encode

    stranger = other.leader.get(f"/api/v1/my-residents?cursor={encode(mine)}")
    assert stranger.status_code == 400
    assert other.leader.get(f"/api/v1/my-residents?cursor={encode(uuid4())}").status_code == 400


def test_a_resident_is_offered_what_the_catalogue_allows(app: Flask, team: Team) -> None:
    _, mine, _ = signed(app, team)
    actions = team.leader.get(f"/api/v1/residents/{mine}").json["actions"]
    assert {"record.read", "follow_up_plan.read_of", "contract.read", "conversation.read"} <= set(actions)
    doctor, _ = factories.staff_person(app, CLINIC, Role.VILLAGE_DOCTOR)
    _, here = factories.resident_person(app, village=VILLAGE)
    seen = doctor.get(f"/api/v1/residents/{here}").json["actions"]
    assert "order.write" in actions
    assert "order.write" not in seen
    assert "record.read" not in seen, "a village gives sight of the head of the record only"
    assert doctor.get(f"/api/v1/residents/{here}/timeline").status_code == 404


def test_lists_about_one_person_show_only_that_person(app: Flask, team: Team) -> None:
    _, mine, _ = signed(app, team)
    _, neighbour, _ = signed(app, team)
    found = team.leader.get(f"/api/v1/contracts?resident_id={mine}").json["items"]
    assert {one["resident"]["id"] for one in found} == {str(mine)}
    said = team.leader.get(f"/api/v1/conversations?resident_id={neighbour}").json["items"]
    assert {one["resident_id"] for one in said} <= {str(neighbour)}
