"""The number of a certificate: county, year, eight random digits, a check character. Pure but for the digits.

Random, so that nobody walks from one certificate to the next; the check character (ISO 7064, MOD 37-2) finds every
single wrong character and every swap of neighbours when a desk types it in.
"""

import re
import secrets
import unicodedata

_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*"
_SHAPE = re.compile(r"[0-9]{16}[0-9A-Z]")


def new_number(county_code: str, year: int) -> str:
    """Return a fresh number with its check character; unique by the database."""
    while True:
        body = f"{county_code}{year % 100:02d}{secrets.randbelow(10**8):08d}"
        check = check_character(body)
        if check != "*":  # the 37th sign of the standard, on no keyboard of a phone
            return body + check


def new_registration_number(year: int) -> str:
    """Return a fresh number for who went by themselves: its first letter keeps it from being a certificate's."""
    while True:
        body = f"Z{year % 100:02d}{secrets.randbelow(10**8):08d}"
        check = check_character(body)
        if check != "*":
            return body + check


def check_character(body: str) -> str:
    """Return the character that makes the number right (ISO 7064 MOD 37-2)."""
    remainder = 0
    for character in body:
        remainder = (remainder + _SIGNS.index(character)) * 2 % 37
    return _SIGNS[(38 - remainder) % 37]


def read_number(typed: str) -> str | None:
    """Return the number somebody typed, spaces and dashes left out, or None when it cannot be one."""
    # A Chinese keyboard writes full-width digits; they mean the same.
    number = re.sub(r"[\s\-—–]", "", unicodedata.normalize("NFKC", typed)).upper()
    if not _SHAPE.fullmatch(number) or check_character(number[:-1]) != number[-1]:
        return None
    return number


def grouped(number: str) -> str:
    """Return a number as it is printed: 410183-26-4821-7390-X."""
    return "-".join((number[:6], number[6:8], number[8:12], number[12:16], number[16:]))
