"""The number of a certificate: no single wrong character and no swapped neighbours pass."""

import pytest

from backend.referrals.numbers import check_character, grouped, new_number, read_number

SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*"
NUMBER = "4101832648217391" + check_character("4101832648217391")


def test_the_whole_number_weighs_one_as_the_standard_says() -> None:
    """ISO 7064 MOD 37-2: with weights 2^i from the right, the sum leaves 1 when divided by 37."""
    for _ in range(200):
        number = new_number("533103", 2026)
        assert sum(SIGNS.index(sign) * 2**i for i, sign in enumerate(reversed(number))) % 37 == 1


def test_it_reads_what_people_type() -> None:
    assert read_number(grouped(NUMBER)) == NUMBER
    assert read_number("４" + NUMBER[1:]) == NUMBER, "a Chinese keyboard writes full-width digits"
    assert read_number(f" {NUMBER[:6]} {NUMBER[6:].lower()}") == NUMBER


def test_every_wrong_digit_is_found() -> None:
    for place in range(16):
        for digit in "0123456789":
            wrong = NUMBER[:place] + digit + NUMBER[place + 1 :]
            assert (read_number(wrong) == wrong) is (wrong == NUMBER)


def test_every_swap_of_neighbours_is_found() -> None:
    for number in (new_number("410183", 2026) for _ in range(100)):
        for place in range(15):
            wrong = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
            assert wrong == number or read_number(wrong) is None


@pytest.mark.parametrize("typed", ["", "abc", NUMBER[:-1], NUMBER + "0", "４1018Z" + NUMBER[6:]])
def test_what_cannot_be_a_number_is_none(typed: str) -> None:
    assert read_number(typed) is None


def test_new_numbers_carry_county_and_year_and_differ() -> None:
    made = {new_number("533103", 2026) for _ in range(200)}
    assert len(made) == 200
    assert all(number.startswith("53310326") and read_number(number) == number for number in made)
