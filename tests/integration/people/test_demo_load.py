"""`flask demo load`: whole counties of invented people, once, never in production, and known to the stand-in."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import responses
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import func, select

from backend.alliance.queries import pack
from backend.contracts.models import CareTeam
from backend.contracts.queries import active_contract
from backend.followup.models import FollowUpPlan, FollowUpVisit
from backend.kernel.clock import local_day
from backend.oversight.figures import list_states
from backend.oversight.months import months_back
from backend.people.claims import phone_index
from backend.people.commands import GROUPS
from backend.people.demo import wechat
from backend.people.demo.population import generate
from backend.people.models import Account, Practitioner, RelatedPerson, Resident
from backend.people.queries import actor_of
from backend.records.models import Reading
from backend.store import clock
from backend.store.db import session, transaction
from backend.store.vault import vault


@pytest.fixture(scope="module")
def runner(app: Flask) -> FlaskCliRunner:
    for group in GROUPS:
        app.cli.add_command(group)
    return app.test_cli_runner()


@pytest.fixture(scope="module", autouse=True)
def loaded(app: Flask, runner: FlaskCliRunner) -> str:
    first = runner.invoke(args=["demo", "load"])
    assert first.exit_code == 0, first.output
    return first.output


def resident(county_id: str, record_number: str) -> Resident:
    found = session().scalar(
        select(Resident).where(Resident.county_id == county_id, Resident.record_number == record_number)
    )
    assert found is not None
    return found


def test_a_second_load_changes_nothing(app: Flask, runner: FlaskCliRunner) -> None:
    with app.app_context(), transaction() as current:
        before = current.scalar(select(func.count()).select_from(Resident))
    again = runner.invoke(args=["demo", "load"])
    assert again.output.count("演示人员已经在了") == 2
    with app.app_context(), transaction() as current:
        assert current.scalar(select(func.count()).select_from(Resident)) == before


@pytest.mark.parametrize("county_id", ["xinmi", "mangshi"])
def test_everybody_is_there_sealed_and_found_again(app: Flask, county_id: str) -> None:
    with app.app_context(), transaction():
        people = generate(pack(county_id))
        rows = session().scalars(
            select(Resident).where(
                Resident.county_id == county_id, Resident.record_number.in_([r.record_number for r in people.residents])
            )
        )
        by_record = {row.record_number: row for row in rows}
        assert len(by_record) == 400
        for person in people.residents[:40]:
            row = by_record[person.record_number]
            assert (row.name, row.village, vault().open(row, "phone")) == (person.name, person.village, person.phone)
            assert vault().open(row, "id_number") == person.id_number
            if person.id_number:
                assert person.id_number.encode() not in (row.id_number_sealed or b"")


def test_the_storys_patient_is_found_by_phone_alone_and_has_her_daughter_as_proxy(app: Flask) -> None:
    with app.app_context(), transaction():
        people = generate(pack("xinmi"))
        wanted = people.resident("wang-guilan")
        found = session().scalars(
            select(Resident).where(
                Resident.county_id == "xinmi", Resident.phone_index == phone_index(wanted.phone or "")
            )
        )
        (patient,) = found.all()
        assert (patient.name, patient.name_pinyin) == ("王桂兰", "wangguilan wgl")
        family = session().scalar(
            select(RelatedPerson).where(RelatedPerson.county_id == "xinmi", RelatedPerson.resident_id == patient.id)
        )
        assert family is not None
        assert (family.name, family.kind, family.relation) == ("李小梅", "proxy", "女儿")
        account = session().get(Account, ("xinmi", family.account_id))
        assert account is not None
        actor = actor_of(session(), account, acting_for=patient.id)
        assert actor.subject_id == patient.id


def test_readings_are_in_the_past_and_of_the_right_person(app: Flask) -> None:
    with app.app_context(), transaction():
        people = generate(pack("xinmi"))
        patient = resident("xinmi", people.resident("wang-guilan").record_number)
        rows = session().scalars(
            select(Reading)
            .where(Reading.resident_id == patient.id, Reading.code == "systolic")
            .order_by(Reading.taken_at)
        )
        assert [int(row.value) for row in rows] == [148, 162, 168]


def test_a_village_doctor_sees_her_village_and_a_specialist_keeps_one_main_place(app: Flask) -> None:
    with app.app_context(), transaction():
        for login, village in (
            ("xinmi.village-doctor-yuanzhuang-cun", {"yuanzhuang-cun"}),
            ("xinmi.specialist-cardiology", set()),
        ):
            account = session().scalar(select(Account).where(Account.county_id == "xinmi", Account.login == login))
            assert account is not None
            actor = actor_of(session(), account)
            assert actor.villages == village
            assert actor.institution == ("vc-yuanzhuang-cun" if village else "first-hospital")


def test_most_residents_have_a_contract_with_the_team_of_their_village_and_the_patient_has_none(app: Flask) -> None:
    with app.app_context(), transaction():
        people = generate(pack("mangshi"))
        signed = {}
        for person in people.residents[:60]:
            row = resident("mangshi", person.record_number)
            running = active_contract("mangshi", row.id)
            if running is not None:
                team = session().get(CareTeam, ("mangshi", running.team_id))
                assert team is not None
                assert person.village in team.villages
                signed[person.key] = running
        assert len(signed) > 30
        assert signed.keys().isdisjoint(people.unsigned)
        assert {contract.package_code for contract in signed.values()} > {"basic"}


def test_accounts_of_clinicians_carry_their_licences(app: Flask) -> None:
    with app.app_context(), transaction():
        rows = session().scalars(
            select(Practitioner).where(Practitioner.county_id == "mangshi", Practitioner.licence != "")
        )
        licences = Counter(row.licence for row in rows)
        assert licences
        assert max(licences.values()) == 1


def test_production_refuses_invented_people(
    app: Flask, runner: FlaskCliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], production=True))
    refused = runner.invoke(args=["demo", "load"])
    assert refused.exit_code == 1
    assert "正式环境不能装演示人员" in refused.output


def test_the_stand_in_is_told_over_http_or_by_its_file(app: Flask, tmp_path: Path) -> None:
    with app.app_context(), transaction():
        here = pack("mangshi")
        people = wechat.holders(here, generate(here))
    assert {person.nickname for person in people} >= {"线岩保", "李永昌", "何秀英"}
    assert all(person.phone for person in people)
    with responses.RequestsMock() as mock:
        mock.post("http://127.0.0.1:8003/mock/people", json={"stored": len(people)})
        wechat.tell("http://127.0.0.1:8003", str(tmp_path), people)
        assert len(json.loads(mock.calls[0].request.body)["people"]) == len(people)
    assert not (tmp_path / "wechat-platform").exists()
    with responses.RequestsMock():  # nothing answers there
        wechat.tell("http://127.0.0.1:8003", str(tmp_path), people)
    kept = json.loads((tmp_path / "wechat-platform" / "people.json").read_text())
    assert kept[0] == {
        "openid": "demo-mangshi-xian-yanbao",
        "nickname": "线岩保",
        "county": "mangshi",
        "who": "居民 · 那目村 · 1959年",
        "phone": "19900006001",
    }


@pytest.mark.parametrize("county_id", ["xinmi", "mangshi"])
def test_sixty_are_followed_up_with_looks_behind_them_and_some_due_today(app: Flask, county_id: str) -> None:
    with app.app_context(), transaction() as current:
        population = generate(pack(county_id))
        records = [one.record_number for one in population.residents if not one.story]
        theirs = select(Resident.id).where(Resident.county_id == county_id, Resident.record_number.in_(records))
        plans = current.scalars(select(FollowUpPlan).where(FollowUpPlan.resident_id.in_(theirs))).all()
        assert len(plans) == 60
        assert len({plan.village_practitioner_id for plan in plans}) > 5
        mine = FollowUpVisit.plan_id.in_([plan.id for plan in plans])
        today = local_day(clock.now(current))
        visits = current.scalars(select(FollowUpVisit).where(mine)).all()
        done = [visit for visit in visits if visit.status == "done"]
        assert len(done) > 60
        assert {"controlled", "uncontrolled"} <= {visit.outcome for visit in done}
        due = [(visit.due_on - today).days for visit in visits if visit.status in ("planned", "asked")]
        assert (len(due), sum(1 for days in due if days < 0)) == (60, 1)
        assert due.count(0) >= 10
        story = [one.record_number for one in population.residents if one.story]
        people = select(Resident.id).where(Resident.county_id == county_id, Resident.record_number.in_(story))
        assert current.scalar(select(func.count()).where(FollowUpPlan.resident_id.in_(people))) == 0


@pytest.mark.parametrize("county", ["xinmi", "mangshi"])
def test_the_bureau_has_last_months_list_marked_as_a_sample(app: Flask, county: str) -> None:
    with app.app_context(), transaction():
        last = months_back(local_day(clock.now()).replace(day=1), 2)[0]
        (state,) = list_states(county, [last])
        assert (state.whole, state.sample) == (True, True)
        assert state.lines > 0
