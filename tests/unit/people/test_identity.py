"""Identity numbers, phones and ages: every bad input of the list, and the edges of the law."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.people.identity import (
    IdentityRefused,
    check_digit,
    masked,
    needs_guardian,
    normal_phone,
    read_identity_number,
    under_fourteen,
)

TODAY = date(2026, 11, 22)
GOOD = "11010519491231002X"  # the standard's own example
FULL_WIDTH = "１１０１０５１９４９１２３１００２Ｘ"


@pytest.mark.parametrize(
    "text",
    [GOOD, GOOD.lower(), f" {GOOD} ", "110105 19491231 002X", "110105-19491231-002X", FULL_WIDTH,
     "110105\u200b19491231\ufeff002X", "\u3000110105194912310 02x", f"{GOOD}\n"],
)  # fmt: skip
def test_the_same_number_however_it_is_written(text: str) -> None:
    read = read_identity_number(text, TODAY)
    assert (read.number, read.birth_on, read.sex) == (GOOD, date(1949, 12, 31), "female")


def test_the_standards_other_example_is_a_man() -> None:
    assert read_identity_number("440524188001010014", date(1950, 1, 1)).sex == "male"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "18 位"),
        ("110105194912310021", "最后一位"),
        ("11010519491231002", "18 位"),
        ("11010519491231002X1", "18 位"),
        ("110105491231002", "15 位"),
        ("11010519990230002X", "出生日期不存在"),
        ("11010519000229002X", "出生日期不存在"),
        ("11010520990101002X", "还没到"),
        ("11010518990101002X", "太早"),
        ("١١٠١٠٥١٩٤٩١٢٣١٠٠٢X", "只有数字"),
        ("1101051949123100AX", "只有数字"),
        ("X1010519491231002X", "只有数字"),
        ("１101０519491231002Y", "只有数字"),
        ("';DROP_TABLE人--x1234", "只有数字"),
    ],
)
def test_a_wrong_number_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(IdentityRefused, match=re.escape(reason)):
        read_identity_number(text, TODAY)


@pytest.mark.parametrize("area", ["533103", "533100", "533102", "532421", "810000", "830000", "999999", "000000"])
def test_area_codes_are_never_judged(area: str) -> None:
    first = f"{area}20000229001"
    assert read_identity_number(first + check_digit(first), TODAY).birth_on == date(2000, 2, 29)


@pytest.mark.parametrize(
    ("text", "birth_on"),
    [
        ("810000199408230021", date(1994, 8, 23)),  # residence permit of somebody from Hong Kong: the standard's sample
        ("820000199001010012", date(1990, 1, 1)),  # of somebody from Macao
        ("830000198512120037", date(1985, 12, 12)),  # of somebody from Taiwan
        ("911124198108030024", date(1981, 8, 3)),  # a foreigner's permanent residence card of 2023: its sample
    ],
)
def test_permits_and_foreigners_cards_are_numbers_like_any_other(text: str, birth_on: date) -> None:
    first = text[:17]
    read = read_identity_number(first + check_digit(first), TODAY)
    assert read.birth_on == birth_on
    if text.startswith("9"):
        assert check_digit(first) == text[17]


@pytest.mark.parametrize(("born", "reason"), [("19000229", "不存在"), ("20260230", "不存在"), ("20261123", "还没到")])
def test_a_day_that_never_was_or_is_still_to_come_is_refused(born: str, reason: str) -> None:
    first = f"533103{born}001"
    with pytest.raises(IdentityRefused, match=reason):
        read_identity_number(first + check_digit(first), TODAY)


def test_the_oldest_age_is_a_hundred_and_twenty() -> None:
    for born, taken in (("19061122", True), ("19051122", False)):
        first = f"533103{born}001"
        if taken:
            assert read_identity_number(first + check_digit(first), TODAY)
        else:
            with pytest.raises(IdentityRefused, match="太早"):
                read_identity_number(first + check_digit(first), TODAY)


def test_any_single_wrong_digit_and_any_swap_of_neighbours_is_found() -> None:
    for place in range(17):
        for digit in "0123456789":
            wrong = GOOD[:place] + digit + GOOD[place + 1 :]
            if wrong != GOOD:
                with pytest.raises(IdentityRefused):
                    read_identity_number(wrong, TODAY)
    for place in range(16):
        swapped = GOOD[:place] + GOOD[place + 1] + GOOD[place] + GOOD[place + 2 :]
        if swapped != GOOD:
            with pytest.raises(IdentityRefused):
                read_identity_number(swapped, TODAY)


@given(st.text(max_size=40))
def test_no_text_does_anything_but_be_read_or_refused(text: str) -> None:
    for read in (lambda: read_identity_number(text, TODAY), lambda: normal_phone(text)):
        try:
            read()
        except IdentityRefused as reason:
            assert str(reason)


def test_a_number_is_shown_without_its_middle() -> None:
    assert masked(GOOD) == "110***********002X"


@pytest.mark.parametrize(
    "text",
    ["13812345678", "138 1234 5678", "138-1234-5678", "+8613812345678", "008613812345678", "8613812345678",
     "１３８１２３４５６７８", "+86 138\u200b12345678"],
)  # fmt: skip
def test_the_same_phone_however_it_is_written(text: str) -> None:
    assert normal_phone(text) == "13812345678"


@pytest.mark.parametrize("text", ["16512345678", "17012345678", "19212345678"])
def test_numbers_of_virtual_operators_are_phones(text: str) -> None:
    assert normal_phone(text) == text


def test_landlines_and_neighbours_abroad() -> None:
    assert normal_phone("0692-2121234") == "06922121234"
    assert normal_phone("(0371) 6912-3456") == "037169123456"
    assert normal_phone("9876543210", "95") == "+959876543210"


@pytest.mark.parametrize("text", ["", "1381234567", "138123456789", "12345678901", "١٣٨١٢٣٤٥٦٧٨", "110", "abc", "+"])
def test_what_is_no_phone_is_refused(text: str) -> None:
    with pytest.raises(IdentityRefused, match="电话号码不对"):
        normal_phone(text)


@pytest.mark.parametrize(
    ("birth_on", "day", "own_wages", "lacks_capacity", "needed"),
    [
        (date(2008, 11, 23), TODAY, False, False, True),  # 18 tomorrow
        (date(2008, 11, 22), TODAY, False, False, False),  # 18 today
        (date(2010, 11, 22), TODAY, True, False, False),  # 16 today, on own wages
        (date(2010, 11, 23), TODAY, True, False, True),  # 16 tomorrow: too young for it
        (date(2009, 5, 1), TODAY, False, False, True),
        (date(2009, 5, 1), TODAY, True, True, True),
        (date(1940, 1, 1), TODAY, False, True, True),  # a court found so
        (date(1940, 1, 1), TODAY, False, False, False),
        (date(2008, 2, 29), date(2026, 2, 28), False, False, True),  # born on 29 February
        (date(2008, 2, 29), date(2026, 3, 1), False, False, False),
    ],
)
def test_who_needs_a_guardian(birth_on: date, day: date, own_wages: bool, lacks_capacity: bool, needed: bool) -> None:
    assert needs_guardian(birth_on, day, own_wages=own_wages, lacks_capacity=lacks_capacity) is needed


def test_the_day_of_fourteen() -> None:
    assert under_fourteen(date(2012, 11, 23), TODAY)
    assert not under_fourteen(date(2012, 11, 22), TODAY)
    assert under_fourteen(date(2012, 2, 29), date(2026, 2, 28))
    assert not under_fourteen(date(2012, 2, 29), date(2026, 3, 1))


@given(st.dates(date(1930, 1, 1), date(2030, 1, 1)))
def test_a_guardian_is_needed_on_every_day_before_a_certain_one_and_on_none_after(birth_on: date) -> None:
    days = [birth_on + timedelta(days=offset) for offset in range(0, 20 * 366, 97)]
    answers = [needs_guardian(birth_on, day) for day in days]
    assert answers == sorted(answers, reverse=True)
