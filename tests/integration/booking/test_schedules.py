"""A house settles its own sessions: weekly, on one day, for a visiting specialist, or from a spreadsheet. XM-5.1a."""

import base64
import itertools
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from backend.booking.models import ScheduleSession, Slot
from backend.booking.models_schedule import ScheduleTemplate
from backend.booking.slot_maker import make_slots
from backend.kernel.clock import local_day
from backend.kernel.roles import Role
from backend.people.models import PractitionerRole
from backend.store import clock
from backend.store.db import transaction
from backend.web.sheets import write_xlsx
from backend.worklist.models import Task
from tests import factories
from tests.factories import Person
from tests.integration.booking.test_open_places import BOTH, broken, take

TOWNSHIPS = {"xinmi": "th-yuanzhuang", "mangshi": "th-fengping"}
HOSPITALS = {"xinmi": "first-hospital", "mangshi": "people-hospital"}
HEADS = ["编号", "科室", "名称", "医生", "星期", "日期", "开始", "结束", "号数", "专家", "止"]


def today(app: Flask) -> date:
    with app.app_context(), transaction() as current:
        return local_day(clock.now(current))


def desk(app: Flask, house: str, county_id: str = "xinmi") -> Person:
    return factories.staff_person(app, house, Role.DESK_CLERK, county_id=county_id)[0]


def settle(who: Person, app: Flask, **values: Any):
    given = {
        "code": f"c{factories.secrets.token_hex(4)}",
        "department": "general_practice",
        "title": "专家下乡",
        "start": "08:30",
        "end": "11:30",
        "capacity": 12,
        "from_on": today(app),
        "weekdays": [1, 2, 3, 4, 5, 6, 7],
    }
    return who.post("/api/v1/schedules", given | values)


def specialist(app: Flask, county_id: str = "xinmi") -> UUID:
    return factories.staff_person(
        app, HOSPITALS[county_id], Role.SPECIALIST, county_id=county_id, department="cardiology"
    )[1]


def register(app: Flask, practitioner: UUID, house: str, county_id: str = "xinmi", **values: Any) -> None:
    """Enter a place where somebody may practise."""
    with app.app_context(), transaction() as current:
        current.add(
            PractitionerRole(
                county_id=county_id,
                practitioner_id=practitioner,
                role=Role.SPECIALIST,
                institution=house,
                department="general_practice",
                **values,
            )
        )


def made(app: Flask, code: str, county_id: str = "xinmi") -> list[ScheduleSession]:
    with app.app_context(), transaction() as current:
        make_slots(current, county_id)
    with app.app_context(), transaction() as current:
        found = current.scalars(
            select(ScheduleSession)
            .where(ScheduleSession.county_id == county_id, ScheduleSession.template == f"own:{code}")
            .order_by(ScheduleSession.day)
        )
        return list(found)


@pytest.mark.parametrize(
    ("county_id", "source"),
    [
        pytest.param("xinmi", ("XM-5.1a", "clause"), marks=pytest.mark.clause("XM-5.1a")),
        ("mangshi", ("S-outreach-site", "setting")),
    ],
)
def test_a_specialist_sits_only_where_they_are_registered_with_dates(
    app: Flask, county_id: str, source: tuple[str, str]
) -> None:
    house, doctor = TOWNSHIPS[county_id], specialist(app, county_id)
    who = desk(app, house, county_id)
    refused = settle(who, app, practitioner_id=doctor)
    assert broken(refused) == "booking.practising_place"
    said = refused.json["violations"][0]
    assert (said["source"]["id"], said["source"]["kind"]) == source
    assert "登记" in said["instead"]
    first = today(app) + timedelta(days=3)
    register(app, doctor, house, county_id, from_on=first, until_on=first + timedelta(days=2))
    assert broken(settle(who, app, practitioner_id=doctor)) == "booking.practising_place"
    settled = settle(who, app, practitioner_id=doctor, from_on=first)
    assert settled.status_code == 201, settled.json
    assert (settled.json["kind"], settled.json["from_institution"]) == ("outreach", HOSPITALS[county_id])
    sessions = made(app, settled.json["code"], county_id)
    # The registration runs three days; then nothing is made, and the house is told.
    assert {one.day for one in sessions} <= {first + timedelta(days=n) for n in range(3)}
    assert sessions
    assert {one.kind for one in sessions} == {"outreach"}
    with app.app_context(), transaction() as current:
        task = current.scalars(select(Task).where(Task.focus_id == UUID(settled.json["id"]))).one()
        assert (task.kind, task.institution) == ("booking.practising_place", house)


@BOTH
def test_a_visiting_specialists_place_is_booked_like_any_other(app: Flask, county_id: str) -> None:
    house, doctor = TOWNSHIPS[county_id], specialist(app, county_id)
    register(app, doctor, house, county_id)
    code = settle(desk(app, house, county_id), app, practitioner_id=doctor).json["code"]
    sessions = made(app, code, county_id)
    with app.app_context(), transaction() as current:
        slot = current.scalars(
            select(Slot.id).where(
                Slot.session_id.in_([one.id for one in sessions]),
                Slot.pool == "general",
                Slot.starts_at > clock.now(current) + timedelta(hours=8),
                Slot.opens_at < clock.now(current),
            )
        ).first()
    patient, _ = factories.resident_person(app, county_id)
    answer = take(patient, slot, confirm=True)
    assert (answer.status_code, answer.json["kind_name"]) == (201, "专家下乡号")


@pytest.mark.clause("XM-2")
def test_nobody_settles_another_houses_sessions(app: Flask) -> None:
    doctor = specialist(app)
    register(app, doctor, "th-yuanzhuang")
    lead = desk(app, "first-hospital")
    refused = settle(lead, app, institution="th-yuanzhuang", practitioner_id=doctor)
    assert broken(refused) == "booking.schedule_own_house"
    assert refused.json["violations"][0]["source"]["id"] == "XM-2"
    assert broken(settle(lead, app, department="tcm_hall")) == "booking.schedule_department"
    patient, _ = factories.resident_person(app)
    assert settle(patient, app).status_code == 403


def test_every_other_week_means_every_other_week(app: Flask) -> None:
    weekday = (today(app) + timedelta(days=1)).isoweekday()
    answer = settle(desk(app, "th-yuanzhuang"), app, weekdays=[weekday], every_weeks=2, title="隔周")
    days = [one.day for one in made(app, answer.json["code"])]
    assert days
    assert all((later - earlier).days % 14 == 0 for earlier, later in itertools.pairwise(days))


def test_the_same_code_again_replaces_and_an_ended_one_makes_no_more(app: Flask) -> None:
    who = desk(app, "th-yuanzhuang")
    first = settle(who, app, code="mine", title="早")
    again = settle(who, app, code="mine", title="晚")
    assert (first.status_code, again.status_code) == (201, 201)
    assert who.post(f"/api/v1/schedules/{first.json['id']}/end").json["code"] == "schedule_ended"
    assert who.post(f"/api/v1/schedules/{again.json['id']}/end").status_code == 200
    assert made(app, "mine") == []
    with app.app_context(), transaction() as current:
        live = current.scalar(
            select(func.count()).where(ScheduleTemplate.code == "mine", ScheduleTemplate.ended_at.is_(None))
        )
        assert live == 0


def test_a_leave_leaves_no_new_sessions(app: Flask) -> None:
    doctor = specialist(app)
    code = settle(
        desk(app, "first-hospital"), app, practitioner_id=doctor, department="cardiology", title="某医生"
    ).json["code"]
    away = today(app) + timedelta(days=4)
    office, _ = factories.staff_person(app, "first-hospital", Role.MEDICAL_OFFICE)
    given = {"practitioner_id": doctor, "from_on": away, "until_on": away + timedelta(days=1), "reason": "training"}
    assert office.post("/api/v1/leaves", given).status_code == 201
    days = {one.day for one in made(app, code)}
    assert days
    assert away not in days
    assert away + timedelta(days=1) not in days


def upload(who: Person, rows: list[list[Any]], name: str = "排班.xlsx"):
    content = base64.b64encode(write_xlsx("排班", [HEADS, *rows])).decode()
    return who.post("/api/v1/schedules/import", {"name": name, "content": content})


def count(app: Flask, house: str) -> int:
    with app.app_context(), transaction() as current:
        return current.scalar(select(func.count()).where(ScheduleTemplate.institution == house)) or 0


def test_a_spreadsheet_is_read_in_whole(app: Flask) -> None:
    who = desk(app, "th-chaohua")
    day = today(app) + timedelta(days=2)
    answer = upload(
        who,
        [
            ["A1", "全科", "全科上午", None, "一、三、五", None, "8:00", "11:30", 20, "否", None],
            ["A2", "general_practice", "义诊", "", "", day.isoformat(), "14：00", "16:00", "8", "是", ""],
        ],
    )
    assert answer.json["errors"] == []
    assert (answer.status_code, answer.json["settled"]) == (200, 2)
    sessions = made(app, "A2")
    assert [(one.day, one.expert, one.title) for one in sessions] == [(day, True, "义诊")]


def test_every_bad_cell_is_named_and_nothing_is_half_done(app: Flask) -> None:
    who, before = desk(app, "th-micun"), count(app, "th-micun")
    answer = upload(
        who,
        [
            ["B1", "general_practice", "好的", None, "一", None, "8:00", "11:30", 20, "", None],
            ["B1", "general_practice", "编号重了", None, "二", None, "8:00", "11:30", 20, "", None],
            ["B3", "心外科", "没有的科", "没有的人", "八", None, "早上", "11:30", 0, "也许", "2026年"],
            ["B4", "general_practice", "写反了", None, "一", None, "11:30", "8:00", 5, "", None],
            ["B5", "cardiology", "本院没有", None, "一", None, "8:00", "9:00", 5, "", None],
        ],
    )
    assert (answer.status_code, answer.json["settled"]) == (200, 0)
    cells = {(one["row"], one["column"]) for one in answer.json["errors"]}
    assert {(3, "编号"), (5, ""), (6, "")} <= cells
    assert {(4, name) for name in ("科室", "医生", "星期", "开始", "号数", "专家", "止")} <= cells
    assert not {cell for cell in cells if cell[0] == 2}
    assert count(app, "th-micun") == before


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [("排班.xlsx", b"no zip", "table"), ("排班.doc", b"x", "table_format"), ("排班.xlsx", None, "file")],
)
def test_what_is_no_table_is_refused(app: Flask, name: str, content: bytes | None, code: str) -> None:
    who = desk(app, "th-micun")
    sent = "not base64!" if content is None else base64.b64encode(content).decode()
    answer = who.post("/api/v1/schedules/import", {"name": name, "content": sent})
    assert answer.status_code == 422
    assert answer.json["code"].startswith(code)


def test_a_missing_column_is_named(app: Flask) -> None:
    content = base64.b64encode(write_xlsx("排班", [["编号", "科室"], ["1", "2"]])).decode()
    answer = desk(app, "th-micun").post("/api/v1/schedules/import", {"name": "排班.xlsx", "content": content})
    assert {one["column"] for one in answer.json["errors"]} == {"名称", "开始", "结束", "号数"}


def test_sessions_of_a_house_are_shown_to_it_only(app: Flask) -> None:
    settled = settle(desk(app, "th-yuanzhuang"), app).json
    assert settled["actions"] == ["end"]
    shown = desk(app, "th-yuanzhuang").get("/api/v1/schedules?limit=100").json["items"]
    assert settled["id"] in {one["id"] for one in shown}
    elsewhere = desk(app, "first-hospital").get("/api/v1/schedules?limit=100").json["items"]
    assert settled["id"] not in {one["id"] for one in elsewhere}
    with app.app_context(), transaction() as current:
        current.execute(
            update(ScheduleTemplate).where(ScheduleTemplate.id == UUID(settled["id"])).values(ended_at=clock.sql_now())
        )


@BOTH
@pytest.mark.clause("XM-5.4b", "MS-4.2.1")
def test_the_quota_is_shown_as_promised_and_as_kept(app: Flask, county_id: str) -> None:
    with app.app_context(), transaction() as current:
        make_slots(current, county_id)
    house = HOSPITALS[county_id]
    who = desk(app, house, county_id)
    first = today(app) + timedelta(days=1)
    path = f"/api/v1/quota?institution={house}&from_on={first}&until_on={first + timedelta(days=9)}"
    answer = who.get(path)
    assert answer.status_code == 200, answer.json
    rows = {row["department"]: row for row in answer.json["rows"]}
    promised = answer.json["promised_percent"]
    assert answer.json["sample"] is True
    # Departments that only the pack's templates fill keep what was promised; experts count apart.
    for department in ("urology", "nephrology"):
        assert rows[department]["places"] > 0
    assert rows["oncology"]["kept_percent"] >= promised or rows["oncology"]["given_back"] > 0
    assert rows["neurology"]["expert_kept"] > 0
    assert 0 < rows["neurology"]["expert_percent"] <= 100
    assert who.get(path.replace(f"until_on={first + timedelta(days=9)}", "until_on=2020-01-01")).status_code == 422
    patient, _ = factories.resident_person(app, county_id)
    assert patient.get(path).status_code == 403
