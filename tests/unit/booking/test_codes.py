"""The check-in code catches a slip of the tongue."""

from backend.booking.codes import _ALPHABET, new_code, read_code


def test_a_code_is_read_however_it_is_typed() -> None:
    code = new_code()
    assert read_code(f" {code[:4].lower()}-{code[4:]} ") == code
    assert read_code(f"liandong:checkin:xinmi:{code}") == code
    assert read_code("".join(chr(ord(one) + 0xFEE0) for one in code)) == code


def test_one_wrong_character_is_always_caught() -> None:
    for _ in range(20):
        code = new_code()
        for place, right in enumerate(code):
            for wrong in _ALPHABET:
                if wrong != right:
                    assert read_code(code[:place] + wrong + code[place + 1 :]) is None


def test_what_cannot_be_a_code_is_none() -> None:
    assert read_code("") is None
    assert read_code("12") is None
    assert read_code("OOOOOOOO") is None


def test_what_only_ends_like_a_code_is_none() -> None:
    code = new_code()
    assert read_code(f"1380{code}") is None
    assert read_code(f"410183-26-{code}") is None
    assert read_code(f"https://example.test/v/4101832648217390X?s={code}") is None
