"""Targets in plain words, small counts hidden, spreadsheets without formulas."""

import io
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from backend.alliance.packs import load_pack
from backend.kernel.errors import Invalid
from backend.oversight.months import month_end, months_back, next_month
from backend.oversight.targets import Counted, build, hide_few
from backend.web.sheets import FORMULA, read_table, safe, write_xlsx

COUNTIES = Path(__file__).parents[3] / "counties"
DAY = date(2026, 10, 31)


@pytest.fixture(scope="module")
def xinmi():
    return load_pack(COUNTIES / "xinmi")


@pytest.fixture(scope="module")
def mangshi():
    return load_pack(COUNTIES / "mangshi")


@pytest.mark.clause("MS-1")
@pytest.mark.parametrize(
    ("part", "met", "words"),
    [(65, True, "达到目标"), (64, False, "离目标还差 1.0 个百分点"), (100, True, "达到目标")],
)
def test_the_grassroots_share_is_at_least_sixty_five(mangshi, part, met, words) -> None:
    figure = build(mangshi, "grassroots-share", Counted(part, 100), DAY)
    assert figure is not None
    assert (figure.met, figure.sentence, figure.target_text) == (met, words, "目标：65% 以上")
    assert figure.target_source is not None and figure.target_source.id == "MS-1"


@pytest.mark.clause("MS-1")
@pytest.mark.parametrize(
    ("part", "met", "words"),
    [
        (86, False, "离目标还差 1.0 个百分点"),
        (87, True, "达到目标"),
        (93, True, "达到目标"),
        (95, False, "比目标高 2.0 个百分点"),
    ],
)
def test_about_ninety_has_a_band_on_both_sides(mangshi, part, met, words) -> None:
    figure = build(mangshi, "in-county-visit-rate", Counted(part, 100), DAY)
    assert figure is not None
    assert (figure.met, figure.sentence) == (met, words)
    assert figure.target_text == "目标：90% 左右（87%–93%）"
    assert figure.sample_target


@pytest.mark.clause("XM-3")
def test_xinmi_wants_at_least_ninety_and_no_grassroots_share(xinmi) -> None:
    assert build(xinmi, "grassroots-share", Counted(1, 2), DAY) is None
    figure = build(xinmi, "in-county-visit-rate", Counted(897, 1000), DAY)
    assert figure is not None
    assert (figure.percent, figure.met, figure.sentence) == (89.7, False, "离目标还差 0.3 个百分点")
    assert (figure.numerator, figure.denominator) == ("参保人在县内看病的人次", "参保人全部看病的人次")
    assert figure.source.id == "XM-3"


def test_what_cannot_be_computed_says_what_is_missing(xinmi) -> None:
    gone = Counted(0, 0, ("缺居民医保结算清单（2026 年 10 月）",), computable=False)
    figure = build(xinmi, "in-county-visit-rate", gone, DAY)
    assert figure is not None
    assert (figure.percent, figure.met) == (None, None)
    assert figure.sentence == "还算不出来：缺居民医保结算清单（2026 年 10 月）"


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([10, 20, 0], [10, 20, 0]),
        ([1, 2, 30], [None, None, 30]),
        ([3, 30, 12, 0], [None, 30, None, 0]),
        ([4], [None]),
        ([5, 6], [5, 6]),
        ([], []),
    ],
)
def test_small_counts_are_hidden_and_the_sum_does_not_tell_them(values, shown) -> None:
    assert hide_few(values) == shown


def test_what_is_written_is_no_formula() -> None:
    rows = [["名字", 3], ["=cmd|' /C calc'!A0", -3], ["+1", "@SUM(A1)"], ["-2+3", "\tx"]]
    sheet = load_workbook(io.BytesIO(write_xlsx("表", rows))).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert sheet["A2"].value == "'=cmd|' /C calc'!A0"
    assert sheet["B2"].value == -3
    assert safe("平常") == "平常"


def test_a_formula_is_not_believed() -> None:
    book = Workbook()
    book.active.append(["a", "b"])
    book.active.append([1, "=1+1"])
    out = io.BytesIO()
    book.save(out)
    assert read_table("x.xlsx", out.getvalue()) == [["a", "b"], [1, FORMULA]]
    assert read_table("x.csv", b"a,b\n1,=1+1\n") == [["a", "b"], ["1", FORMULA]]
    assert read_table("x.csv", "医院,b\n一,2\n".encode("gb18030")) == [["医院", "b"], ["一", "2"]]


@pytest.mark.parametrize(
    ("name", "content"),
    [("x.xls", b""), ("x.xlsx", b"not a zip"), ("x.csv", b"\xff\xfe\x00\x81\x30"), ("x.csv", b"a\x00b"), ("x", b"1")],
)
def test_what_is_no_table_is_refused_in_words(name: str, content: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        read_table(name, content)
    assert refused.value.code == "table_format"


def test_months_follow_the_calendar() -> None:
    assert month_end(date(2028, 2, 1)) == date(2028, 2, 29)
    assert next_month(date(2026, 12, 1)) == date(2027, 1, 1)
    assert months_back(date(2026, 2, 1), 3) == [date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)]
