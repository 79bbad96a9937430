"""The home of whom a doctor sends on: an emergency goes before every paper, and a yes asks for a time."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from backend.alliance.queries import pack
from backend.people.models import RelatedPerson
from backend.referrals.models import Referral
from backend.store import clock
from backend.store.db import transaction
from tests import factories
from tests.integration.referrals.conftest import cast, morning
from tests.integration.referrals.rig import Cast
from tests.integration.referrals.test_further_visit import book, slots

__all__ = ["cast", "morning"]


def home(cast: Cast) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the patient is to do next, and how the referral stands under way."""
    body = cast.patient.get("/api/v1/home").json
    [row] = [one for one in body["under_way"] if one["kind"] == "referral"]
    return body["next"], row


def goes_now(cast: Cast, referral: str) -> None:
    following, row = home(cast)
    assert (following["kind"], following["title"]) == ("emergency", "现在就去急诊，病情重打 120")
    assert following["phone"] == "120"
    assert referral in following["page"]
    now = cast.read(referral, cast.patient)["now"]
    assert (now["code"], now["title"], now["urgent_phone"]) == ("go_now", following["title"], "120")
    assert row["text"] == now["title"]
    with cast.app.app_context():
        house = pack(cast.county).institutions.institution(cast.places.hospital)
    assert house.desk is not None
    assert (now["who"], now["phone"]) == (house.name, house.desk.phones[-1])
    assert house.name in following["text"]
    assert "手续" in following["text"] and "手续" in now["next"]


@pytest.mark.clause("MS-4.2.1")
def test_an_emergency_goes_first_and_the_papers_follow(cast: Cast) -> None:
    referral = cast.submitted(indication="critical", article=1, to_department="emergency")
    goes_now(cast, referral)
    assert "同意书" in cast.read(referral, cast.patient)["now"]["next"], "it is still theirs to sign, later"
    assert cast.consent(referral).status_code == 200
    goes_now(cast, referral)
    assert cast.read(referral, cast.head)["now"]["title"] == "请您签字", "whoever signs reads their own part"
    assert cast.read(referral)["now"]["urgent_phone"] == ""
    cast.sign_all(referral)
    goes_now(cast, referral)
    came = cast.clerk.post("/api/v1/arrivals", {"category": "stay", "referral_id": referral})
    assert came.status_code == 201, came.json
    assert cast.read(referral, cast.patient)["now"]["code"] == "arrived"
    assert cast.patient.get("/api/v1/home").json["next"]["kind"] != "emergency"


@pytest.mark.clause("XM-5.4b")
@pytest.mark.clause("MS-4.2.1")
def test_a_yes_without_a_time_asks_for_one_and_says_nothing_of_a_time_that_is_not_there(cast: Cast) -> None:
    referral = cast.submitted()
    assert cast.consent(referral).status_code == 200
    assert home(cast)[0]["kind"] != "choose_time", "the hospital has not answered"
    assert cast.accept(referral).status_code == 200
    following, _ = home(cast)
    assert (following["kind"], following["title"]) == ("choose_time", "选个时间去看")
    assert following["page"] == f"/features/booking/pages/places?referral={referral}"
    cast.sign_all(referral)
    following, row = home(cast)
    assert following["kind"] == "choose_time"
    assert (row["tag"], row["text"]) == ("证明开好了", "还没选时间，证明在手机里")
    [slot] = slots(cast, 1, in_days=3, department="cardiology")
    booked = book(cast, referral, slot)
    assert booked.status_code == 201, booked.json
    following, row = home(cast)
    assert following["kind"] != "choose_time"
    assert row["text"] == "按约好的时间去，证明在手机里"
    assert row["title"].endswith("心血管内科")
    under_way = cast.patient.get("/api/v1/home").json["under_way"]
    [place] = [one for one in under_way if one["kind"] == "appointment"]
    assert "心血管内科 · " in place["text"]
    assert cast.patient.post(f"/api/v1/appointments/{booked.json['id']}/cancel").status_code == 200
    assert home(cast)[0]["kind"] == "choose_time"


def test_what_the_hospital_wrote_back_stands_at_home(cast: Cast) -> None:
    referral = cast.issued()
    assert cast.clerk.post("/api/v1/arrivals", {"category": "outpatient", "referral_id": referral}).status_code == 201
    assert home(cast)[1]["tag"] == "在办", "the hospital has them"
    assert cast.clerk.post(f"/api/v1/referrals/{referral}/result", {"result": "看过了，回去吃药"}).status_code == 200
    row = home(cast)[1]
    assert row["tag"] == "结果来了" and referral in row["page"]
    with cast.app.app_context(), transaction() as current:
        current.execute(
            update(Referral)
            .where(Referral.county_id == cast.county, Referral.id == UUID(referral))
            .values(ended_at=Referral.ended_at - timedelta(days=8))
        )
    assert not [one for one in cast.patient.get("/api/v1/home").json["under_way"] if one["kind"] == "referral"]


def test_a_bed_is_no_time_to_choose(cast: Cast) -> None:
    cast.issued(category="stay")
    following, row = home(cast)
    assert following["kind"] != "choose_time"
    assert "约好的时间" not in row["text"] and "床位" in row["text"]


def test_a_place_is_said_to_be_kept_only_where_there_is_one(cast: Cast) -> None:
    referral = cast.submitted()
    assert cast.consent(referral).status_code == 200
    assert cast.read(referral, cast.patient)["now"]["detail"] == "到时没签我们会催，不用您跑"
    assert cast.accept(referral).status_code == 200
    [slot] = slots(cast, 1, in_days=1, department="cardiology")
    assert book(cast, referral, slot).status_code == 201
    assert cast.read(referral, cast.patient)["now"]["detail"] == "号一直给您留着，慢了也不会丢"


def test_a_son_is_told_at_home_that_something_waits_for_his_mother(cast: Cast) -> None:
    with cast.app.app_context(), transaction() as current:
        mother = current.get_one(factories.Resident, (cast.county, cast.patient_id))
        own = factories.make_resident(current, cast.county)
        account = factories.make_account(current, cast.county, resident=own)
        factories.make_family(current, mother, account, kind="proxy", relation="儿子")
        name = mother.name
    son = factories.sign_in(cast.app, account)
    stranger, _ = factories.resident_person(cast.app, cast.county)
    assert son.get("/api/v1/home").json["family"] == [], "nothing waits yet"
    cast.submitted()
    told = son.get("/api/v1/home").json
    assert told["family"] == [{"resident_id": str(cast.patient_id), "name": name, "due": 1}]
    assert told["resident_id"] != str(cast.patient_id)
    assert cast.patient.get("/api/v1/home").json["family"] == []
    assert stranger.get("/api/v1/home").json["family"] == [], "nobody else hears of it"
    with cast.app.app_context(), transaction() as current:
        current.execute(
            update(RelatedPerson).where(RelatedPerson.account_id == account.id).values(revoked_at=clock.now(current))
        )
    assert son.get("/api/v1/home").json["family"] == [], "who may no longer act is no longer told"
