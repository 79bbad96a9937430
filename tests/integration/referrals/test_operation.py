"""A referral for an operation: the places are those that may do it, another is flagged. XM-5.4e, MS-3."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from backend.alliance import reach
from backend.alliance.queries import pack
from backend.store.audit import AuditEvent
from backend.store.db import transaction
from tests.integration.desk.browser import browser_of
from tests.integration.referrals.rig import Cast, nothing_foreign

SOURCE = {"xinmi": "XM-5.4e", "mangshi": "MS-3"}
FRACTURE: dict[str, Any] = {
    "diagnosis_code": "S52",
    "diagnosis_text": "前臂骨折",
    "indication": "limited",
    "standard": None,
    "article": None,
    "to_department": "orthopedics",
}


def options(cast: Cast, **asked: Any) -> dict[str, Any]:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    answer = cast.doctor.get(f"/api/v1/residents/{cast.patient_id}/referral-options?{query}")
    assert answer.status_code == 200, answer.json
    return answer.json


@pytest.mark.clause("XM-5.4e")
@pytest.mark.clause("MS-3")
def test_only_who_may_do_it_is_offered_nearest_first(cast: Cast) -> None:
    cast.open_visit()
    plain = options(cast, diagnosis_code="S52")
    assert cast.places.other_hospital in {one["institution"] for one in plain["choices"]}
    found = options(cast, diagnosis_code="S52", surgery_grade=3, technique="joint-replacement")
    able = [one["institution"] for one in found["choices"]]
    assert able[0] == cast.places.hospital
    assert cast.places.other_hospital not in able, "it does operations of the second grade"
    assert "三级手术" in "".join(found["own_beyond"])
    assert {one["code"] for one in found["techniques"]} >= {"joint-replacement", "pci"}
    without = options(cast, technique="pci")
    with cast.app.app_context(), transaction():
        for one in without["choices"]:
            assert reach.may_treat(pack(cast.county), one["institution"], None, technique="pci")
    unknown = cast.doctor.get(f"/api/v1/residents/{cast.patient_id}/referral-options?technique=moon-laser")
    assert (unknown.status_code, unknown.json["code"]) == (422, "no_technique")


@pytest.mark.clause("XM-5.4e")
@pytest.mark.clause("MS-3")
@pytest.mark.clause("MS-2.1")
def test_a_house_that_may_not_is_flagged_to_both_sides_and_stands_in_nobodys_way(cast: Cast) -> None:
    draft = cast.draft(**FRACTURE, to_institution=cast.places.other_hospital, surgery_grade=3)
    assert draft["problems"] == []
    [flag] = draft["flags"]
    assert (flag["rule"], flag["source"]["id"]) == ("referral.out_of_scope", SOURCE[cast.county])
    assert "做不了三级手术" in flag["text"]
    with cast.app.app_context(), transaction():
        hospital = pack(cast.county).institutions.institution(cast.places.hospital).name
    assert hospital in flag["instead"]
    sent = cast.submit(draft["id"])
    nothing_foreign(cast, sent)
    assert (sent.status_code, sent.json["surgery_grade"]) == (200, 3), sent.json
    [kept] = trace(cast, draft["id"])
    assert (kept["chosen"], kept["rules"]) == (cast.places.other_hospital, ["referral.out_of_scope"])
    assert hospital in kept["who_can"]
    desk = browser_of(cast.app, other_clerk(cast))
    page = desk.text(f"/desk/answers/{draft['id']}")
    assert "做不了三级手术" in page
    assert hospital in page
    assert "三级手术" in page


def test_it_is_consented_to_and_what_says_none_is_hashed_as_before(cast: Cast) -> None:
    from backend.referrals.content import content_of
    from backend.referrals.models import Referral

    plain = cast.draft(**FRACTURE)["id"]
    with cast.app.app_context(), transaction() as current:
        row = current.get_one(Referral, (cast.county, UUID(plain)))
        before = content_of(row).digest
        row.technique = "joint-replacement"
        assert content_of(row).digest != before
        row.technique = None
        assert content_of(row).digest == before


def test_it_is_taken_back_by_name(cast: Cast) -> None:
    made = cast.draft(**FRACTURE, surgery_grade=3, technique="joint-replacement")
    assert made["technique"]["name"] == "人工关节置换"
    path = f"/api/v1/referrals/{made['id']}"
    cleared = cast.doctor.request("PUT", path, {"cleared": ["surgery_grade", "technique"]})
    assert (cleared.json["surgery_grade"], cleared.json["technique"]) == (None, None), cleared.json


def trace(cast: Cast, referral: str) -> list[dict[str, Any]]:
    with cast.app.app_context(), transaction() as current:
        query = select(AuditEvent.detail).where(
            AuditEvent.entity_id == UUID(referral), AuditEvent.action == "referral.flag"
        )
        return list(current.scalars(query))


def other_clerk(cast: Cast) -> Any:
    from backend.kernel.roles import Role
    from tests import factories

    return factories.staff_person(cast.app, cast.places.other_hospital, Role.DESK_CLERK, county_id=cast.county)[0]
