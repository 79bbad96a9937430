"""Schedules at the desk: a spreadsheet is shown row by row before it counts, and with one mistake nothing counts."""

import io
import secrets

from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from backend.booking.models_schedule import ScheduleTemplate
from backend.kernel.roles import Role
from backend.store.db import transaction
from backend.web.sheets import read_table
from tests import factories
from tests.integration.booking.test_open_places import BOTH, HOSPITALS
from tests.integration.desk.browser import ORIGIN, Browser, browser_of
from tests.integration.desk.test_week import desk

HEADS = "编号,科室,名称,星期,开始,结束,号数\n"


def send(who: Browser, what: str, text: str, name: str = "排班.csv") -> TestResponse:
    headers = {"Origin": ORIGIN, "X-Guard-Word": who.guard(), "Idempotency-Key": secrets.token_hex(8)}
    given = {"list": (io.BytesIO(text.encode()), name)}
    return who.client.post(f"/desk/schedules/{what}", data=given, headers=headers)


def settled(app: Flask, code: str) -> int:
    with app.app_context(), transaction() as current:
        live = ScheduleTemplate.ended_at.is_(None)
        return current.scalar(select(func.count()).where(ScheduleTemplate.code == code, live)) or 0


@BOTH
def test_a_file_is_shown_before_it_counts(app: Flask, county_id: str) -> None:
    clerk, code = desk(app, county_id), f"c{secrets.token_hex(4)}"
    table = f"{HEADS}{code},cardiology,高血压门诊,一、三,8:30,11:30,12\n"
    shown = send(clerk, "check", table)
    assert shown.status_code == 200, shown.text
    assert "现在还没有写" in shown.text
    assert "周一、周三 8:30–11:30" in shown.text
    assert settled(app, code) == 0
    done = send(clerk, "import", table)
    assert done.status_code == 200, done.text
    assert "导入了 1 个门诊" in done.text
    assert settled(app, code) == 1
    assert code in clerk.text("/desk/schedules")
    again = send(clerk, "check", table.replace(",12", ",20"))
    assert "换掉原来的" in again.text


def test_one_mistake_and_nothing_counts(app: Flask) -> None:
    clerk, code = desk(app), f"c{secrets.token_hex(4)}"
    table = f"{HEADS}{code},cardiology,高血压门诊,一,8:30,11:30,12\n{code}b,没有的科,门诊,九,25:00,11:30,零\n"
    for what in ("check", "import"):
        refused = send(clerk, what, table)
        assert refused.status_code == 422
        for said in ("一行也没有写", "没有“没有的科”这个科室", "请写成：一、三、五", "请写成 8:30"):
            assert said in refused.text, said
        assert '<td class="t">3</td>' in refused.text
    assert settled(app, code) == 0


def test_what_is_no_table_says_so(app: Flask) -> None:
    clerk = desk(app)
    assert "老的 .xls" in send(clerk, "check", "x", "排班.xls").text
    assert "没有“编号”这一列" in send(clerk, "check", "甲,乙\n1,2\n").text
    headers = {"Origin": ORIGIN, "X-Guard-Word": clerk.guard(), "Idempotency-Key": secrets.token_hex(8)}
    nothing = clerk.client.post("/desk/schedules/import", data={}, headers=headers)
    assert (nothing.status_code, "还没有选文件" in nothing.text) == (422, True)


@BOTH
def test_the_empty_sheet_is_one_that_can_be_read_in(app: Flask, county_id: str) -> None:
    clerk = desk(app, county_id)
    rows = read_table("x.xlsx", clerk.get("/desk/schedules/sheet").get_data())
    given = "\n".join(",".join("" if cell is None else str(cell) for cell in row) for row in rows)
    assert "没有错" in send(clerk, "check", given).text


def test_days_off_and_the_packs_sessions_are_read_only(app: Flask) -> None:
    page = desk(app).text("/desk/schedules")
    assert "放假和调休" in page
    assert "专家门诊" in page
    assert "2027 年的放假还没有录入" in page
    ward = browser_of(app, factories.staff_person(app, HOSPITALS["xinmi"], Role.WARD_DOCTOR)[0])
    assert "从表格导入</h3>" not in ward.text("/desk/schedules")
    assert send(ward, "import", HEADS).status_code == 403
