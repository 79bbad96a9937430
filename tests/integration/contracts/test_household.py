"""A household signs together (MS-4.6), all or none; and what the bureau counts (XM-5.2a)."""

from datetime import date

import pytest

from backend.contracts.coverage import coverage
from backend.contracts.events import ServiceDelivered
from backend.contracts.points import credit
from backend.kernel.ids import new_id
from backend.people.models import Account
from backend.store.db import transaction
from tests import factories
from tests.integration.contracts.conftest import MANGSHI_TOWNSHIP, ask, drawn, make_team, signed


@pytest.fixture
def family(app):
    """A father with his own record, his mother (proxy), his child (guardian), and an uncle in another house."""
    team = make_team(app, "mangshi", MANGSHI_TOWNSHIP)
    house = {"village": team.village, "household": "7"}
    father, father_id = factories.resident_person(app, "mangshi", birth_on=date(1985, 1, 1), **house)
    with app.app_context(), transaction() as current:
        account = current.get_one(Account, ("mangshi", father.account_id))
        mother = factories.make_resident(current, "mangshi", birth_on=date(1955, 1, 1), **house)
        child = factories.make_resident(current, "mangshi", birth_on=date(2019, 1, 1), **house)
        uncle = factories.make_resident(current, "mangshi", village=team.village, household="8")
        factories.make_family(current, mother, account, "proxy", "母亲")
        factories.make_family(current, child, account, "guardian", "儿子")
        factories.make_family(current, uncle, account, "proxy", "叔叔")
        return team, father, father_id, mother.id, child.id, uncle.id


@pytest.mark.clause("MS-4.6")
def test_a_household_signs_together_and_is_taken_together(family) -> None:
    team, father, father_id, mother, child, _ = family
    listed = father.get("/api/v1/household").json["items"]
    assert [(one["relation"], one["hand"]) for one in listed] == [
        ("本人", "self"),
        ("母亲", "own_hand"),
        ("儿子", "guardian"),
    ]
    members = [
        {"resident_id": father_id},
        {"resident_id": mother, "signature": drawn(9), "package": "elderly"},
        {"resident_id": child},
    ]
    made = ask(father, team, members=members)
    assert made.status_code == 201, made.text
    items = made.json["items"]
    assert {one["kind"] for one in items} == {"household"}
    assert len({one["household_id"] for one in items}) == 1
    by_person = {one["resident"]["id"]: one for one in items}
    assert by_person[str(mother)]["package_code"] == "elderly"
    assert by_person[str(child)]["signed_text"] == "监护人签名"
    done = team.leader.post(f"/api/v1/contracts/{items[1]['id']}/accept")
    assert [one["status"] for one in done.json["items"]] == ["active"] * 3


def test_without_the_mothers_own_hand_nobody_is_signed(family) -> None:
    team, father, father_id, mother, _, _ = family
    refused = ask(father, team, members=[{"resident_id": father_id}, {"resident_id": mother}])
    assert [one["rule"] for one in refused.json["violations"]] == ["contracts.signer"]
    assert father.get("/api/v1/contracts").json["items"] == []


def test_who_lives_elsewhere_or_is_a_stranger_is_left_out(app, family) -> None:
    team, father, father_id, _, _, uncle = family
    refused = ask(father, team, members=[{"resident_id": father_id}, {"resident_id": uncle, "signature": drawn()}])
    assert "contracts.household" in {one["rule"] for one in refused.json["violations"]}
    with app.app_context(), transaction() as current:
        stranger = factories.make_resident(current, "mangshi", village=team.village, household="7").id
    refused = ask(father, team, members=[{"resident_id": father_id}, {"resident_id": stranger}])
    assert refused.status_code == 404
    assert ask(father, team, members=[{"resident_id": father_id}] * 2).status_code == 409


def test_one_member_takes_back_and_the_others_go_on(family) -> None:
    team, father, father_id, mother, _, _ = family
    members = [{"resident_id": father_id}, {"resident_id": mother, "signature": drawn()}]
    items = {one["resident"]["id"]: one["id"] for one in ask(father, team, members=members).json["items"]}
    assert father.post(f"/api/v1/contracts/{items[str(father_id)]}/cancel").status_code == 200
    done = team.leader.post(f"/api/v1/contracts/{items[str(mother)]}/accept").json["items"]
    assert [one["resident"]["id"] for one in done] == [str(mother)]


@pytest.mark.clause("XM-5.2a")
def test_both_figures_of_key_groups_by_village_and_team(app) -> None:
    team = make_team(app)
    signed(app, team, birth_on=date(1950, 1, 1), conditions=["hypertension"])
    signed(app, team, birth_on=date(1990, 1, 1))
    with app.app_context(), transaction() as current:
        factories.make_resident(current, village=team.village, birth_on=date(1951, 1, 1))
        factories.make_resident(current, village=team.village, birth_on=date(1951, 1, 1), died_on=date(2020, 1, 1))
        factories.make_resident(current, village=team.village, birth_on=date(1992, 1, 1), key_groups=["disabled"])
    with app.app_context(), transaction():
        found = coverage("xinmi")
    village = next(row for row in found.villages if row.code == team.village)
    assert (village.signed.part, village.signed.whole) == (2, 4)
    assert (village.key_among_signed.part, village.key_among_signed.whole) == (1, 2)
    assert village.key_among_signed.percent == 50.0
    assert (village.groups["elderly"].part, village.groups["elderly"].whole) == (1, 2)
    assert (village.groups["hypertension"].part, village.groups["hypertension"].whole) == (1, 1)
    assert (village.groups["disabled"].part, village.groups["disabled"].whole) == (0, 1)
    of_team = next(row for row in found.teams if row.code == str(team.id))
    assert (of_team.key_among_signed.part, of_team.key_among_signed.whole) == (1, 2)
    assert found.target_key_percent == 40
    assert found.group_targets["elderly"] == ("65 岁以上老年人", 70)
    assert found.county.signed.whole >= 4


@pytest.mark.clause("XM-5.2c")
def test_points_follow_services_really_done_once_each(app, team) -> None:
    event = ServiceDelivered(
        county_id="xinmi",
        practitioner_id=team.village_doctor_id,
        institution="vc-yuanzhuang-cun",
        service="home-visit",
        focus_kind="visit",
        focus_id=new_id(),
    )
    with app.app_context(), transaction():
        credit(event)
        credit(event)
    mine = team.village_doctor.get("/api/v1/workload").json["items"]
    assert [(one["points"], one["services"]) for one in mine] == [(15, {"home-visit": 1})]
    office = team.office.get("/api/v1/workload").json["items"]
    assert str(team.village_doctor_id) in {one["practitioner_id"] for one in office}
    assert team.leader.get("/api/v1/workload").json["items"] == []
    resident, _ = factories.resident_person(app)
    assert resident.get("/api/v1/workload").status_code == 403
