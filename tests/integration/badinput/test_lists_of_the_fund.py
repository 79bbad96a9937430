"""The fund's list with every bad value in every column, and one as long as a real month: refused by cell, or read."""

import csv
import io
import re
import secrets
from datetime import date

import pytest
from sqlalchemy import func, select

from backend.kernel.roles import Role
from backend.oversight.models import SettlementImport, SettlementLine
from backend.oversight.months import month_end
from backend.oversight.settlement_lines import COLUMNS, PAPERS
from backend.store.db import transaction
from tests import factories
from tests.integration.badinput import values
from tests.integration.badinput.judge import CHINESE
from tests.integration.desk.browser import ORIGIN, Browser, browser_of
from tests.integration.oversight.lists import going_out, read_in, table

REAL_MONTH = 40_000


def officer(app) -> Browser:
    person, _ = factories.staff_person(app, "health-bureau", Role.BUREAU)
    return browser_of(app, person, home="/desk/bureau")


def upload(hands: Browser, month: date, content: bytes) -> tuple[int, str]:
    form = {
        "month": f"{month:%Y-%m}",
        "until": month_end(month).isoformat(),
        "_guard": hands.guard(),
        "_key": secrets.token_hex(8),
        "list": (io.BytesIO(content), "清单.csv"),
    }
    answer = hands.client.post(
        "/desk/bureau/settlement", data=form, content_type="multipart/form-data", headers={"Origin": ORIGIN}
    )
    told = answer.status_code, answer.text
    answer.request.environ["wsgi.input"].close()  # a large body lies in a file of the client's own
    return told


@pytest.mark.parametrize("county", ["xinmi", "mangshi"])
@pytest.mark.parametrize("column", [*COLUMNS, *PAPERS])
def test_every_bad_value_in_every_column_is_read_or_named_in_its_row(app, county, column) -> None:
    month = date(2003, 4, 1)
    for name, value in (values.TEXTS | values.NUMBERS | values.DATES | values.ID_NUMBERS).items():
        text = str(value)
        if values.SURROGATE in text or "\x00" in text:
            continue  # no text file holds these
        content = table([going_out(county, month, 1), going_out(county, month, 2, **{column: text[:5000]})])
        outcome = read_in(app, county, month, content)
        if outcome.import_id is None:
            assert {bad.row for bad in outcome.errors} == {3}, (name, outcome.errors)
            assert all(CHINESE.search(bad.text) for bad in outcome.errors), (name, outcome.errors)
        else:
            assert outcome.lines == 2, name


def test_a_month_as_long_as_a_real_one_goes_through_the_form(app) -> None:
    month = date(2005, 6, 1)
    out = io.StringIO()
    sheet = csv.DictWriter(out, [*COLUMNS, *PAPERS])
    sheet.writeheader()
    for number in range(REAL_MONTH):
        sheet.writerow(going_out("xinmi", month, number, 转诊证明号="" if number % 7 else "4101832648217390X"))
    status, page = upload(officer(app), month, out.getvalue().encode())
    assert (status, f"导入了 {REAL_MONTH} 行" in page) == (200, True), re.sub(r"<[^>]*>", " ", page)[:500]
    assert "没转诊直接去" in page
    with app.app_context(), transaction() as current:
        kept = (
            select(func.count())
            .select_from(SettlementLine)
            .join(SettlementImport, SettlementImport.id == SettlementLine.import_id)
        )
        assert current.scalar(kept.where(SettlementImport.month == month)) == REAL_MONTH


def test_a_real_month_with_one_bad_cell_at_its_end_leaves_nothing(app) -> None:
    month = date(2005, 7, 1)
    rows = [going_out("xinmi", month, number) for number in range(REAL_MONTH)]
    rows[-1]["总费用"] = "一千"
    status, page = upload(officer(app), month, table(rows))
    assert status == 422
    assert f"<td>{REAL_MONTH + 1}</td><td>总费用</td>" in page
    with app.app_context(), transaction() as current:
        assert current.scalar(select(func.count()).where(SettlementImport.month == month)) == 0
