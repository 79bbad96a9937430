"""Values keep WeChat's limits, or the defect is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.wechat.keywords import NOTHING_TO_SAY, UnfitValue, build_template_data, fit, width


@pytest.mark.parametrize(
    ("keyword", "value", "fitted"),
    [
        ("thing1", "  您有一条\n健康提醒\t ", "您有一条 健康提醒"),
        ("thing1", "一二三四五六七八九十一二三四五六七八九十", "一二三四五六七八九十一二三四五六七八九十"),
        ("thing1", "一二三四五六七八九十一二三四五六七八九十一", "一二三四五六七八九十一二三四五六七八九…"),
        ("thing9", "", NOTHING_TO_SAY),
        ("thing9", "\u200b\u0000 \n", NOTHING_TO_SAY),
        ("thing1", "𠮷" * 10, "𠮷" * 10),
        ("thing1", "𠮷" * 11, "𠮷" * 9 + "…"),
        ("name1", "买买提·吐尔逊江·阿不都", "买买提·吐尔逊江·…"),
        ("name1", "Muhammad Ali Khan", "Muhammad Ali Khan"),
        ("name1", "M" * 21, "M" * 20),
        ("phrase1", "已确认(1)", "已确认"),
        ("phrase1", "一二三四五六", "一二三四五"),
        ("character_string1", "编号 AB-12", "AB-12"),
        ("letter1", "A1b2", "Ab"),
        ("symbol1", "a★☆", "★☆"),
        ("number1", "12.5", "12.5"),
        ("time2", "15:01", "15:01"),
        ("time2", "2026年10月1日 15:01", "2026年10月1日 15:01"),
        ("time2", "2026年10月1日 15:01~2026年10月2日 8:00", "2026年10月1日 15:01~2026年10月2日 8:00"),
        ("date2", "2026年10月1日", "2026年10月1日"),
        ("amount3", "¥12.50元", "¥12.50元"),
        ("phone_number4", "0371-6988 1234", "0371-6988 1234"),
        ("car_number5", "豫A12345", "豫A12345"),
        ("enum6", "已完成", "已完成"),
    ],
)
def test_value_is_fitted_to_its_keyword(keyword: str, value: str, fitted: str) -> None:
    assert fit(keyword, value) == fitted


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("time2", "15:01:30"),
        ("time2", "明天"),
        ("time2", "25:00"),
        ("number1", "٤"),
        ("date2", "2026年10月"),
        ("number1", "十二"),
        ("number1", ""),
        ("phrase1", "OK"),
        ("amount1", "12345678901"),
        ("car_number1", "豫A1234567"),
        ("name1", " "),
        ("thing", "没有编号"),
        ("secret1", "没有这种"),
    ],
)
def test_value_that_would_have_to_say_something_else_is_a_named_defect(keyword: str, value: str) -> None:
    with pytest.raises(UnfitValue) as caught:
        build_template_data({"thing1": "好", keyword: value})
    assert caught.value.keyword == keyword
    assert value.strip() == "" or value not in str(caught.value)


@given(st.text())
def test_any_text_becomes_a_thing_of_one_to_twenty_characters_on_one_line(text: str) -> None:
    fitted = fit("thing1", text)
    assert 1 <= width(fitted) <= 20
    assert fitted == fitted.strip()
    assert len(fitted.splitlines()) == 1
    fitted.encode()
