"""WeChat's limits on the values of a notice; what breaks them gets error 47003 with the keyword's name."""

import re
import unicodedata

_DAY = r"(?:[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2})"
_HOUR = r"(?:[01]?[0-9]|2[0-3]):[0-5][0-9]"
_RULES = {
    "number": r"-?[0-9]+(\.[0-9]+)?",
    "letter": r"[A-Za-z]{1,32}",
    "symbol": r"(?:[^\w\s]|_){1,5}",
    "character_string": r"[\x21-\x7e][\x20-\x7e]{0,31}",
    "time": rf"({_DAY} )?{_HOUR}(~({_DAY} )?{_HOUR})?",
    "date": rf"{_DAY}( {_HOUR})?(~{_DAY}( {_HOUR})?)?",
    "amount": r"[¥$€￥]?[0-9]{1,10}(\.[0-9]+)?元?",
    "phone_number": r"[0-9+()\-. ]{1,17}",
    "car_number": r".{1,8}",
    "phrase": r"[\u3400-\u9fff]{1,5}",
    "enum": r".+",
}


def fits(keyword: str, value: object) -> bool:
    """Whether WeChat would take this value under this keyword."""
    if not isinstance(value, str) or not value or value != value.strip() or "\n" in value or "\r" in value:
        return False
    if any(unicodedata.category(one) == "Cc" for one in value):
        return False
    kind = keyword.rstrip("0123456789")
    length = len(value.encode("utf-16-le")) // 2
    if kind == "thing":
        return length <= 20
    if kind == "name":
        return length <= (20 if value.isascii() else 10)
    if kind == "number" and len(value) > 32:
        return False
    return kind in _RULES and re.fullmatch(_RULES[kind], value) is not None


def first_misfit(keywords: list[str], data: object) -> str | None:
    """The first keyword whose value is missing or breaks its limit, or one that the template does not have."""
    given = data if isinstance(data, dict) else {}
    for keyword in keywords:
        entry = given.get(keyword)
        if not isinstance(entry, dict) or not fits(keyword, entry.get("value")):
            return keyword
    return next((str(one) for one in given if one not in keywords), None)
