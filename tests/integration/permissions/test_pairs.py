"""Two ids in one request, one of them another's; a batch with a stranger in it; fields that nobody asked for."""

import json
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from pydantic import BaseModel

from backend.kernel.roles import Role
from backend.people.resident_schemas import NewResident
from backend.prescriptions.schemas import WritingIn
from backend.store.base import Base
from tests.integration.desk.browser import ORIGIN
from tests.integration.permissions import oracle
from tests.integration.permissions.bodies import body_for
from tests.integration.permissions.walk import Walker, kept_as_it_was
from tests.integration.permissions.ways import ways_of
from tests.integration.permissions.world import SITES, World

COLUMNS = frozenset(column.name for table in Base.metadata.sorted_tables for column in table.columns)
"""Every column of every table: what somebody might try to set along with a form."""


@pytest.fixture
def walker(worlds: dict[str, World], monkeypatch: pytest.MonkeyPatch) -> Any:
    with kept_as_it_was(monkeypatch) as commits:
        yield Walker(worlds["xinmi"], worlds["mangshi"], oracle.read_record(), commits)


def plain(answer: Any) -> tuple[int, dict[str, Any]]:
    """An answer without the number of its request."""
    return answer.status_code, {name: value for name, value in answer.json.items() if name != "request_id"}


def nested(model: type[BaseModel]) -> set[type[BaseModel]]:
    found, waiting = set(), [model]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            for field in one.model_fields.values():
                waiting += [part for part in _parts(field.annotation) if isinstance(part, type)]
    return found


def _parts(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for inner in getattr(annotation, "__args__", ()) for found in _parts(inner)]


def test_no_body_takes_a_column_that_it_does_not_name(app: Flask) -> None:
    tried, taken = 0, []
    for model in {way.operation.body for way in ways_of(app) if way.operation.body is not None}:
        for part in nested(model):
            assert part.model_config.get("extra") == "forbid", part
        body = body_for(model)
        for name in sorted(COLUMNS - set(model.model_fields)):
            tried += 1
            try:
                model.model_validate(json.loads(json.dumps(body)) | {name: str(uuid4())})
            except ValueError:
                continue
            taken.append(f"{model.__name__}.{name}")
    print(f"{tried} fields tried, {len(taken)} taken")  # noqa: T201  the figure of the run
    assert taken == []
    assert tried > 1000


def test_a_field_too_many_is_refused_at_every_way_and_nothing_is_written(app: Flask, walker: Walker) -> None:
    """Also an id in the body beside the one in the address: the address alone says whose it is."""
    wrong = []
    for way in ways_of(app):
        model = way.operation.body
        if model is None or way.operation.action not in walker.matrix:
            continue
        role = next(iter(walker.matrix[way.operation.action]))
        walker.wear(role)
        who = walker.world.people["self" if role is Role.RESIDENT else "own"]
        path = way.rule.split("<", maxsplit=1)[0] + (str(uuid4()) if "<" in way.rule else "")
        path += way.rule.rsplit(">", 1)[1] if "<" in way.rule else ""
        extra = "county_id" if "resident_id" in model.model_fields else "resident_id"
        walker.commits.clear()
        answer = who.person.request(way.method, path, body_for(model) | {extra: str(walker.world.resident_id)})
        pointers = [one["pointer"] for one in (answer.json or {}).get("violations", ())]
        if answer.status_code != 422 or f"/{extra}" not in pointers or walker.commits:
            wrong.append(f"{way.name}: {answer.status_code} {pointers} {walker.commits}")
    assert wrong == []


def test_a_batch_with_one_stranger_in_it_does_nothing(app: Flask, walker: Walker) -> None:
    world, things = walker.world, walker.world.things
    walker.wear(Role.VILLAGE_DOCTOR)
    items = [
        {"prescription_id": str(one), "patient_paper": "id_card"}
        for one in (things["prescription_id"], walker.other.things["prescription_id"])
    ]
    answer = world.people["receiver"].person.post("/api/v1/drug-fetches", {"items": items})
    assert answer.status_code in (404, 409, 422), answer.text
    assert walker.commits == []
    walker.wear(Role.MEDICAL_OFFICE)
    for stranger in (walker.other.things["referral_id"], things["referral_id:draft"], uuid4()):
        desk = world.people["receiver"]
        headers = {"Origin": ORIGIN, "X-Guard-Word": desk.guard, "Idempotency-Key": uuid4().hex}
        path = f"/desk/answers/{things['referral_id']}/accept"
        many = desk.browser.client.post(path, data={"many": f"{things['referral_id']},{stranger}"}, headers=headers)
        assert many.status_code == 404, many.text
        assert walker.commits == []


def test_whoever_comes_brings_nobody_elses_referral(app: Flask, walker: Walker) -> None:
    walker.wear(Role.DESK_CLERK)
    things, clerk = walker.world.things, walker.world.people["stranger"].person
    base = {"category": "outpatient", "department": None}
    ghost = plain(clerk.post("/api/v1/arrivals", base | {"referral_id": str(uuid4())}))
    assert ghost[0] == 404
    for one in (things["referral_id"], things["referral_id:draft"], walker.other.things["referral_id"]):
        assert plain(clerk.post("/api/v1/arrivals", base | {"referral_id": str(one)})) == ghost
    nobody = plain(clerk.post("/api/v1/arrivals", base | {"resident_id": str(uuid4())}))
    abroad = base | {"resident_id": str(walker.other.resident_id)}
    assert plain(clerk.post("/api/v1/arrivals", abroad)) == nobody
    assert nobody[0] == 404
    draft = base | {"referral_id": str(things["referral_id:draft"])}
    assert plain(walker.world.people["receiver"].person.post("/api/v1/arrivals", draft)) == ghost
    assert walker.commits == []


def test_nobody_ends_anothers_sign_in(walker: Walker) -> None:
    neighbour = walker.world.people["neighbour"].person
    ghost = plain(neighbour.request("DELETE", f"/api/v1/sessions/{uuid4()}"))
    for one in (walker.world.things["session_id"], walker.other.things["session_id"]):
        assert plain(neighbour.request("DELETE", f"/api/v1/sessions/{one}")) == ghost
    assert ghost[0] == 404
    assert walker.commits == []


def test_a_filter_by_a_strangers_id_finds_nothing(walker: Walker) -> None:
    world = walker.world
    walker.wear(Role.FAMILY_DOCTOR)
    for path in ("contracts", "long-prescriptions"):
        for who in ("stranger", "village", "elsewhere"):
            found = world.people[who].person.get(f"/api/v1/{path}?resident_id={world.resident_id}")
            assert (found.status_code, found.json["items"]) == (200, []), (path, who)
    found = world.people["stranger"].person.get(f"/api/v1/contracts?team_id={world.team_id}")
    assert found.json["items"] == []


@pytest.mark.parametrize("who", ["neighbour", "for_oneself", "abroad", "stranger"])
def test_nobody_acts_for_a_stranger(walker: Walker, who: str) -> None:
    walker.wear(Role.FAMILY_DOCTOR)
    stranger = walker.other.resident_id if who != "abroad" else walker.world.resident_id
    answer = walker.world.people[who].person.get("/api/v1/home", **{"X-Acting-For": str(stranger)})
    assert (answer.status_code, answer.json["code"]) == (403, "not_your_family")


def test_villages_and_doctors_of_another_house_are_not_shared_out(walker: Walker) -> None:
    walker.wear(Role.PUBLIC_HEALTH)
    office = walker.world.people["village"].person
    body: dict[str, Any] = {"practitioner_id": str(walker.world.people["own"].practitioner_id), "villages": ["hexi"]}
    assert office.post("/api/v1/areas", body).json["code"] == "village_not_ours"
    body["villages"] = [SITES["xinmi"].home]
    strangers = [uuid4(), walker.world.people["own"].practitioner_id, walker.other.people["own"].practitioner_id]
    said = [plain(office.post("/api/v1/areas", body | {"practitioner_id": str(one)})) for one in strangers]
    assert said == [said[0]] * 3
    assert said[0][0] == 404
    new = body_for(NewResident) | {"village": "hexi"}
    assert office.post("/api/v1/residents", new).status_code in (403, 404, 422)
    assert walker.commits == []


def test_a_referral_takes_nobody_elses_records(app: Flask, worlds: dict[str, World], walker: Walker) -> None:
    """A draft of one's own patient with another patient's visit or papers among what is sent along."""
    world = worlds["xinmi"]
    walker.wear(Role.FAMILY_DOCTOR)
    doctor = world.people["granted"].person
    base = {"resident_id": str(world.resident_id), "to_institution": "first-hospital", "category": "outpatient"}
    for strange in (uuid4(), walker.other.things["visit_id"]):
        assert doctor.post("/api/v1/referrals", base | {"visit_id": str(strange)}).json["code"] == "visit_not_found"
        wrong = base | {"records": [{"kind": "visit", "id": str(strange)}]}
        assert doctor.post("/api/v1/referrals", wrong).json["code"] == "record_not_found"
    assert walker.commits == []


def test_a_doctor_whose_contract_ended_sees_the_old_prescription_and_not_the_record(walker: Walker) -> None:
    """The renewal stayed on the list and answered 404; the values of somebody else's patient stay out of it."""
    walker.wear(Role.FAMILY_DOCTOR)
    path = f"/api/v1/prescription-renewals/{walker.world.things['renewal_id']}"
    doctor = walker.world.people["own"].person
    assert str(walker.world.things["renewal_id"]) in doctor.get("/api/v1/prescription-renewals").text
    seen = doctor.get(path)
    assert seen.status_code == 200, seen.text
    assert (seen.json["readings"], seen.json["actions"]) == ([], ["decline"])
    renewed = doctor.post(f"{path}/renew", body_for(WritingIn))
    assert (renewed.status_code, renewed.json["code"]) == (403, "not_in_care")
    assert doctor.post(f"{path}/decline", {"reason": "goal_not_met", "words": "请找现在的医生"}).status_code == 200


def test_nobody_sends_another_houses_clinician_on_leave(walker: Walker) -> None:
    walker.wear(Role.MEDICAL_OFFICE)
    office = walker.world.people["receiver"].person
    body = {"from_on": "2026-12-30", "until_on": "2026-12-31", "reason": "sick"}
    strangers = [uuid4(), walker.world.people["own"].practitioner_id, walker.other.people["receiver"].practitioner_id]
    said = [plain(office.post("/api/v1/leaves", body | {"practitioner_id": str(one)})) for one in strangers]
    assert said == [said[0]] * 3
    assert said[0][0] in (404, 422)
    assert walker.commits == []
