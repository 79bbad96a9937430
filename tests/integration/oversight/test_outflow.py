"""Why people leave the county, years side by side: counts, people, money, what is missing, nothing of few. XM-5.5."""

from datetime import date

import pytest

from backend.alliance.queries import pack as pack_of
from backend.desk.outflow_views import as_csv, chart, lines
from backend.oversight.outflow import Ranking, ranking
from backend.store.db import transaction
from tests.integration.oversight.lists import going_out, read_in, table

COUNTIES = ("xinmi", "mangshi")
PLAN = {"肿瘤科": 12, "骨科": 9, "心脏介入": 8, "神经外科": 7, "儿科重症": 6, "眼科": 5}


def month_of(county: str, month: date, *, times: int = 1, **plan: int) -> list[dict]:
    rows = []
    for specialty, number in (plan or PLAN).items():
        rows += [going_out(county, month, len(rows) + n, 专科=specialty) for n in range(number * times)]
    return rows


def found(app, county: str, until: date) -> Ranking:
    with app.app_context(), transaction():
        return ranking(county, until)


@pytest.mark.clause("XM-5.5")
@pytest.mark.parametrize("county", COUNTIES)
def test_the_first_five_lead_with_people_and_money_and_years_beside_each_other(app, county) -> None:
    for month in (date(2012, 3, 1), date(2012, 4, 1), date(2013, 5, 1)):
        assert read_in(app, county, month, table(month_of(county, month))).errors == ()
    at_home = going_out(
        county, date(2013, 6, 1), 1, 县内县外="县内", 医院级别="县级" if county == "xinmi" else "市级（县级市）"
    )
    visit = going_out(county, date(2013, 6, 1), 2, 类别="门诊")
    stranger = going_out(county, date(2013, 6, 1), 3, 参保地="别处")
    assert read_in(app, county, date(2013, 6, 1), table([at_home, visit, stranger])).errors == ()
    seen = found(app, county, date(2013, 6, 1))
    assert [row.specialty for row in seen.rows] == ["肿瘤科", "骨科", "心脏介入", "神经外科", "儿科重症"]
    assert [year.year for year in seen.years] == [2011, 2012, 2013]
    first = seen.rows[0]
    assert [sums.stays for sums in first.years if sums] == [0, 24, 12]
    assert (first.total.stays, first.total.people) == (36, 12), "somebody who goes every year is one person"
    assert (first.total.cost_fen, first.total.paid_fen) == (36 * 100_050, 36 * 60_000)
    assert (seen.total.stays, seen.specialties) == (3 * 47, 6), "of all specialties, not of the first five"
    assert seen.a_month(1, first.years[1]) == 12.0, "two lists: a month, not a year"
    assert seen.source.id == ("XM-5.5" if county == "xinmi" else "S-outflow")
    assert seen.rule.top == 5


@pytest.mark.clause("XM-5.5")
@pytest.mark.parametrize("county", COUNTIES)
def test_what_is_missing_is_said_plainly(app, county) -> None:
    assert read_in(
        app, county, date(2008, 3, 1), table(month_of(county, date(2008, 3, 1))), date(2008, 3, 20)
    ).import_id
    seen = found(app, county, date(2008, 9, 1))
    assert seen.missing == [
        "2006 年一份清单也没有",
        "2007 年一份清单也没有",
        "2008 年缺 1、2 月；清单只到 2008 年 3 月；2008 年 3 月的清单只算全到 20 日",
    ]
    assert lines(seen)[0].years[:2] == ("缺清单", "缺清单"), "a year without a list is no zero"
    assert [bar["name"] for bar in chart(seen)["bars"]] == ["2008 年"]
    empty = found(app, county, date(1996, 5, 1))
    assert (empty.rows, empty.total.stays) == ((), 0)


@pytest.mark.parametrize("county", COUNTIES)
def test_of_few_people_nothing_is_told_however_often_they_went(app, county) -> None:
    one, two = date(2015, 3, 1), date(2016, 3, 1)
    again = [going_out(county, one, 7000, 专科="骨科") for _ in range(9)]  # one person, nine stays
    assert read_in(app, county, one, table([*month_of(county, one, 肿瘤科=20, 眼科=15), *again])).errors == ()
    assert read_in(app, county, two, table(month_of(county, two, 肿瘤科=20, 眼科=15, 骨科=11))).errors == ()
    seen = found(app, county, two)
    bones = next(row for row in seen.rows if row.specialty == "骨科")
    assert bones.years[1] is None, "one person"
    assert bones.years[2] is None, "the sum beside it would tell"
    shown = next(line for line in lines(seen) if line.name == "骨科")
    assert shown.years[1:] == ("人少，不写", "人少，不写")
    bars = {bar["name"]: bar["values"][seen.rows.index(bones)] for bar in chart(seen)["bars"]}
    assert (bars["2015 年"], bars["2016 年"]) == (None, None)
    with app.app_context(), transaction():
        sheet = as_csv(pack_of(county).county.name, seen).decode("utf-8-sig")
    row = next(line for line in sheet.splitlines() if line.startswith("骨科"))
    assert row.split(",")[5:13] == ["人少，不写"] * 8, row


def test_a_specialty_that_looks_like_a_formula_is_text_in_the_sheet(app) -> None:
    month = date(2018, 3, 1)
    rows = month_of("xinmi", month, **{"＝CMD": 9})
    assert read_in(app, "xinmi", month, table(rows)).errors == ()
    refused = read_in(app, "xinmi", month, table(month_of("xinmi", month, **{"=1+1": 9})))
    assert "公式" in refused.errors[0].text
    sheet = as_csv("新密市", found(app, "xinmi", month)).decode("utf-8-sig")
    assert not any(cell.startswith(("=", "+", "@")) for line in sheet.splitlines() for cell in line.split(","))
