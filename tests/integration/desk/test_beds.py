"""床位 at the desk: the most urgent first, kept with one key, promised for a day, passed on, or none with a way."""

from uuid import UUID

import pytest
from flask import Flask

from backend.booking import bed_course, queries_beds
from backend.booking.models_beds import BedRequest
from backend.jobs import relay
from backend.kernel.roles import Role
from backend.people.models import Resident
from backend.store.db import transaction
from tests import factories
from tests.integration.booking import beds_rig
from tests.integration.booking.beds_rig import HOSPITALS, empty_wards, fresh_bed
from tests.integration.desk.browser import Browser, browser_of
from tests.integration.desk.test_answers import said

BOTH = pytest.mark.parametrize("county", ["xinmi", "mangshi"])


@pytest.fixture(autouse=True)
def empty(app: Flask) -> None:
    empty_wards(app)


def desk(app: Flask, county: str = "xinmi", role: Role = Role.DESK_CLERK) -> Browser:
    return browser_of(app, beds_rig.staff(app, role, HOSPITALS[county], county))


def ask(app: Flask, county: str = "xinmi", **values: object) -> str:
    return str(beds_rig.asked(app, county=county, **values))


def row(app: Flask, bed: str, county: str = "xinmi") -> BedRequest:
    with app.app_context(), transaction():
        return beds_rig.row(UUID(bed), county)


def day(app: Flask, days: int) -> str:
    with app.app_context(), transaction():
        return beds_rig.in_days(days).isoformat()


@pytest.mark.clause("XM-5.4b", "MS-4.2.1")
@BOTH
def test_the_list_goes_by_urgency_and_shows_until_when_to_answer(app: Flask, county: str) -> None:
    clerk = desk(app, county)
    first, second, emergency = ask(app, county), ask(app, county), ask(app, county, emergency=True)
    page = clerk.text("/desk/beds")
    at = [page.index(f'data-id="{one}"') for one in (emergency, first, second)]
    assert at == sorted(at)
    assert "等您答复的 3" in page
    assert "急诊" in page
    case = clerk.text(f"/desk/beds/{second}", part=True)
    assert "前面还有 2 位" in case
    assert "最晚答复" in case
    assert "转医务科" in case
    assert "收不了" not in case, "a clerk turns nobody away"
    assert "收不了" in desk(app, county, Role.MEDICAL_OFFICE).text(f"/desk/beds/{second}", part=True)


@BOTH
def test_a_bed_is_kept_and_nobody_else_gets_it(app: Flask, county: str) -> None:
    clerk, bed = desk(app, county), fresh_bed()
    first, second = ask(app, county), ask(app, county)
    done = clerk.post(f"/desk/beds/{first}/hold", bed=bed.removesuffix(" 床"), version="1")
    assert done.status_code == 200, done.text
    assert bed in said(done)
    assert f"已留 {bed}" in done.text
    taken = clerk.post(f"/desk/beds/{second}/hold", bed=bed, version="1")
    assert (taken.status_code, "已经留给别的病人" in taken.text) == (409, True)
    again = clerk.post(f"/desk/beds/{first}/hold", bed=fresh_bed(), version="1")
    assert (again.status_code, "已经答复过" in again.text) == (409, True)


@BOTH
def test_beyond_the_kept_beds_the_desk_is_told_whose_rule_and_what_to_do(app: Flask, county: str) -> None:
    clerk, house = desk(app, county), HOSPITALS[county]
    with app.app_context(), transaction():
        quota = queries_beds.quota_of(county, house, "orthopedics")
    assert quota is not None
    for _ in range(quota.kept_for_referred):
        one = ask(app, county, department="orthopedics")
        assert clerk.post(f"/desk/beds/{one}/hold", bed=fresh_bed(), version="1").status_code == 200
    last = ask(app, county, department="orthopedics")
    refused = clerk.post(f"/desk/beds/{last}/hold", bed=fresh_bed(), version="1")
    assert refused.status_code == 422
    assert "都留出去了" in refused.text
    assert "转给医务科" in refused.text
    other = {"xinmi": "MS-", "mangshi": "XM-"}[county]
    assert other not in refused.text
    assert f"0/{quota.kept_for_referred}" in clerk.text("/desk/beds")


def test_no_bed_till_a_day_is_said_to_all(app: Flask) -> None:
    clerk, one, until = desk(app), ask(app), day(app, 4)
    missing = clerk.post(f"/desk/beds/{one}/wait", version="1")
    assert (missing.status_code, "预计哪天有床" in missing.text) == (422, True)
    done = clerk.post(f"/desk/beds/{one}/wait", expected_on=until, version="1")
    assert done.status_code == 200, done.text
    assert "已经告诉病人和对方医生" in said(done)
    assert "等床，预计" in done.text
    assert f'data-id="{one}"' in done.text, "who waits stays in the list"
    with app.app_context(), transaction():
        asked = row(app, one)
        assert asked.expected_on is not None
        assert asked.expected_on.isoformat() == until


def test_a_no_needs_a_way_and_a_doctors_office(app: Flask) -> None:
    clerk, office, one = desk(app), desk(app, role=Role.MEDICAL_OFFICE), ask(app)
    path = f"/desk/beds/{one}/decline"
    by_clerk = clerk.post(path, reason="no-bed", free_on=day(app, 3), version="1")
    assert (by_clerk.status_code, "服务台不能" in by_clerk.text) == (422, True)
    bare = office.post(path, reason="no-bed", version="1")
    assert (bare.status_code, "指条路" in bare.text) == (422, True)
    done = office.post(path, reason="no-bed", instead="tcm-hospital", version="1")
    assert done.status_code == 200, done.text
    assert f'data-id="{one}"' not in done.text


def test_a_proposed_bed_is_one_key(app: Flask) -> None:
    clerk, bed, holder, waiting = desk(app), fresh_bed(), ask(app), ask(app)
    assert clerk.post(f"/desk/beds/{holder}/hold", bed=bed, version="1").status_code == 200
    with app.app_context(), transaction():
        bed_course.release("xinmi", row(app, holder).referral_id)
    relay.drain(app)
    case = clerk.text(f"/desk/beds/{waiting}", part=True)
    assert f"留 {bed} <kbd>Enter</kbd>" in case
    done = clerk.post(f"/desk/beds/{waiting}/hold", bed=bed, version="2")
    assert (done.status_code, row(app, waiting).status) == (200, "held")


def test_another_house_sees_and_answers_nothing(app: Flask) -> None:
    one = ask(app)
    stranger = browser_of(app, factories.staff_person(app, "tcm-hospital", Role.DESK_CLERK)[0])
    assert one not in stranger.text("/desk/beds")
    assert stranger.get(f"/desk/beds/{one}").status_code == 404
    for deed, given in (("hold", {"bed": "1"}), ("wait", {"expected_on": day(app, 1)}), ("pass-on", {})):
        assert stranger.post(f"/desk/beds/{one}/{deed}", version="1", **given).status_code == 404


def test_before_consent_the_bed_is_a_sex_and_an_age(app: Flask) -> None:
    referral, bed_id = beds_rig.ask(app, consent="asked")
    clerk = desk(app)
    with app.app_context(), transaction() as current:
        name = current.get_one(Resident, ("xinmi", referral.resident_id)).name
    assert bed_id is not None
    for page in (clerk.text("/desk/beds"), clerk.text(f"/desk/beds/{bed_id}", part=True)):
        assert name not in page
        assert "同意后显示姓名" in page
