"""The bureau's page: figures, what is missing said, the fund's list by form, a sheet without formulas."""

import io
import re
import secrets
from datetime import date

import pytest
from openpyxl import load_workbook

from backend.alliance.queries import pack as pack_of
from backend.contracts.coverage import Share
from backend.desk.bureau_views import share_line
from backend.kernel.clock import local_day
from backend.kernel.roles import Role
from backend.oversight.months import months_back
from backend.oversight.samples import sample_list
from backend.store import clock
from backend.store.db import transaction
from tests import factories
from tests.integration.desk.browser import ORIGIN, Browser, browser_of


def officer(app, county: str) -> Browser:
    with app.app_context(), transaction():
        place = pack_of(county).institutions.of_kind("health_bureau")[0].code
    person, _ = factories.staff_person(app, place, Role.BUREAU, county_id=county, title="officer")
    return browser_of(app, person)


@pytest.mark.clause("XM-3")
@pytest.mark.clause("MS-1")
@pytest.mark.parametrize("county", ["xinmi", "mangshi"])
def test_the_page_says_what_is_missing_and_whose_target_it_is(app, county) -> None:
    text = officer(app, county).get("/desk/bureau?month=2024-02").text
    assert "还算不出来" in text
    assert "缺居民医保结算清单（2024 年 2 月）" in text
    assert ("90% 以上" if county == "xinmi" else "90% 左右（87%–93%）") in text
    assert ("目标：65% 以上" in text) is (county == "mangshi")
    assert "参保人全部看病的人次" in text
    assert re.search("MS-[0-9]" if county == "xinmi" else "XM-[0-9]", text) is None


def test_the_page_opens_on_the_newest_month_with_a_list_and_says_so(app) -> None:
    with app.app_context(), transaction():
        last = months_back(local_day(clock.now()).replace(day=1), 2)[0]
        content = sample_list(pack_of("mangshi"), last, lines=60)
    browser = officer(app, "mangshi")
    assert upload(browser, f"{last:%Y-%m}", content, "list.xlsx").status_code == 200
    page = browser.get("/desk/bureau").text
    assert f"先看的是 {last.year} 年 {last.month} 月" in page
    assert "还没有医保结算清单" not in page
    bare = browser.get("/desk/bureau?month=2023-02").text
    assert "2023 年 2 月还没有医保结算清单" in bare
    assert "点“导入”" in bare
    assert "先看的是" not in bare


def test_a_list_comes_in_by_the_form_and_a_bad_one_does_not(app) -> None:
    browser = officer(app, "xinmi")
    with app.app_context(), transaction():
        content = sample_list(pack_of("xinmi"), date(2024, 5, 1), lines=200)
    done = upload(browser, "2024-05", content, "list.xlsx")
    assert done.status_code == 200, done.text
    assert "导入了 200 行" in done.text
    assert "这份清单是样例，不是真的" in done.text
    bad = upload(browser, "2024-06", content, "list.xlsx")
    assert bad.status_code == 422
    assert "什么都没有导入" in bad.text
    assert "不是 2024-06 这个月结算的" in bad.text
    empty = upload(browser, "2024-06", b"", "list.xls")
    assert empty.status_code == 422
    assert "缺居民医保结算清单（2024 年 6 月）" in browser.get("/desk/bureau?month=2024-06").text


def test_the_spreadsheet_holds_no_formula(app) -> None:
    answer = officer(app, "mangshi").get("/desk/bureau/sheet?month=2024-05")
    assert answer.status_code == 200
    sheet = load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    values = [cell.value for cell in cells]
    assert "基层诊疗量占比" in values
    assert "还算不出来" in values


@pytest.mark.parametrize("role", [Role.DESK_CLERK, Role.FAMILY_DOCTOR, Role.PHARMACIST])
def test_nobody_else_opens_it(app, role) -> None:
    person, _ = factories.staff_person(app, "th-yuanzhuang", role)
    browser = browser_of(app, person)
    for path in ("/desk/bureau", "/desk/bureau/sheet", "/desk/bureau/sample"):
        assert browser.get(path).status_code == 403
    assert upload(browser, "2024-05", b"x", "x.csv").status_code == 403


@pytest.mark.parametrize("month", ["2024-13", "2999-01", "1999-12", "x"])
def test_odd_months_are_refused_in_words(app, month) -> None:
    answer = officer(app, "xinmi").get(f"/desk/bureau?month={month}")
    assert answer.status_code == 422
    assert "月份" in answer.text


def test_of_few_people_nothing_is_told() -> None:
    assert share_line("肺结核患者", Share(1, 1), "90%").part == "—"
    assert share_line("肺结核患者", Share(1, 1), "90%").whole == "少于5"
    assert share_line("村", Share(38, 40), "30%").percent == "人少，不写"
    assert share_line("村", Share(20, 40), "30%").percent == "50.0%"
    assert share_line("村", Share(0, 0), "30%").percent == "—"
    assert share_line("村", Share(0, 40), "30%").percent == "0.0%"


def upload(browser: Browser, month: str, content: bytes, name: str):
    """What the form sends: no script of ours, so the guard word and the key are its fields."""
    page = browser.get(f"/desk/bureau?month={month}").text
    guard = re.search(r'name="_guard" value="([0-9a-f]+)"', page)
    form = {
        "month": month,
        "_guard": guard.group(1) if guard else "",
        "_key": secrets.token_hex(8),
        "list": (io.BytesIO(content), name),
    }
    return browser.client.post(
        "/desk/bureau/settlement", data=form, content_type="multipart/form-data", headers={"Origin": ORIGIN}
    )
