"""A hospital outside has no desk here: asked by telephone, and what came of it is told. XM-5.5, MS-4.2.3d."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask

from backend.kernel.clock import SHANGHAI, local_day
from backend.kernel.roles import Role
from backend.oversight.referral_counts import referral_rows
from backend.referrals.models import Referral
from backend.referrals.sweeping import sweep
from backend.store import clock
from backend.store.db import session, transaction
from backend.worklist.models import Task
from backend.worklist.service import escalate_overdue
from tests.integration.referrals.rig import Cast, nothing_foreign, rules, signer

PAPER = {"xinmi": "XM-5.5", "mangshi": "MS-4.2.3d"}
NEWS = "referral.outside_news"


def sent(cast: Cast, **changes: object) -> str:
    cast.open_visit()
    options = cast.doctor.get(f"/api/v1/residents/{cast.patient_id}/referral-options?diagnosis_code=Z94").json
    partner = next(one["institution"] for one in options["choices"] if one["outside"] and one["partner"])
    return cast.submitted(
        **{
            "to_institution": partner,
            "to_department": None,
            "diagnosis_code": "Z94",
            "diagnosis_text": "肾移植后",
            "indication": "limited",
            "standard": None,
            "article": None,
            "skip_reason": "not-able-nearby",
        }
        | changes
    )


def phone(cast: Cast, referral: str, **body: object):
    said = {"accept": True, "contact": "医务科 王老师", "phone": "0371-6000000"} | body
    return cast.doctor.post(f"/api/v1/referrals/{referral}/answer-by-phone", said)


def issued(cast: Cast) -> str:
    referral = sent(cast)
    for answer in (cast.consent(referral), phone(cast, referral)):
        assert answer.status_code == 200, answer.json
    cast.sign_all(referral)
    assert cast.read(referral)["status"] == "issued"
    return referral


def tell(cast: Cast, referral: str, who=None, **body: object):
    said = {"source": "family", "told_by": "女儿"} | body
    return (who or cast.doctor).post(f"/api/v1/referrals/{referral}/outside-news", said)


def today(app: Flask, days: int = 0) -> str:
    with app.app_context():
        return (local_day(clock.now()) + timedelta(days=days)).isoformat()


def later(app: Flask, **time: int) -> None:
    with app.app_context(), transaction() as current:
        clock.turn(current, timedelta(**time))


def tasks(app: Flask, referral: str, kind: str = NEWS) -> list[Task]:
    with app.app_context():
        found = session().query(Task).filter(Task.focus_id == UUID(referral), Task.kind == kind)
        return list(found.order_by(Task.created_at))


def expire(app: Flask, cast: Cast, referral: str) -> None:
    until = cast.read(referral)["certificate"]["valid_until"]
    with app.app_context(), transaction() as current:
        left = clock.now(current).astimezone(SHANGHAI)
        days = (local_day(left).fromisoformat(until) - local_day(left)).days + 1
        clock.turn(current, timedelta(days=days))
        sweep(current, cast.county)
    assert cast.read(referral)["status"] == "expired"


def test_the_doctor_is_given_what_to_ask_and_writes_who_said_what_when(app: Flask, cast: Cast) -> None:
    referral = sent(cast)
    [task] = tasks(app, referral, "referral.answer")
    assert task.detail["phone"] is True
    seen = cast.read(referral)
    assert "answer_outside" in seen["actions"]
    assert "answer_outside" not in cast.read(referral, cast.patient)["actions"]
    asked = cast.doctor.get(f"/api/v1/referrals/{referral}/answer-by-phone").json
    assert asked["house"]["code"] == seen["to_place"]["code"]
    assert asked["departments"] and asked["decline_reasons"] and asked["others"]
    assert asked["house"]["code"] not in {one["code"] for one in asked["others"]}
    ahead = phone(cast, referral, said_at="2099-01-01T08:00:00+08:00")
    assert ahead.json["code"] == "said_later"
    with app.app_context():
        before = (clock.now() - timedelta(hours=2)).isoformat()
    said = phone(cast, referral, said_at=before, department=asked["departments"][0]["code"], day=today(app, 3))
    assert said.status_code == 200, said.json
    assert said.json["answer"]["contact"] == "医务科 王老师 0371-6000000"
    assert datetime.fromisoformat(said.json["answer"]["said_at"]) == datetime.fromisoformat(before)
    assert said.json["to_place"]["department"] == asked["departments"][0]["code"]
    assert said.json["wanted_on"] == today(app, 3)
    assert "answer_outside" not in said.json["actions"]


def test_a_no_on_the_telephone_names_a_reason_and_another_way(app: Flask, cast: Cast) -> None:
    referral = sent(cast)
    asked = cast.doctor.get(f"/api/v1/referrals/{referral}/answer-by-phone").json
    broken = phone(cast, referral, accept=False)
    assert "referral.decline_reason_required" in rules(broken)
    nothing_foreign(cast, broken)
    no = phone(
        cast, referral, accept=False, reason="not-our-ability", alternative_institution=asked["others"][0]["code"]
    )
    assert no.status_code == 200, no.json
    assert no.json["answer"]["alternative_name"] == asked["others"][0]["name"]
    assert [one.status for one in tasks(app, referral, "referral.redirect")] == ["open"]


@pytest.mark.clause("XM-5.5")
@pytest.mark.clause("MS-4.2.3d")
def test_what_the_family_tells_goes_the_way_of_every_arrival_and_stays_marked(app: Flask, cast: Cast) -> None:
    referral = issued(cast)
    [ask] = tasks(app, referral)
    assert (ask.status, str(ask.practitioner_id), len(ask.ladder)) == ("open", cast.read(referral)["doctor"]["id"], 2)
    came = tell(cast, referral, came_on=today(app))
    assert came.status_code == 200, came.json
    assert came.json["status"] == "arrived"
    assert "医院没有在这里确认" in came.json["now"]["detail"]
    assert [one.outcome or one.status for one in tasks(app, referral)] == ["arrived", "open"], "the result is chased"
    later(app, days=5)
    over = tell(
        cast, referral, ending="seen", ended_on=today(app, -1), summary="换了一种药", source="paper", told_by=""
    )
    assert over.status_code == 200, over.json
    assert over.json["status"] == "closed"
    assert over.json["result"].startswith("（照对方医院的纸记的，医院没有在这里确认）"), over.json["result"]
    assert over.json["result"].endswith("换了一种药")
    newest, oldest = over.json["outside_news"]
    assert (newest["source"], newest["ending"], oldest["told_by"]) == ("paper", "seen", "女儿")
    assert newest["written_by"] and newest["summary"] == "换了一种药"
    assert {one.status for one in tasks(app, referral)} == {"done"}
    home = cast.read(referral, cast.patient)
    assert home["outside_news"] and "outside_news" not in home["actions"]
    more = tell(cast, referral, ending="discharged", ended_on=today(app), source="phone", told_by="护士站 0371")
    assert more.status_code == 200 and more.json["status"] == "closed", "what comes later is added"


def test_who_was_not_heard_of_is_chased_up_the_house(app: Flask, cast: Cast) -> None:
    referral = issued(cast)
    [ask] = tasks(app, referral)
    with app.app_context(), transaction() as current:
        clock.turn(current, ask.due_at - clock.now(current) + timedelta(minutes=1))
        escalate_overdue(current, cast.county)
    [ask] = tasks(app, referral)
    assert ask.institution == cast.places.township and ask.practitioner_id is None
    colleague = signer(app, cast.places.township, Role.MEDICAL_OFFICE, county=cast.county)
    told = tell(cast, referral, colleague, source="phone", told_by="总机 0371", came_on=today(app, -1))
    assert told.status_code == 200, told.json
    stranger = signer(app, cast.places.hospital, Role.DESK_CLERK, county=cast.county)
    assert tell(cast, referral, stranger, ending="seen", ended_on=today(app)).status_code == 404


@pytest.mark.clause("XM-5.5")
@pytest.mark.clause("MS-4.2.3d")
def test_an_expired_one_that_really_went_is_written_after_the_fact(app: Flask, cast: Cast) -> None:
    referral = issued(cast)
    went = today(app, 1)
    expire(app, cast, referral)
    seen = cast.read(referral)
    assert "还不知道" in seen["now"]["detail"] and "outside_news" in seen["actions"]
    assert tasks(app, referral)[-1].status == "open", "whether they went is still asked"
    late = tell(cast, referral, came_on=today(app))
    assert set(rules(late)) == {"referral.outside_came_on"}
    nothing_foreign(cast, late)
    done = tell(cast, referral, came_on=went, ending="discharged", ended_on=today(app), category="stay")
    assert done.status_code == 200, done.json
    assert (done.json["status"], done.json["end_reason"]) == ("closed", "seen")
    with app.app_context():
        row = session().get_one(Referral, (cast.county, UUID(referral)))
        assert local_day(row.arrived_at).isoformat() == went
        month = local_day(row.submitted_at).replace(day=1)
        [counts] = [one for one in referral_rows(cast.county, month) if one.institution == row.from_institution]
    assert counts.told >= 1 and counts.arrived >= counts.told
    assert {one.status for one in tasks(app, referral)} == {"done"}


def test_one_that_expired_and_did_not_go_is_asked_about_no_more(app: Flask, cast: Cast) -> None:
    referral = issued(cast)
    not_yet = tell(cast, referral, not_gone=True)
    assert not_yet.json["status"] == "issued"
    assert [one.outcome or one.status for one in tasks(app, referral)] == ["not_gone", "open"]
    expire(app, cast, referral)
    no = tell(cast, referral, not_gone=True)
    assert no.json["status"] == "expired" and "没有去" in no.json["now"]["detail"]
    assert {one.status for one in tasks(app, referral)} == {"done"}


def test_what_cannot_be_is_refused_with_whose_rule(app: Flask, cast: Cast) -> None:
    referral = issued(cast)
    nothing = tell(cast, referral, told_by="")
    assert rules(nothing) == {
        "referral.outside_said": PAPER[cast.county],
        "referral.outside_told_by": PAPER[cast.county],
    }
    nothing_foreign(cast, nothing)
    assert set(rules(tell(cast, referral, came_on=today(app, 1)))) == {"referral.outside_came_on"}
    assert set(rules(tell(cast, referral, ending="seen", ended_on=today(app)))) == {"referral.outside_came_on"}
    assert set(rules(tell(cast, referral, came_on=today(app), ending="seen", ended_on=today(app, -2)))) == {
        "referral.outside_ended_on"
    }
    inside = cast.submitted()
    assert "referral.outside_only" in rules(tell(cast, inside, came_on=today(app)))
    cast.doctor.post(f"/api/v1/referrals/{referral}/withdraw", {"reason": "不去了"})
    assert "referral.outside_open" in rules(tell(cast, referral, came_on=today(app)))
