"""What time and second thoughts do to a contract: changing team, renewing, ending, expiring."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from backend.contracts import terms
from backend.contracts.models import Contract
from backend.contracts.queries import active_contract, team_of
from backend.notices.models import Notice
from backend.records.models import AccessGrant
from backend.store.db import transaction
from backend.worklist.models import Task
from tests import factories
from tests.integration.contracts.conftest import MANGSHI_TOWNSHIP, ask, drawn, make_team, signed


def run(app, planner, county: str = "xinmi") -> int:
    with app.app_context(), transaction() as current:
        return planner(current, county)


@pytest.mark.clause("XM-5.2c")
def test_changing_team_hands_over_and_leaves_no_day_without_a_doctor(app, team) -> None:
    person, resident_id, first = signed(app, team)
    other = make_team(app)
    second = ask(person, other).json["items"][0]["id"]
    with app.app_context(), transaction():
        assert team_of("xinmi", resident_id).team_id == team.id
    assert other.leader.post(f"/api/v1/contracts/{second}/accept").status_code == 200
    with app.app_context(), transaction() as current:
        assert team_of("xinmi", resident_id).team_id == other.id
        old = current.get_one(Contract, ("xinmi", UUID(first)))
        assert (old.status, old.end_reason) == ("ended", "switched")
        grants = dict(
            current.execute(
                select(AccessGrant.grantee, AccessGrant.ended_at.is_(None)).where(
                    AccessGrant.resident_id == resident_id
                )
            ).all()
        )
        assert grants == {f"team:{team.id}": False, f"team:{other.id}": True}
        task = current.scalar(select(Task).where(Task.focus_id == UUID(first), Task.kind == "contract_hand_over"))
        assert task.practitioner_id == team.leader_id
    third = make_team(app)
    refused = ask(person, third)
    broken = next(v for v in refused.json["violations"] if v["rule"] == "contracts.switch")
    assert broken["source"]["id"] == "XM-5.2c"
    assert "换过 1 次" in broken["text"]


def test_in_mangshi_changing_waits_for_a_full_year_and_quotes_nobody_elses_paper(app, turn) -> None:
    team = make_team(app, "mangshi", MANGSHI_TOWNSHIP)
    person, _, _ = signed(app, team, "mangshi")
    other = make_team(app, "mangshi", MANGSHI_TOWNSHIP, village=None)
    broken = {v["rule"]: v for v in ask(person, other).json["violations"]}
    assert broken["contracts.switch"]["source"]["id"] == "S-contract-switch"
    assert broken["contracts.switch"]["source"]["kind"] == "setting"
    assert not any(v["source"]["id"].startswith("XM-") for v in broken.values())


def test_who_moved_away_changes_at_any_time_and_without_notice(app) -> None:
    from backend.people.models import Resident

    team = make_team(app, "mangshi", MANGSHI_TOWNSHIP)
    person, resident_id, _ = signed(app, team, "mangshi")
    other = make_team(app, "mangshi", MANGSHI_TOWNSHIP)
    with app.app_context(), transaction() as current:
        current.get_one(Resident, ("mangshi", resident_id)).village = other.village
    second = ask(person, other)
    assert second.status_code == 201
    assert other.leader.post(f"/api/v1/contracts/{second.json['items'][0]['id']}/accept").status_code == 200


def test_giving_up_and_signing_elsewhere_is_changing_team_too(app, team) -> None:
    person, _, first = signed(app, team)
    person.post(f"/api/v1/contracts/{first}/end", {"reason": "own_wish"})
    other, third = make_team(app), make_team(app)
    second = ask(person, other).json["items"][0]["id"]
    other.leader.post(f"/api/v1/contracts/{second}/accept")
    person.post(f"/api/v1/contracts/{second}/end", {"reason": "own_wish"})
    assert "contracts.switch" in {v["rule"] for v in ask(person, third).json["violations"]}


def test_an_ended_contract_takes_the_sight_away_at_once(app, team) -> None:
    person, resident_id, contract = signed(app, team)
    ended = person.post(f"/api/v1/contracts/{contract}/end", {"reason": "own_wish"}).json
    assert (ended["status"], ended["end_text"], ended["actions"]) == ("ended", "自己不签了", [])
    with app.app_context(), transaction() as current:
        assert active_contract("xinmi", resident_id) is None
        assert current.scalar(select(AccessGrant.ended_at).where(AccessGrant.resident_id == resident_id)) is not None


def test_a_proxy_runs_errands_but_does_not_end_a_contract(app, team) -> None:
    from backend.people.models import Account, Resident

    _, resident_id, contract = signed(app, team)
    daughter, _ = factories.resident_person(app)
    with app.app_context(), transaction() as current:
        account = current.get_one(Account, ("xinmi", daughter.account_id))
        factories.make_family(current, current.get_one(Resident, ("xinmi", resident_id)), account, "proxy")
    daughter.acting_for = resident_id
    assert daughter.get(f"/api/v1/contracts/{contract}").json["actions"] == []
    assert daughter.post(f"/api/v1/contracts/{contract}/end", {"reason": "own_wish"}).status_code == 404


def test_the_term_is_told_before_and_ends_by_itself_once(app, team, turn) -> None:
    person, resident_id, contract = signed(app, team)
    assert person.post(f"/api/v1/contracts/{contract}/renew", {"signature": drawn()}).json["code"] == "too_early"
    turn(timedelta(days=340))
    assert run(app, terms.remind) >= 1
    assert run(app, terms.remind) == 0
    with app.app_context(), transaction() as current:
        query = select(Notice).where(Notice.resident_id == resident_id, Notice.dedupe_key.startswith("contract.ends"))
        assert len(current.scalars(query).all()) == 1
    view = person.get(f"/api/v1/contracts/{contract}").json
    assert "renew" in view["actions"]
    assert 0 < view["days_left"] <= 30
    turn(timedelta(days=26))
    assert run(app, terms.expire) >= 1
    assert run(app, terms.expire) == 0
    view = person.get(f"/api/v1/contracts/{contract}").json
    assert (view["status"], view["end_text"]) == ("ended", "到期了")
    # Having run out, it is no change of team to sign with another.
    assert ask(person, make_team(app)).status_code == 201


def test_renewing_loses_no_day(app, team, turn) -> None:
    person, resident_id, contract = signed(app, team)
    turn(timedelta(days=350))
    renewal = person.post(f"/api/v1/contracts/{contract}/renew", {"signature": drawn()})
    assert renewal.status_code == 201, renewal.text
    with app.app_context(), transaction():
        old_end = active_contract("xinmi", resident_id).until_on
    team.leader.post(f"/api/v1/contracts/{renewal.json['id']}/accept")
    with app.app_context(), transaction() as current:
        rows = current.scalars(select(Contract).where(Contract.resident_id == resident_id).order_by(Contract.id)).all()
        assert [(row.status, row.end_reason) for row in rows] == [("ended", "renewed"), ("active", None)]
        assert rows[0].until_on == rows[1].from_on
        assert rows[1].until_on == old_end.replace(year=old_end.year + 1)
        assert team_of("xinmi", resident_id).team_id == team.id


def test_looking_at_an_older_version_is_told(app, team) -> None:
    person, _, contract = signed(app, team)
    stale = person.request("POST", f"/api/v1/contracts/{contract}/end", {"reason": "own_wish"}, **{"If-Match": '"1"'})
    assert stale.status_code == 412
