"""The answer list of the desk, walked as a browser does: seen, accepted, passed on, declined, a bed kept."""

import json
import re

import pytest
from flask import Flask

from backend.kernel.roles import Role
from tests import factories
from tests.integration.booking.beds_rig import fresh_bed
from tests.integration.desk.browser import Browser, browser_of
from tests.integration.referrals.rig import Cast


def clerk_of(app: Flask, cast: Cast) -> Browser:
    return browser_of(app, cast.clerk)


def office_of(app: Flask, cast: Cast) -> Browser:
    return browser_of(
        app, factories.staff_person(app, cast.places.hospital, Role.MEDICAL_OFFICE, county_id=cast.county)[0]
    )


def said(answer) -> str:
    return json.loads(answer.headers["HX-Trigger"])["said"]


@pytest.mark.clause("MS-4.2.1")
@pytest.mark.clause("XM-5.4b")
def test_a_question_is_seen_without_a_name_until_consent_then_answered(app: Flask, cast: Cast) -> None:
    desk = clerk_of(app, cast)
    referral = cast.submitted()
    row = f'data-id="{referral}"'
    page = desk.text("/desk/answers")
    assert row in page
    assert "同意后显示姓名" in page
    name = cast.read(referral)["person"]["name"]
    assert name not in page
    assert name not in desk.text(f"/desk/answers/{referral}")
    assert cast.consent(referral).status_code == 200
    assert name in desk.text("/desk/answers")
    case = desk.text(f"/desk/answers/{referral}")
    assert name in case
    assert "高血压 2 级" in case
    standard = cast.read(referral)["standard"]
    assert standard["article_text"]
    assert f"“{standard['article_text']}”" in case
    assert "本人签" in case
    assert cast.places.foreign not in case

    done = desk.post(f"/desk/answers/{referral}/accept")
    assert done.status_code == 200, done.text
    assert row not in done.text
    assert "<html" not in done.text
    assert "可以来" in said(done)
    assert cast.read(referral)["answer"]["status"] == "accepted"


def test_the_word_about_a_key_names_whom_it_was_for_as_the_page_does(app: Flask, cast: Cast) -> None:
    desk, referral = clerk_of(app, cast), cast.submitted()
    name = cast.read(referral)["person"]["name"]
    cast.consent(referral)
    assert name in said(desk.post(f"/desk/answers/{referral}/pass-on", role="medical_office"))
    assert name in said(desk.post(f"/desk/answers/{referral}/accept"))


def test_whoever_comes_second_is_told_who_was_first(app: Flask, cast: Cast) -> None:
    first, second = clerk_of(app, cast), office_of(app, cast)
    referral = cast.submitted()
    assert first.post(f"/desk/answers/{referral}/pass-on", role="medical_office").status_code == 200
    again = second.post(f"/desk/answers/{referral}/pass-on", role="medical_office")
    assert (again.status_code, bool(re.search(r"医生\d+ 10:\d\d 已经转出去了", again.text))) == (409, True), again.text
    assert second.post(f"/desk/answers/{referral}/accept").status_code == 200
    late = first.post(f"/desk/answers/{referral}/accept")
    assert (late.status_code, bool(re.search(r"医生\d+ 10:\d\d 已经答复过了", late.text))) == (409, True), late.text
    # A clerk reads no codes of ours; a short number is enough to find it in the log.
    shown = re.sub(r"<[^>]+>", " ", late.text)
    assert "already_answered" not in shown
    assert "报修时请说" in shown


def test_another_day_and_department_are_the_hospitals_own_business(app: Flask, cast: Cast) -> None:
    referral = cast.submitted()
    answer = clerk_of(app, cast).post(f"/desk/answers/{referral}/accept", day="2026-12-24", department="neurology")
    assert answer.status_code == 200, answer.text
    body = cast.read(referral)
    assert (body["to_place"]["department"], body["wanted_on"]) == ("neurology", "2026-12-24")


def test_a_clerk_passes_on_and_only_the_medical_office_declines(app: Flask, cast: Cast) -> None:
    desk, office = clerk_of(app, cast), office_of(app, cast)
    referral = cast.submitted()
    deed = f'hx-post="/desk/answers/{referral}/decline"'
    assert deed not in desk.text(f"/desk/answers/{referral}")
    refused = desk.post(f"/desk/answers/{referral}/decline", reason="no-bed", free_on="2026-12-24")
    assert refused.status_code == 422
    assert refused.headers["HX-Retarget"] == "#problem"
    assert "医务科" in refused.text
    assert cast.places.foreign not in refused.text
    passed = desk.post(f"/desk/answers/{referral}/pass-on", role="medical_office")
    assert passed.status_code == 200
    # Before consent the word says no more than the page.
    assert cast.read(referral)["person"]["name"] not in said(passed)
    assert "医务科在定" in desk.text("/desk/answers")
    assert deed in office.text(f"/desk/answers/{referral}")
    missing = office.post(f"/desk/answers/{referral}/decline", reason="no-bed")
    assert missing.status_code == 422
    done = office.post(f"/desk/answers/{referral}/decline", reason="no-bed", free_on="2026-12-24")
    assert done.status_code == 200, done.text
    assert cast.read(referral)["answer"]["status"] == "declined"


def test_a_bed_is_kept_and_the_yes_given_in_one_step(app: Flask, cast: Cast) -> None:
    desk = clerk_of(app, cast)
    referral = cast.submitted(category="stay")
    page = desk.text("/desk/answers?filter=bed")
    assert f'data-id="{referral}"' in page
    assert "床位 · 心血管内科" in page
    assert f'data-id="{referral}"' not in desk.text("/desk/answers?filter=examination")
    bed = fresh_bed()
    done = desk.post(f"/desk/answers/{referral}/bed", bed=bed)
    assert done.status_code == 200, done.text
    assert bed in said(done)
    assert cast.read(referral)["answer"]["status"] == "accepted"
    assert cast.doctor.get(f"/api/v1/referrals/{referral}/bed").json["bed"] == bed
    assert f"已留 {bed}" in desk.text("/desk/beds")


def test_several_marked_rows_are_answered_at_once(app: Flask, xinmi: Cast) -> None:
    from tests.integration.referrals.rig import make_cast

    other = make_cast(app, "xinmi")
    first, second = xinmi.submitted(), other.submitted()
    done = clerk_of(app, xinmi).post(f"/desk/answers/{first}/accept", many=f"{first},{second}")
    assert "2 位" in said(done)
    assert other.read(second)["answer"]["status"] == "accepted"


def test_an_emergency_has_gone_ahead_and_is_never_in_the_list(app: Flask, cast: Cast) -> None:
    referral = cast.submitted(indication="critical", article=1, to_department="emergency")
    page = clerk_of(app, cast).text("/desk/answers")
    assert f'data-id="{referral}"' not in page
    assert "急诊绿色通道" in page
    assert "证明待补" in page
    assert cast.read(referral)["person"]["name"] in page


def test_another_hospital_sees_and_answers_nothing(app: Flask, cast: Cast) -> None:
    referral = cast.submitted()
    elsewhere = browser_of(
        app, factories.staff_person(app, cast.places.other_hospital, Role.DESK_CLERK, county_id=cast.county)[0]
    )
    assert str(referral) not in elsewhere.text("/desk/answers")
    assert elsewhere.get(f"/desk/answers/{referral}").status_code == 404
    assert elsewhere.post(f"/desk/answers/{referral}/accept").status_code == 404


def test_the_same_press_twice_is_one_answer(app: Flask, cast: Cast) -> None:
    desk, referral = clerk_of(app, cast), cast.submitted()
    first = desk.post(f"/desk/answers/{referral}/accept", key="one-press-1")
    again = desk.post(f"/desk/answers/{referral}/accept", key="one-press-1")
    assert (first.status_code, again.status_code) == (200, 200)
    late = desk.post(f"/desk/answers/{referral}/accept", key="another-press")
    assert late.status_code == 409
    assert "已经答复" in late.text


def test_a_yes_without_a_bed_says_that_the_bed_is_still_to_be_kept(app: Flask, cast: Cast) -> None:
    referral = cast.submitted(category="stay")
    clerk = browser_of(app, cast.clerk)
    assert "只按“可以来”，床还要" in clerk.text(f"/desk/answers/{referral}")
    said = json.loads(clerk.post(f"/desk/answers/{referral}/accept").headers["HX-Trigger"])["said"]
    assert "床还没有留" in said
