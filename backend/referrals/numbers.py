"""The number of a certificate: county, year, eight random digits, a check character. Pure but for the digits.

Random, so that nobody walks from one certificate to the next; the check character (ISO 7064, MOD 37,36) finds every
single wrong character and nearly every swap when a desk types it in.
"""

import re
import secrets

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SHAPE = re.compile(r"^\d{16}[0-9A-Z]$")


def new_number(county_code: str, year: int) -> str:
    """Return a fresh number, such as 41018326482173907 with its check character; unique by the database."""
    body = f"{county_code}{year % 100:02d}{secrets.randbelow(10**8):08d}"
    return body + check_character(body)


def check_character(body: str) -> str:
    """Return the character that makes the number right (ISO 7064 MOD 37,36)."""
    product = 36
    for character in body:
        product = (product + _ALPHABET.index(character)) % 36 or 36
        product = product * 2 % 37
    return _ALPHABET[(37 - product) % 36]


def read_number(typed: str) -> str | None:
    """Return the number somebody typed, spaces and dashes left out, or None when it cannot be one."""
    number = re.sub(r"[\s\-—–]", "", typed).upper()
    if not _SHAPE.match(number) or check_character(number[:-1]) != number[-1]:
        return None
    return number


def grouped(number: str) -> str:
    """Return a number as it is printed: 410183-26-4821-7390-X."""
    return "-".join((number[:6], number[6:8], number[8:12], number[12:16], number[16:]))
