"""What was told of a hospital outside was typed wrongly: struck with a reason, still read, told anew. XM-5.5."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from backend.kernel.clock import local_day
from backend.kernel.roles import Role
from backend.referrals.models import Referral
from backend.referrals.models_certificate import Arrival
from backend.store.audit import AuditEvent
from backend.store.db import session, transaction
from tests.integration.referrals.rig import Cast, nothing_foreign, rules, signer
from tests.integration.referrals.test_outside import expire, issued, later, tasks, tell, today

WHY = "把日期记错了"


def strike(cast: Cast, referral: str, report: str, who: Any = None, reason: str = WHY) -> Any:
    body = {"report_id": report, "reason": reason}
    return (who or cast.doctor).post(f"/api/v1/referrals/{referral}/outside-news/strike", body)


def newest(told: Any) -> str:
    assert told.status_code == 200, told.json
    return told.json["outside_news"][0]["id"]


def register(app: Flask, referral: str) -> list[Arrival]:
    with app.app_context():
        return list(session().scalars(select(Arrival).where(Arrival.referral_id == UUID(referral))))


@pytest.mark.clause("XM-5.5")
@pytest.mark.clause("MS-4.2.3d")
def test_a_result_told_wrongly_is_struck_and_the_chase_comes_back(app: Flask, cast: Cast) -> None:
    referral = issued(cast)
    newest(tell(cast, referral, came_on=today(app)))
    wrong = newest(tell(cast, referral, ending="seen", ended_on=today(app), summary="换了药"))
    assert {one.status for one in tasks(app, referral)} == {"done"}
    assert "outside_strike" in cast.read(referral)["actions"]
    done = strike(cast, referral, wrong)
    assert done.status_code == 200, done.json
    assert (done.json["status"], done.json["result"], done.json["end_reason"]) == ("arrived", None, None)
    struck, kept = done.json["outside_news"]
    assert (struck["id"], struck["strike_reason"]) == (wrong, WHY)
    assert struck["struck_at"] and struck["struck_by"] and struck["summary"] == "换了药", "still to be read"
    assert kept["struck_at"] is None
    assert "到的" in done.json["now"]["detail"]
    assert [(one.status, one.detail["stage"]) for one in tasks(app, referral)][-1] == ("open", "came")
    right = tell(cast, referral, ending="discharged", ended_on=today(app), summary="住院三天")
    assert right.json["status"] == "closed"
    assert "住院三天" in right.json["result"]
    assert "换了药" not in right.json["result"]
    with app.app_context():
        trail = session().scalars(select(AuditEvent).where(AuditEvent.entity_id == UUID(wrong))).all()
    assert {one.action for one in trail} == {"referral.outside_news", "referral.outside_strike"}
    home = cast.read(referral, cast.patient)
    assert [bool(one["struck_at"]) for one in home["outside_news"]] == [False, True, False]


@pytest.mark.clause("XM-5.5")
@pytest.mark.clause("MS-4.2.3d")
def test_an_arrival_told_wrongly_leaves_the_register_and_gives_the_stay_back(app: Flask, cast: Cast) -> None:
    referral = issued(cast)
    before = cast.patient.get(f"/api/v1/referrals/{referral}/certificate").json["uses_left"]
    wrong = newest(tell(cast, referral, came_on=today(app), category="stay"))
    used = cast.patient.get(f"/api/v1/referrals/{referral}/certificate").json["uses_left"]
    assert len(register(app, referral)) == 1
    done = strike(cast, referral, wrong)
    assert done.status_code == 200, done.json
    assert done.json["status"] == "issued"
    assert register(app, referral) == []
    left = cast.patient.get(f"/api/v1/referrals/{referral}/certificate").json
    assert (left["uses_left"], left["state"]) == (before, "valid")
    assert before is None or used == before - 1
    with app.app_context():
        assert session().get_one(Referral, (cast.county, UUID(referral))).arrived_at is None
    assert [(one.status, one.detail["stage"]) for one in tasks(app, referral)][-1] == ("open", "issued")
    assert "withdraw" in done.json["actions"]
    again = tell(cast, referral, came_on=today(app), category="stay")
    assert (again.status_code, again.json["status"]) == (200, "arrived"), again.json


def test_one_told_after_its_days_expires_again_and_is_asked_about_again(app: Flask, cast: Cast) -> None:
    referral = issued(cast)
    went = today(app, 1)
    expire(app, cast, referral)
    wrong = newest(tell(cast, referral, came_on=went, ending="seen", ended_on=today(app)))
    done = strike(cast, referral, wrong)
    assert (done.status_code, done.json["status"], done.json["result"]) == (200, "issued", None), done.json
    expire(app, cast, referral)
    assert [(one.status, one.detail["stage"]) for one in tasks(app, referral)][-1] == ("open", "expired")
    told = tell(cast, referral, came_on=went)
    assert (told.status_code, told.json["status"]) == (200, "arrived"), told.json


def test_that_they_did_not_go_is_taken_back(app: Flask, cast: Cast) -> None:
    referral = issued(cast)
    expire(app, cast, referral)
    wrong = newest(tell(cast, referral, not_gone=True))
    assert "没有去" in cast.read(referral)["now"]["detail"]
    done = strike(cast, referral, wrong)
    assert done.json["status"] == "expired"
    assert "还不知道" in done.json["now"]["detail"]
    assert tasks(app, referral)[-1].status == "open"


def test_an_arrival_under_a_result_is_struck_after_it_and_nothing_twice(app: Flask, cast: Cast) -> None:
    referral = issued(cast)
    came = newest(tell(cast, referral, came_on=today(app)))
    over = newest(tell(cast, referral, ending="seen", ended_on=today(app)))
    refused = strike(cast, referral, came)
    assert rules(refused) == {"referral.outside_strike_order": "S-receiving"}
    nothing_foreign(cast, refused)
    assert [strike(cast, referral, one).status_code for one in (over, over, came, came)] == [200, 409, 200, 409]
    assert cast.read(referral)["status"] == "issued"
    assert strike(cast, referral, came, reason="").status_code in (400, 422)


def test_of_two_visits_the_other_stays(app: Flask, cast: Cast) -> None:
    referral = issued(cast)
    first = today(app)
    newest(tell(cast, referral, came_on=first))
    later(app, days=2)
    second = newest(tell(cast, referral, came_on=today(app)))
    done = strike(cast, referral, second)
    assert done.json["status"] == "arrived"
    [left] = register(app, referral)
    with app.app_context():
        at = session().get_one(Referral, (cast.county, UUID(referral))).arrived_at
    assert (local_day(left.at).isoformat(), at) == (first, left.at)


def test_only_the_treating_doctor_strikes(app: Flask, cast: Cast) -> None:
    referral = issued(cast)
    told = newest(tell(cast, referral, came_on=today(app)))
    colleague = signer(app, cast.places.township, Role.MEDICAL_OFFICE, county=cast.county)
    other = signer(app, cast.places.township, Role.FAMILY_DOCTOR, county=cast.county)
    for who in (colleague, other, cast.patient):
        assert strike(cast, referral, told, who).status_code in (403, 404)
    assert "outside_strike" not in cast.read(referral, cast.patient)["actions"]
    assert len(register(app, referral)) == 1


def test_the_database_strikes_nothing_without_who_and_why(app: Flask, cast: Cast) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import IntegrityError

    referral = issued(cast)
    told = newest(tell(cast, referral, came_on=today(app)))
    with app.app_context(), pytest.raises(IntegrityError, match="ck_outside_report_struck"), transaction() as current:
        current.execute(text("UPDATE outside_report SET struck_at = liandong_now() WHERE id = :id"), {"id": told})
