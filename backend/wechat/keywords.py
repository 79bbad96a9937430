"""The limits WeChat sets on every kind of keyword in a template, and how a value is made to keep them.

Source: WeChat, "订阅消息参数值内容限制说明". A value that breaks its limit is refused with error 47003, and with it
the whole notice; an empty value too.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping

ELLIPSIS = "…"
NOTHING_TO_SAY = "请点开查看"

_NUMBERED = re.compile(r"([a-z_]+)[0-9]+")
_HANZI = re.compile(r"[\u3400-\u9fff]")
_DAY = r"[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日"
_HOUR = r"(?:[01]?[0-9]|2[0-3]):[0-5][0-9]"
_TIME = re.compile(rf"(?:{_DAY} )?{_HOUR}(?:~(?:{_DAY} )?{_HOUR})?")
_DATE = re.compile(rf"{_DAY}(?: {_HOUR})?(?:~{_DAY}(?: {_HOUR})?)?")
_NUMBER = re.compile(r"(?=.{1,32}$)-?[0-9]+(?:\.[0-9]+)?")
_AMOUNT = re.compile(r"[¥$€]?[0-9]{1,10}(?:\.[0-9]{1,2})?元?")
_PHONE = re.compile(r"[0-9+()\- ]{1,17}")


class UnfitValue(ValueError):
    """A value that cannot be cut to its keyword's limit without changing what it says: a defect of the caller."""

    def __init__(self, keyword: str) -> None:
        self.keyword = keyword
        super().__init__(f"the value of {keyword} does not fit its kind")


def fit(keyword: str, value: str) -> str:
    """The value as WeChat takes it under this keyword ("thing1"); raises UnfitValue."""
    match = _NUMBERED.fullmatch(keyword)
    rule = _FIT.get(match.group(1)) if match else None
    fitted = rule(_one_line(value)) if rule else None
    if not fitted:
        raise UnfitValue(keyword)
    return fitted


def build_template_data(values: Mapping[str, str]) -> dict[str, str]:
    """Every value fitted to its keyword; raises UnfitValue naming the first that cannot be."""
    return {keyword: fit(keyword, value) for keyword, value in values.items()}


def width(text: str) -> int:
    """Characters as WeChat counts them: a rare hanzi outside the basic plane counts two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _one_line(value: str) -> str:
    visible = "".join(" " if unicodedata.category(one) in ("Cc", "Zl", "Zp") else one for one in value)
    kept = "".join(one for one in visible if unicodedata.category(one) not in ("Cf", "Cs", "Co", "Cn"))
    return " ".join(kept.split())


def _cut(text: str, limit: int) -> str:
    if width(text) <= limit:
        return text
    while width(text) > limit - 1:
        text = text[:-1]
    return text.rstrip() + ELLIPSIS


def _thing(text: str) -> str:
    return _cut(text, 20) or NOTHING_TO_SAY


def _name(text: str) -> str:
    # The ellipsis is no letter: it would make a name of letters a mixed one, with half the room.
    return text[:20].rstrip() if text.isascii() else _cut(text, 10)


def _phrase(text: str) -> str:
    return "".join(_HANZI.findall(text))[:5]


def _character_string(text: str) -> str:
    return "".join(one for one in text if one.isascii() and one.isprintable())[:32].strip()


def _letter(text: str) -> str:
    return "".join(one for one in text if one.isascii() and one.isalpha())[:32]


def _symbol(text: str) -> str:
    return "".join(one for one in text if not one.isalnum() and not one.isspace())[:5]


def _whole(pattern: re.Pattern[str]) -> Callable[[str], str]:
    return lambda text: text if pattern.fullmatch(text) else ""


_FIT: dict[str, Callable[[str], str]] = {
    "thing": _thing,
    "name": _name,
    "phrase": _phrase,
    "character_string": _character_string,
    "letter": _letter,
    "symbol": _symbol,
    "number": _whole(_NUMBER),
    "time": _whole(_TIME),
    "date": _whole(_DATE),
    "amount": _whole(_AMOUNT),
    "phone_number": _whole(_PHONE),
    "car_number": lambda text: text if width(text) <= 8 else "",
    "enum": lambda text: text,
}
