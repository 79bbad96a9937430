"""One person signs: compared, asked, accepted; every refusal says whose rule and what to do."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from backend.contracts.models import Contract
from backend.contracts.queries import team_of
from backend.people.models import Account, Resident
from backend.records.models import AccessGrant
from backend.store.db import transaction
from tests import factories
from tests.integration.contracts.conftest import MANGSHI_TOWNSHIP, ask, drawn, make_team, signed


def rules(answer) -> dict[str, dict]:
    return {one["rule"]: one for one in answer.json["violations"]}


@pytest.mark.clause("XM-5.2c")
def test_teams_are_compared_without_stars_the_own_village_first(app, team) -> None:
    other = make_team(app)
    person, _ = factories.resident_person(app, village=team.village)
    items = person.get("/api/v1/care-teams").json["items"]
    assert items[0]["id"] == str(team.id)
    assert items[0]["serves_your_village"]
    assert items[0]["actions"] == ["sign"]
    assert {m["part"] for m in items[0]["members"]} == {"leader", "village_doctor"}
    assert items[0]["cap_block"] == 2000
    assert items[0]["answer_text"] == "上班时间 2 小时内回话"
    assert any(one["id"] == str(other.id) and not one["serves_your_village"] for one in items)
    assert not any(word in key for key in items[0] for word in ("star", "rating", "score"))


@pytest.mark.clause("XM-5.2a")
def test_a_resident_signs_and_the_doctor_accepts(app, team) -> None:
    person, resident_id = factories.resident_person(app, village=team.village)
    asked = ask(person, team)
    assert asked.status_code == 201
    one = asked.json["items"][0]
    assert (one["status"], one["actions"]) == ("requested", ["cancel"])
    with app.app_context(), transaction():
        assert team_of("xinmi", resident_id) is None
    waiting = team.leader.get("/api/v1/contracts?status=requested").json["items"]
    mine = next(item for item in waiting if item["id"] == one["id"])
    assert {"accept", "decline"} <= set(mine["actions"])
    assert mine["signed_text"] == "本人签名"

    taken = team.leader.post(f"/api/v1/contracts/{one['id']}/accept")
    assert taken.json["items"][0]["status"] == "active"
    mine = person.get("/api/v1/contracts").json["items"]
    assert [item["status_text"] for item in mine] == ["已签约"]
    assert mine[0]["actions"] == ["end"]
    with app.app_context(), transaction() as current:
        view = team_of("xinmi", resident_id)
        assert view is not None
        assert view.family_doctor_id == team.leader_id
        assert view.village_doctor_ids == (team.village_doctor_id,)
        grant = current.scalar(select(AccessGrant).where(AccessGrant.resident_id == resident_id))
        assert (grant.grantee, grant.basis, grant.ended_at) == (f"team:{team.id}", "contract", None)


@pytest.mark.clause("MS-4.7b")
@pytest.mark.parametrize(("county", "source"), [("mangshi", "MS-4.7b"), ("xinmi", "S-packages")])
def test_the_fee_split_sums_up_is_a_sample_and_is_kept_with_the_contract(app, county, source) -> None:
    place = MANGSHI_TOWNSHIP if county == "mangshi" else "th-yuanzhuang"
    team = make_team(app, county, place)
    person, _ = factories.resident_person(app, county, conditions=["hypertension"], village=team.village)
    for package in person.get("/api/v1/packages").json["items"]:
        fee = package["fee"]
        assert fee["fund_fen"] + fee["public_health_fen"] + fee["resident_fen"] == fee["total_fen"]
        assert fee["sample"]
        assert fee["source"]["id"] == source
    made = ask(person, team, "hypertension").json["items"][0]["fee"]
    assert made["fund_fen"] > 0
    assert made["fund_fen"] + made["public_health_fen"] + made["resident_fen"] == made["total_fen"]


def test_a_fee_that_does_not_sum_up_never_gets_in(app, team) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import IntegrityError

    _, _, contract = signed(app, team)
    with app.app_context(), pytest.raises(IntegrityError, match="ck_contract_fee_sum"), transaction() as current:
        current.execute(text("UPDATE contract SET fund_fen = fund_fen + 1 WHERE id = :id"), {"id": contract})


@pytest.mark.clause("MS-4.6")
def test_a_child_is_signed_by_the_guardian_and_by_nobody_else(app) -> None:
    team = make_team(app, "mangshi", MANGSHI_TOWNSHIP)
    parent, _ = factories.resident_person(app, "mangshi", village=team.village)
    with app.app_context(), transaction() as current:
        child = factories.make_resident(current, "mangshi", birth_on=date(2018, 5, 1), village=team.village)
        account = current.get_one(Account, ("mangshi", parent.account_id))
        factories.make_family(current, child, account, "proxy", "儿子")
        child_id = child.id
    parent.acting_for = child_id
    refused = ask(parent, team)
    assert refused.status_code == 422
    broken = rules(refused)["contracts.signer"]
    assert broken["source"]["id"] == "MS-4.6"
    assert "监护人" in broken["text"]
    with app.app_context(), transaction() as current:
        child = current.get_one(Resident, ("mangshi", child_id))
        factories.make_family(current, child, account, "guardian", "儿子")
    assert ask(parent, team).status_code == 201


def test_an_adult_signs_by_own_hand_and_a_guardian_cannot_sign_for_one(app, team) -> None:
    daughter, _ = factories.resident_person(app)
    with app.app_context(), transaction() as current:
        mother = factories.make_resident(current, village=team.village)
        account = current.get_one(Account, ("xinmi", daughter.account_id))
        factories.make_family(current, mother, account, "proxy", "女儿")
        mother_id = mother.id
    daughter.acting_for = mother_id
    without = ask(daughter, team, signature="")
    assert rules(without)["contracts.signer"]["source"]["id"] == "FD-04"
    made = ask(daughter, team)
    assert made.json["items"][0]["signed_text"] == "本人在家人手机上签名"


@pytest.mark.parametrize("sheet", ["", "data:image/png;base64,AAAA", "data:image/jpeg;base64,AAAA", "x" * 100])
def test_a_signature_must_be_drawn(app, team, sheet) -> None:
    person, _ = factories.resident_person(app)
    assert ask(person, team, signature=sheet).status_code == 422
    assert person.get("/api/v1/contracts").json["items"] == []


def test_a_package_for_a_key_group_is_for_that_group_only(app, team) -> None:
    person, _ = factories.resident_person(app, birth_on=date(1990, 1, 1))
    refused = ask(person, team, "hypertension")
    assert rules(refused)["contracts.package"]["source"]["id"] == "S-packages"
    packages = {one["code"]: one for one in person.get("/api/v1/packages").json["items"]}
    assert packages["basic"]["fits"]
    assert not packages["hypertension"]["fits"]
    assert "高血压" in packages["hypertension"]["why_not"]
    ill, _ = factories.resident_person(app, conditions=["hypertension"])
    assert ask(ill, team, "hypertension").status_code == 201


def test_a_stranger_of_less_than_six_months_is_told_when_to_come(app, team) -> None:
    person, _ = factories.resident_person(app, insured_here=False)
    assert rules(ask(person, team, months_here=5))["contracts.residence"]["source"]["id"] == "FD-04"
    assert ask(person, team, months_here=6).status_code == 201


def test_a_second_request_is_refused_with_the_first_teams_name(app, team) -> None:
    person, _ = factories.resident_person(app)
    first = ask(person, team).json["items"][0]
    other = make_team(app)
    refused = ask(person, other)
    broken = rules(refused)["contracts.one_contract"]
    assert broken["source"]["id"] == "FD-01"
    assert first["team_name"] in broken["text"]
    person.post(f"/api/v1/contracts/{first['id']}/cancel")
    assert ask(person, other).status_code == 201


def test_all_broken_rules_come_at_once(app, team) -> None:
    person, _ = factories.resident_person(app, insured_here=False, birth_on=date(1990, 1, 1))
    broken = rules(ask(person, team, "elderly", signature="", months_here=0))
    assert {"contracts.signer", "contracts.residence", "contracts.package"} <= set(broken)
    assert not any(one["source"]["id"].startswith("MS-") for one in broken.values())


def test_another_teams_doctor_neither_sees_nor_accepts(app, team) -> None:
    person, _ = factories.resident_person(app)
    contract = ask(person, team).json["items"][0]["id"]
    stranger = make_team(app)
    assert stranger.leader.get(f"/api/v1/contracts/{contract}").status_code == 404
    assert stranger.leader.post(f"/api/v1/contracts/{contract}/accept").status_code == 404
    other, _ = factories.resident_person(app)
    assert other.get(f"/api/v1/contracts/{contract}").status_code == 404
    assert other.post(f"/api/v1/contracts/{contract}/accept").status_code == 403


def test_declined_says_why_and_frees_the_resident(app, team) -> None:
    person, _ = factories.resident_person(app)
    contract = ask(person, team).json["items"][0]["id"]
    team.leader.post(f"/api/v1/contracts/{contract}/decline", {"reason": "too_far"})
    view = person.get(f"/api/v1/contracts/{contract}").json
    assert (view["status"], view["actions"]) == ("declined", [])
    assert "选近的小组" in view["decline_text"]
    assert ask(person, make_team(app)).status_code == 201
    assert team.leader.post(f"/api/v1/contracts/{contract}/accept").status_code == 409


def test_the_request_is_a_task_that_climbs_to_the_townships_office(app, team, turn) -> None:
    from backend.jobs.ticks import escalate_overdue
    from backend.worklist.service import open_task_of

    person, _ = factories.resident_person(app)
    contract = UUID(ask(person, team).json["items"][0]["id"])

    def task():
        return open_task_of("xinmi", ("contract", contract), "contract_request")

    with app.app_context(), transaction():
        assert task().practitioner_id == team.leader_id
    turn(timedelta(days=2, minutes=1))
    with app.app_context(), transaction() as current:
        escalate_overdue(current, "xinmi")
    with app.app_context(), transaction():
        assert (task().practitioner_id, task().role, task().institution) == (None, "public_health", "th-yuanzhuang")
    assert team.office.post(f"/api/v1/contracts/{contract}/accept").status_code == 200
    with app.app_context(), transaction():
        assert task() is None


def test_a_village_doctor_helps_somebody_without_a_phone(app, team) -> None:
    with app.app_context(), transaction() as current:
        old = factories.make_resident(current, village="yuanzhuang-cun-x")
        old_id = old.id
    stranger = ask(team.village_doctor, team, resident_id=old_id)
    assert stranger.status_code == 404
    with app.app_context(), transaction() as current:
        from backend.alliance.queries import villages_served

        ours = min(villages_served("xinmi", "th-yuanzhuang"))
        old = factories.make_resident(current, village=ours)
        old_id = old.id
    made = ask(team.village_doctor, team, resident_id=old_id)
    assert made.status_code == 201, made.text
    assert made.json["items"][0]["signed_text"] == "本人当面签名，医生帮忙办的"
    sheet = team.leader.get(f"/api/v1/contracts/{made.json['items'][0]['id']}/signature")
    assert sheet.mimetype == "image/png"
    assert sheet.data.startswith(b"\x89PNG")


def test_the_contract_row_keeps_the_pack_it_was_signed_under(app, team) -> None:
    _, _, contract = signed(app, team)
    with app.app_context(), transaction() as current:
        row = current.get_one(Contract, ("xinmi", UUID(contract)))
        assert row.pack_version
        assert row.until_on == row.from_on.replace(year=row.from_on.year + 1)
        assert row.decided_by == team.leader_id
    assert drawn() != drawn(5)
