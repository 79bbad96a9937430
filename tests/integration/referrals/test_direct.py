"""Went above by themselves: told at the desk, by phone or by the person, asked after, and never a certificate."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from backend.alliance.queries import pack
from backend.kernel.clock import local_day
from backend.kernel.roles import Role
from backend.referrals.models_certificate import ReferralCertificate
from backend.referrals.models_direct import DirectVisit
from backend.referrals.numbers import read_number
from backend.store import clock
from backend.store.db import transaction
from backend.worklist.models import Task
from tests import factories
from tests.integration.referrals.down_rig import Down, make_down
from tests.integration.referrals.rig import Cast, nothing_foreign, signer

LEVEL = {"xinmi": "city", "mangshi": "prefecture"}


def ago(app, days: int) -> str:
    with app.app_context(), transaction() as current:
        return (local_day(clock.now(current)) - timedelta(days=days)).isoformat()


def going(cast: Cast, days: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "resident_id": str(cast.patient_id),
        "hospital": "外面的大医院",
        "level": LEVEL[cast.county],
        "kind": "stay",
        "went_on": ago(cast.app, days),
        "reason": "trust",
    } | changes


@pytest.mark.clause("MS-4.2.3d")
@pytest.mark.clause("MS-4.2.3e")
def test_the_person_tells_it_and_reads_what_changes(cast: Cast) -> None:
    options = cast.patient.get("/api/v1/direct-visits/options").json
    assert {one["code"] for one in options["levels"]} == {LEVEL[cast.county], "province"}
    made = cast.patient.post("/api/v1/direct-visits", going(cast))
    assert made.status_code == 201, made.json
    nothing_foreign(cast, made)
    body = made.json
    assert (body["told_how"], body["late"], body["registered_at_name"]) == ("self", False, None)
    words = "".join(body["changes"])
    assert "看病不受影响" in words
    assert "报销比例少" in words
    assert "医保说一声" in words, "what to do about the insurance"
    assert "事后也不补开证明" in words
    assert read_number(body["number"]) is None, "no desk takes it for a certificate"
    with cast.app.app_context(), transaction() as current:
        assert current.query(ReferralCertificate).filter_by(resident_id=cast.patient_id).count() == 0
    again = cast.patient.post("/api/v1/direct-visits", going(cast))
    assert (again.status_code, again.json["code"]) == (409, "registered_before")
    [kept] = cast.patient.get("/api/v1/direct-visits").json["items"]
    assert kept["number"] == body["number"]


@pytest.mark.clause("MS-4.2.3d")
def test_late_asks_for_a_reason_and_names_the_countys_setting(cast: Cast) -> None:
    refused = cast.clerk.post("/api/v1/direct-visits", going(cast, 10))
    assert (refused.status_code, refused.json["code"]) == (422, "late_reason")
    assert "补登记" in refused.json["detail"]
    assert "本县设置" in refused.json["detail"]
    made = cast.clerk.post("/api/v1/direct-visits", going(cast, 10, late_reason="away", by_phone=True))
    assert made.status_code == 201, made.json
    assert (made.json["late"], made.json["late_reason"], made.json["told_how"]) == (True, "本来就在外地", "phone")
    in_time = cast.clerk.post("/api/v1/direct-visits", going(cast, 3, late_reason="away"))
    assert (in_time.status_code, in_time.json["late"], in_time.json["late_reason"]) == (201, False, None)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"level": "county"}, "not_above"),
        ({"level": "moon"}, "not_above"),
        ({"reason": "because"}, "no_reason"),
        ({"days": -1}, "date_to_come"),
        ({"days": 400}, "too_long_ago"),
    ],
)
def test_what_cannot_be_written_down_is_refused_with_what_to_do(cast: Cast, changes, code) -> None:
    given = dict(changes)
    refused = cast.doctor.post("/api/v1/direct-visits", going(cast, given.pop("days", 1), **given))
    assert (refused.status_code, refused.json["code"]) == (422, code), refused.json


def test_the_same_hospital_by_another_of_its_names_is_the_same_going_out(cast: Cast) -> None:
    whole = {"xinmi": "郑州市中心医院", "mangshi": "德宏州人民医院"}[cast.county]
    options = cast.patient.get("/api/v1/direct-visits/options").json
    assert whole in {one["name"] for one in options["hospitals"]}
    assert cast.clerk.post("/api/v1/direct-visits", going(cast, hospital=whole)).status_code == 201
    with cast.app.app_context(), transaction():
        short = next(one.short_name for one in pack(cast.county).institutions.institutions if one.name == whole)
    assert cast.patient.post("/api/v1/direct-visits", going(cast, hospital=short)).status_code == 409


def test_the_named_family_doctor_asks_how_they_are(app, morning) -> None:
    for county in ("xinmi", "mangshi"):
        down: Down = make_down(app, county)
        clerk = signer(app, down.places.hospital, Role.DESK_CLERK, county=county)
        made = clerk.post("/api/v1/direct-visits", going(down))
        assert made.status_code == 201, made.json
        [task] = down.rows(Task, Task.focus_id == UUID(made.json["id"]))
        assert task.practitioner_id == down.team.leader_id
        assert (task.due_at - clock_now(app)).days in (6, 7)
        listed = down.team.leader.get("/api/v1/direct-visits").json["items"]
        assert made.json["id"] in {one["id"] for one in listed}, "the doctor who asks may read it"


def clock_now(app) -> Any:
    with app.app_context(), transaction() as current:
        return clock.now(current)


def test_without_a_doctor_the_township_or_the_bureau_asks(cast: Cast) -> None:
    at_home = cast.clerk.post("/api/v1/direct-visits", going(cast))
    unknown, resident_id = factories.resident_person(cast.app, cast.county, village="v-nowhere")
    lost = unknown.post("/api/v1/direct-visits", going(cast, resident_id=str(resident_id)))
    with cast.app.app_context(), transaction() as current:
        tasks = {one.focus_id: one for one in current.query(Task).filter(Task.kind == "referral.direct_visit")}
        first, second = tasks[UUID(at_home.json["id"])], tasks[UUID(lost.json["id"])]
        assert (first.role, first.institution) == ("family_doctor", cast.places.township)
        assert second.role == "bureau"


def test_nobody_writes_down_or_reads_about_another(cast: Cast) -> None:
    stranger, _ = factories.resident_person(cast.app, cast.county)
    assert stranger.post("/api/v1/direct-visits", going(cast)).status_code == 404
    made = cast.clerk.post("/api/v1/direct-visits", going(cast))
    assert stranger.get("/api/v1/direct-visits").json["items"] == []
    other = signer(cast.app, cast.places.other_hospital, Role.DESK_CLERK, county=cast.county)
    assert made.json["id"] not in {one["id"] for one in other.get("/api/v1/direct-visits").json["items"]}
    with cast.app.app_context(), transaction() as current:
        assert current.query(DirectVisit).filter_by(resident_id=cast.patient_id).count() == 1
