"""I-07: one running contract a resident, whoever asks and accepts at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from backend.contracts.models import Contract
from backend.kernel.ids import new_id
from backend.store.db import transaction
from tests import factories
from tests.integration.contracts.conftest import ask, make_team, signed


def together(jobs):
    gate = Barrier(len(jobs))

    def run(job):
        gate.wait()
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


@pytest.mark.clause("XM-5.2c")
def test_eight_teams_asked_at_once_leave_exactly_one_request(app) -> None:
    teams = [make_team(app) for _ in range(8)]
    for _ in range(3):
        person, resident_id = factories.resident_person(app)
        answers = together([partial(ask, person, team) for team in teams])
        assert sorted(answer.status_code for answer in answers) == [201, *[422] * 7]
        assert all("一个人只能签一个" in a.json["violations"][0]["text"] for a in answers if a.status_code == 422)
        with app.app_context(), transaction() as current:
            query = select(func.count()).select_from(Contract).where(Contract.resident_id == resident_id)
            assert current.scalar(query) == 1


def test_eight_hands_accepting_one_request_make_it_run_once(app, team) -> None:
    person, resident_id = factories.resident_person(app)
    contract = ask(person, team).json["items"][0]["id"]
    doctors = [team.leader, team.village_doctor, team.office] * 2 + [team.leader] * 2
    answers = together([lambda d=d: d.post(f"/api/v1/contracts/{contract}/accept") for d in doctors])
    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 7]
    with app.app_context(), transaction() as current:
        rows = current.scalars(select(Contract).where(Contract.resident_id == resident_id)).all()
        assert [row.status for row in rows] == ["active"]


def test_accepting_and_taking_back_at_once_ends_in_one_of_the_two(app, team) -> None:
    for _ in range(4):
        person, _ = factories.resident_person(app)
        contract = ask(person, team).json["items"][0]["id"]
        answers = together(
            [
                partial(team.leader.post, f"/api/v1/contracts/{contract}/accept"),
                partial(person.post, f"/api/v1/contracts/{contract}/cancel"),
            ]
        )
        assert sorted(a.status_code for a in answers) == [200, 409]
        expected = "active" if answers[0].status_code == 200 else "cancelled"
        assert person.get(f"/api/v1/contracts/{contract}").json["status"] == expected


def test_the_last_place_of_a_full_team_is_taken_once(app, team, monkeypatch) -> None:
    from backend.contracts import service

    people = [factories.resident_person(app)[0] for _ in range(4)]
    contracts = [ask(person, team).json["items"][0]["id"] for person in people]
    real = service.pack_of

    def small(county_id: str):
        found = real(county_id)
        cap = found.contracts.cap.model_copy(update={"block": 2})
        import dataclasses

        return dataclasses.replace(found, contracts=found.contracts.model_copy(update={"cap": cap}))

    monkeypatch.setattr(service, "pack_of", small)
    answers = together([lambda c=c: team.leader.post(f"/api/v1/contracts/{c}/accept") for c in contracts])
    assert sorted(answer.status_code for answer in answers) == [200, 200, 422, 422]
    refused = next(answer for answer in answers if answer.status_code == 422)
    assert refused.json["violations"][0]["source"]["id"] == "S-contract-cap"


@pytest.mark.parametrize(
    ("status", "from_on", "until_on", "name"),
    [
        ("active", date(2030, 1, 1), date(2031, 1, 1), "uq_contract_active"),
        ("ended", date(2000, 1, 1), date(2090, 1, 1), "ex_contract_term"),
    ],
)
def test_the_database_itself_refuses_a_second_one(app, team, status, from_on, until_on, name) -> None:
    _, resident_id, contract = signed(app, team)
    with app.app_context(), pytest.raises(IntegrityError, match=name), transaction() as current:
        first = current.get_one(Contract, ("xinmi", UUID(contract)))
        values = {c.key: getattr(first, c.key) for c in Contract.__table__.columns}
        values |= {"id": new_id(), "status": status, "from_on": from_on, "until_on": until_on}
        current.add(Contract(**values))
    with app.app_context(), transaction() as current:
        query = select(func.count()).select_from(Contract).where(Contract.resident_id == resident_id)
        assert current.scalar(query) == 1
