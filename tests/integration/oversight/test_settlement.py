"""The fund's list: read whole or not at all, every bad cell named; the in-county share only with it. XM-3, MS-1."""

import io
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from backend.alliance.queries import pack as pack_of
from backend.kernel.roles import system_actor
from backend.oversight.commands import settlement
from backend.oversight.figures import figures, list_states
from backend.oversight.models import SettlementImport, SettlementLine
from backend.oversight.months import month_end
from backend.oversight.outflow import ranking
from backend.oversight.samples import sample_list
from backend.oversight.settlement import Outcome, import_list
from backend.oversight.settlement_lines import COLUMNS
from backend.store.db import transaction

GOOD = [
    "P0001",
    "新密市",
    "新密市第一人民医院",
    "县级",
    "县内",
    "门诊",
    "心血管内科",
    "2025-03-05",
    "2025-03-05",
    120,
    60.5,
]


def line(county: str = "xinmi", **changed: Any) -> list[Any]:
    row = list(GOOD)
    if county == "mangshi":
        row[1:4] = ["芒市", "芒市人民医院", "市级（县级市）"]
    for column, value in changed.items():
        row[COLUMNS.index(column)] = value
    return row


def book(rows: list[list[Any]], heads: tuple[str, ...] = COLUMNS) -> bytes:
    made = Workbook()
    made.active.append(list(heads))
    for row in rows:
        made.active.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def read_in(
    app, content: bytes, month: date, county: str = "xinmi", until: date | None = None, name="list.xlsx"
) -> Outcome:
    with app.app_context(), transaction() as current:
        return import_list(
            current,
            system_actor(county),
            pack_of(county),
            name=name,
            content=content,
            month=month,
            complete_until=until or month_end(month),
        )


def in_county(app, month: date, county: str = "xinmi", code: str = "in-county-visit-rate") -> Any:
    with app.app_context(), transaction():
        return next(one for one in figures(county, month) if one.code == code)


@pytest.mark.clause("XM-3")
def test_without_the_list_the_share_is_not_guessed(app) -> None:
    figure = in_county(app, date(2024, 1, 1))
    assert figure.percent is None
    assert figure.sentence == "还算不出来：缺居民医保结算清单（2024 年 1 月）"
    assert figure.target_text == "目标：90% 以上"


@pytest.mark.clause("XM-3")
@pytest.mark.clause("MS-1")
@pytest.mark.parametrize("county", ["xinmi", "mangshi"])
def test_the_insured_are_counted_wherever_they_went(app, county) -> None:
    month = date(2025, 3, 1)
    upper = "市级" if county == "xinmi" else "州级"
    rows = [line(county, 人员代码=f"P{number:04d}") for number in range(9)]
    rows.append(line(county, 县内县外="县外", 医院级别="省级", 医院="省里的医院"))
    rows.append(line(county, 类别="住院", 县内县外="县外", 医院级别=upper, 专科="骨科", 开始日期="2025-02-25"))
    rows.append(line(county, 参保地="别处", 县内县外="县外"))
    outcome = read_in(app, book(rows), month, county)
    assert (outcome.errors, outcome.lines) == ((), 12)
    visits, stays = (
        in_county(app, month, county),
        in_county(app, month, county, "in-county-stay-rate") if county == "xinmi" else None,
    )
    assert (visits.counted.part, visits.counted.whole, visits.percent) == (9, 10, 90.0)
    assert visits.met is True
    assert ("MS-" if county == "xinmi" else "XM-") not in str(visits)
    if county == "xinmi":
        stays = in_county(app, month, county, "in-county-stay-rate")
        assert (stays.counted.part, stays.counted.whole) == (0, 1)
    with app.app_context(), transaction():
        found = ranking(county, month)
    assert [(row.specialty, row.total) for row in found.rows if row.specialty == "骨科"] == [("骨科", None)], (
        "one person"
    )


def test_a_prefecture_hospital_in_town_is_counted_by_its_level(app) -> None:
    month = date(2025, 4, 1)
    rows = [
        line("mangshi", 结束日期="2025-04-02", 开始日期="2025-04-02"),
        line("mangshi", 结束日期="2025-04-02", 开始日期="2025-04-02", 医院="德宏州人民医院", 医院级别="州级"),
    ]
    assert read_in(app, book(rows), month, "mangshi").errors == ()
    figure = in_county(app, month, "mangshi")
    assert (figure.counted.part, figure.counted.whole) == (1, 2)
    assert "州人民医院虽然在芒市城里" in figure.notes[0]


BAD = [
    ("人员代码", "410183195803010028", "身份证号"),
    ("人员代码", None, "没有填"),
    ("医院级别", "三甲", "不认得"),
    ("县内县外", "隔壁", "不认得"),
    ("类别", "体检", "不认得"),
    ("开始日期", "2025-13-01", "不是日期"),
    ("结束日期", "2025-06-01", "不是 2025-05 这个月"),
    ("总费用", "=1+1", "公式"),
    ("总费用", -5, "不是金额"),
    ("总费用", "1.005", "不是金额"),
    ("总费用", "NaN", "不是金额"),
    ("报销", 500, "比总费用还多"),
]


def test_every_bad_cell_is_named_and_nothing_is_half_done(app) -> None:
    month = date(2025, 5, 1)
    fine = {"开始日期": "2025-05-02", "结束日期": "2025-05-03"}
    rows = [line(**fine)] + [line(**(fine | {column: value})) for column, value, _ in BAD]
    outcome = read_in(app, book(rows), month)
    assert outcome.import_id is None
    for number, (column, _, words) in enumerate(BAD, start=3):
        assert any(bad.row == number and bad.column == column and words in bad.text for bad in outcome.errors), (
            number,
            column,
            outcome.errors,
        )
    assert {bad.row for bad in outcome.errors} == set(range(3, 3 + len(BAD)))
    with app.app_context(), transaction() as current:
        counted = select(func.count()).select_from(SettlementImport).where(SettlementImport.month == month)
        assert current.scalar(counted) == 0


def test_missing_columns_wrong_months_and_an_empty_list_are_refused(app) -> None:
    month = date(2025, 6, 1)
    short = read_in(app, book([], COLUMNS[:-2]), month)
    assert [bad.column for bad in short.errors] == ["总费用", "报销"]
    assert read_in(app, book([]), month).errors[0].text == "表里一行也没有"
    assert read_in(app, book([line()]), date(2099, 1, 1)).errors[0].column == "月份"
    fine = line(开始日期="2025-06-02", 结束日期="2025-06-02")
    late = read_in(app, book([fine]), month, until=date(2025, 7, 1))
    assert late.errors[0].column == "算全到哪天"


def test_a_second_list_takes_the_place_of_the_first_and_says_how_far_it_goes(app) -> None:
    month = date(2025, 7, 1)
    fine = {"开始日期": "2025-07-02", "结束日期": "2025-07-02"}
    assert not read_in(app, book([line(**fine)]), month).replaced
    again = read_in(app, book([line(**fine), line(**fine)]), month, until=date(2025, 7, 20))
    assert (again.replaced, again.lines) == (True, 2)
    figure = in_county(app, month)
    assert figure.counted.whole == 2
    assert figure.counted.missing == ("清单只算全到 7 月 20 日",)
    with app.app_context(), transaction() as current:
        state = list_states("xinmi", [month])[0]
        assert (state.lines, state.whole) == (2, False)
        kept = (
            select(func.count())
            .select_from(SettlementLine)
            .join(SettlementImport, SettlementImport.id == SettlementLine.import_id)
        )
        assert current.scalar(kept.where(SettlementImport.month == month)) == 3


def test_a_csv_reads_like_a_workbook(app) -> None:
    month = date(2025, 8, 1)
    rows = [COLUMNS, line(开始日期="2025-08-02", 结束日期="2025/8/2")]
    text = "\n".join(",".join(str(cell) for cell in row) for row in rows)
    assert read_in(app, text.encode("utf-8-sig"), month, name="清单.csv").errors == ()
    assert in_county(app, month).counted.whole == 1


@pytest.mark.parametrize("county", ["xinmi", "mangshi"])
def test_the_sample_list_reads_in_and_is_shown_as_a_sample(app, county) -> None:
    month = date(2025, 9, 1)
    with app.app_context(), transaction():
        content = sample_list(pack_of(county), month, lines=300)
    outcome = read_in(app, content, month, county)
    assert (outcome.errors, outcome.lines) == ((), 300)
    figure = in_county(app, month, county)
    assert 80 < (figure.percent or 0) < 97
    assert "这份清单是样例，不是真的" in figure.counted.missing


def test_the_command_reads_in_and_refuses(app, tmp_path) -> None:
    runner = app.test_cli_runner()
    app.cli.add_command(settlement)
    made = tmp_path / "sample.xlsx"
    options = ["--county", "xinmi", "--month", "2025-10"]
    assert runner.invoke(args=["settlement", "sample", str(made), *options, "--lines", "20"]).exit_code == 0
    read = runner.invoke(args=["settlement", "import", str(made), *options])
    assert (read.exit_code, read.output) == (0, "导入 20 行\n")
    bad = tmp_path / "bad.csv"
    bad.write_text("医院\n一\n", encoding="utf-8")
    refused = runner.invoke(args=["settlement", "import", str(bad), *options])
    assert refused.exit_code == 1
    assert "什么都没有导入" in refused.output
    assert "没有“人员代码”这一列" in refused.output
