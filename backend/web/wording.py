"""Pydantic's complaints in words a villager understands."""

from typing import Any

from backend.kernel.errors import Violation
from backend.kernel.sources import HOUSE

_TEXTS = {
    "missing": ("这一项没有填。", "请补上这一项。"),
    "extra_forbidden": ("有一项这里用不着。", "请去掉它，或更新小程序后再试。"),
    "string_too_short": ("这一项太短或空着。", "请填完整。"),
    "string_too_long": ("这一项太长了。", "请写短一些。"),
    "string_pattern_mismatch": ("这一项的写法不对。", "请照旁边的例子填。"),
    "greater_than_equal": ("这个数太小了。", "请检查后重填。"),
    "greater_than": ("这个数太小了。", "请检查后重填。"),
    "less_than_equal": ("这个数太大了。", "请检查后重填。"),
    "less_than": ("这个数太大了。", "请检查后重填。"),
    "enum": ("没有这个选项。", "请从给出的选项里选一个。"),
    "literal_error": ("没有这个选项。", "请从给出的选项里选一个。"),
    "too_long": ("选得太多了。", "请减少几项。"),
    "too_short": ("选得太少了。", "请至少选一项。"),
    "json_invalid": ("内容格式不对。", "请重新填写。"),
    "decimal_max_digits": ("这个数太长了。", "请少填几位。"),
    "decimal_max_places": ("小数点后面太长了。", "请少填几位。"),
}
_WHOLE = ("提交的内容要分项填写。", "请重新填写，或更新小程序后再试。")
_NUMBER = ("这里要填一个数字。", "请只填数字，比如 128。")
_FAMILIES = {
    "date": ("日期或时间不对。", "请按 2026-11-24 或 09:20 这样填。"),
    "datetime": ("日期或时间不对。", "请按 2026-11-24 或 09:20 这样填。"),
    "time": ("日期或时间不对。", "请按 2026-11-24 或 09:20 这样填。"),
    "uuid": ("编号不对。", "请回上一页重新打开。"),
    "int": ("这里要填一个整数。", "请只填数字。"),
    "float": _NUMBER,
    "decimal": _NUMBER,
    "finite": _NUMBER,
    "bool": ("这里要选是或否。", "请重新选择。"),
    "string": ("这里要填文字。", "请重新填写这一项。"),
    "list": ("这里要列出几项。", "请重新选择，或更新小程序后再试。"),
    "dict": _WHOLE,
    "model": _WHOLE,
}
"""By how the complaint's name begins, where it has no line of its own."""


def shape_violation(item: Any) -> Violation:
    """Return one complaint about a field as a violation with a pointer to it."""
    kind = str(item["type"])
    otherwise = _FAMILIES.get(kind.split("_", 1)[0], ("这一项填得不对。", "请检查后重填。"))
    text, instead = _TEXTS.get(kind, otherwise)
    if kind == "value_error":
        # Our own validators raise ValueError with Chinese text; pydantic puts a prefix before.
        text = str(item["msg"]).removeprefix("Value error, ")
    pointer = "/" + "/".join(str(part) for part in item["loc"])
    return Violation(rule=f"shape.{kind}", text=text, source=HOUSE, instead=instead, pointer=pointer[:200])
