"""Who somebody is, in pure rules: identity numbers, phones, names and who needs a guardian.

Sources: GB 11643-1999 (ID-01 to ID-05), Civil Code art. 17-24, Personal Information Protection Law art. 31.
"""

import re
from dataclasses import dataclass
from datetime import date

from backend.kernel.clock import age_on

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_OLDEST_YEARS = 120
# Full-width digits, letters and signs as a Chinese keyboard gives them; other scripts' digits are no digits here.
_HALF_WIDTH = {0xFF01 + offset: 0x21 + offset for offset in range(94)}
_GAPS = re.compile("[\\s\u200b-\u200f\u2060\ufeff\u00ad\\-‐-―]+")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"0[1-9][0-9]{1,2}[2-9][0-9]{6,7}")
_FOREIGN = re.compile(r"\+[1-9][0-9]{6,14}")


class IdentityRefused(ValueError):
    """A number or name that cannot be taken; the text says why and what to do, in Chinese."""


@dataclass(frozen=True, slots=True)
class IdentityNumber:
    """A checked 18-digit number, upper-case, and what it says of its holder."""

    number: str
    birth_on: date
    sex: str


def half_width(text: str) -> str:
    """Return text with full-width characters as plain ones, and without gaps and invisible characters."""
    return _GAPS.sub("", text.translate(_HALF_WIDTH))


def read_identity_number(text: str, day: date) -> IdentityNumber:
    """Return a checked identity number (GB 11643-1999). `day` is today in China.

    Area codes are never judged: codes are retired while their holders live. Raises IdentityRefused with a reason.
    """
    number = half_width(text).upper()
    if re.fullmatch(r"[0-9]{15}", number):
        raise IdentityRefused("这是 15 位的老号码，请填现在身份证上的 18 位号码。")
    if len(number) != 18:
        raise IdentityRefused(f"身份证号是 18 位，现在是 {len(number)} 位，请对着证件再看一遍。")
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise IdentityRefused("身份证号只有数字，最后一位可能是 X。请检查有没有别的字。")
    try:
        birth_on = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError as error:
        raise IdentityRefused("号码里的出生日期不存在，请检查第 7 到 14 位。") from error
    if birth_on > day:
        raise IdentityRefused("号码里的出生日期还没到，请检查第 7 到 14 位。")
    if age_on(birth_on, day) > _OLDEST_YEARS:
        raise IdentityRefused("号码里的出生日期太早了，请检查第 7 到 14 位。")
    if check_digit(number[:17]) != number[17]:
        raise IdentityRefused("号码最后一位对不上，多半有一个数字填错了，请对着证件再看一遍。")
    return IdentityNumber(number, birth_on, "male" if int(number[16]) % 2 else "female")


def check_digit(first: str) -> str:
    """Return the 18th character of the first 17 digits (ID-02)."""
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(first, _WEIGHTS, strict=True)) % 11]


def masked(number: str) -> str:
    """Return an identity number as it may be shown: area and last four."""
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}"


def normal_phone(text: str, country: str = "86") -> str:
    """Return a phone as it is compared: a Chinese number bare, a foreign one with + and its country.

    Raises IdentityRefused with a reason.
    """
    number = half_width(text).replace("(", "").replace(")", "")
    number = f"+{number[2:]}" if number.startswith("00") else number
    if country != "86" and not number.startswith("+"):
        number = f"+{country}{number}"
    number = number.removeprefix("+86")
    if len(number) == 13 and number.startswith("86"):
        number = number[2:]
    if _MOBILE.fullmatch(number) or _LANDLINE.fullmatch(number) or _FOREIGN.fullmatch(number):
        return number
    raise IdentityRefused("电话号码不对：手机是 11 位，座机要带区号，比如 0692-2121234。")


def needs_guardian(birth_on: date, day: date, *, own_wages: bool = False, lacks_capacity: bool = False) -> bool:
    """Say whether a guardian must consent: under 18, or without full capacity (Civil Code art. 17-24).

    Somebody of 16 or 17 who lives on their own wages counts as grown up (art. 18).
    """
    age = age_on(birth_on, day)
    return lacks_capacity or age < 16 or (age < 18 and not own_wages)


def under_fourteen(birth_on: date, day: date) -> bool:
    """Say whether the law's extra rules for children's data hold (Personal Information Protection Law art. 31)."""
    return age_on(birth_on, day) < 14
