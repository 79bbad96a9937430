"""Went by themselves to a house that is in the county, and somebody who has died is asked after by nobody."""

from datetime import timedelta

from sqlalchemy import select

from backend.alliance.queries import pack
from backend.kernel.clock import local_day
from backend.kernel.ids import new_id
from backend.kernel.roles import Role
from backend.records.service import grant
from backend.store import clock
from backend.store.db import transaction
from backend.worklist.models import Task
from tests.integration.referrals.rig import Cast, signer
from tests.integration.referrals.test_direct import going


def asked_after(cast: Cast) -> list[str]:
    with cast.app.app_context(), transaction() as current:
        query = select(Task.status).where(Task.kind == "referral.direct_visit", Task.resident_id == cast.patient_id)
        return list(current.scalars(query))


def test_a_hospital_of_the_county_is_none_above_whatever_level_is_said(cast: Cast) -> None:
    with cast.app.app_context(), transaction():
        own = pack(cast.county).institutions.institution(cast.places.hospital)
    for said in (own.name, own.short_name, own.code):
        refused = cast.patient.post("/api/v1/direct-visits", going(cast, hospital=said))
        assert (refused.status_code, refused.json["code"]) == (422, "not_above"), refused.json
    assert asked_after(cast) == []


def test_a_hospital_that_the_county_knows_keeps_its_own_level(cast: Cast) -> None:
    options = cast.patient.get("/api/v1/direct-visits/options").json
    known = next(one for one in options["hospitals"] if one["level"] == "province")
    made = cast.patient.post("/api/v1/direct-visits", going(cast, hospital=known["name"]))
    assert made.status_code == 201, made.json
    with cast.app.app_context(), transaction():
        assert made.json["level_name"] == pack(cast.county).county.level("province").name


def test_who_has_died_is_asked_after_by_nobody(cast: Cast) -> None:
    assert cast.patient.post("/api/v1/direct-visits", going(cast, 2)).status_code == 201
    assert asked_after(cast) == ["open"]
    with cast.app.app_context(), transaction() as current:
        today = local_day(clock.now(current))
    village = signer(cast.app, cast.places.clinic, Role.VILLAGE_DOCTOR, county=cast.county)
    with cast.app.app_context(), transaction():
        grant(cast.county, cast.patient_id, "contract", new_id(), [f"institution:{cast.places.clinic}"])
    died = {"died_on": (today - timedelta(days=1)).isoformat(), "papers_seen": True}
    done = village.post(f"/api/v1/residents/{cast.patient_id}/corrections", died)
    assert done.status_code == 200, done.json
    assert asked_after(cast) == ["done"]
    late = cast.clerk.post("/api/v1/direct-visits", going(cast, 3, hospital="另一家大医院"))
    assert late.status_code == 201, late.json
    assert asked_after(cast) == ["done"], "it counts, and nobody phones the family"
    never = cast.clerk.post("/api/v1/direct-visits", going(cast, 0))
    assert (never.status_code, never.json["code"]) == (422, "died_before")
