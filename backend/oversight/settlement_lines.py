"""One row of the fund's list on its way to a line: every cell read strictly, every bad one named. XM-3, MS-1."""

import re
import unicodedata
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from backend.alliance.packs.pack import Pack
from backend.store.vault import vault
from backend.web.sheets import FORMULA, BadCell, Cell

COLUMNS = (
    "人员代码",
    "参保地",
    "医院",
    "医院级别",
    "县内县外",
    "类别",
    "专科",
    "开始日期",
    "结束日期",
    "总费用",
    "报销",
)
PAPER, CAME_HOW = "转诊证明号", "就医方式"
PAPERS = (PAPER, CAME_HOW)
"""Both together say who went with a certificate and who could not have one; a list may come without them."""
SAMPLE_MARK = "样例"
WAYS = {
    "转诊": "referred",
    "急诊": "emergency",
    "急诊抢救": "emergency",
    "按法律去专业机构": "special",
    "特殊病种": "special",
    "自行外出": "own",
    "自行": "own",
    "普通": "ordinary",
    "其他": "ordinary",
}
_EXACT = 15  # digits that a spreadsheet's number holds
_CRUSHED = re.compile(r"[0-9.]+[Ee]\+?[0-9]+")
_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
_PSEUDONYM = re.compile(r"[A-Za-z0-9_-]{4,64}")
_ID_NUMBER = re.compile(r"[0-9]{17}[0-9Xx]|[0-9]{15}")


def paper_index(number: str) -> bytes:
    """Return the keyed value by which a number on the list meets a number of ours, however it was typed."""
    plain = re.sub(r"[\s\-—–]", "", unicodedata.normalize("NFKC", number)).upper()
    return vault().blind_index("settlement paper", plain)


class Line:
    """One row on its way to a line; collects everything that is wrong with it."""

    def __init__(self, pack: Pack, month: date, number: int, cells: dict[str, Cell]) -> None:
        self.pack, self.month, self.number, self.cells = pack, month, number, cells
        self.bad: list[BadCell] = []

    def read(self) -> tuple[dict[str, Any], list[BadCell]]:
        """Return the line's values, and every bad cell; with one of these the values are not used."""
        levels = {name: level for level in self.pack.county.levels for name in (level.code, level.name, level.name[:2])}
        level_text = self._text("医院级别")
        level = levels.get(level_text)
        if level_text and level is None:
            self._wrong(
                "医院级别", f"“{level_text}”不认得，请写：" + "、".join(x.name for x in self.pack.county.levels)
            )
        place = self._choice(
            "县内县外", {"县内": True, "市内": True, "内": True, "县外": False, "市外": False, "外": False}
        )
        kind = self._choice("类别", {"门诊": "visit", "住院": "stay"})
        from_on, until_on = self._day("开始日期"), self._day("结束日期")
        if from_on and until_on:
            if until_on < from_on:
                self._wrong("结束日期", "结束日期在开始日期之前")
            elif (until_on.year, until_on.month) != (self.month.year, self.month.month):
                self._wrong("结束日期", f"不是 {self.month:%Y-%m} 这个月结算的")
        cost, paid = self._money("总费用"), self._money("报销")
        if cost is not None and paid is not None and paid > cost:
            self._wrong("报销", "报销比总费用还多")
        pseudonym = self._text("人员代码")
        if _ID_NUMBER.fullmatch(pseudonym):
            self._wrong("人员代码", "这是身份证号，不能收。请基金那边换成代码再导出")
        elif pseudonym and not _PSEUDONYM.fullmatch(pseudonym):
            self._wrong("人员代码", "人员代码要 4 位以上字母或数字")
        own_tier = level is not None and level.tier in {"grassroots", "county"}
        by_level = self.pack.targets.place_rule.prefecture_hospital_in_county == "outside"
        line = {
            "number": self.number,
            "pseudonym": pseudonym,
            "insured_here": self._insured_here(),
            "hospital": self._text("医院")[:80],
            "level": level.code if level else "",
            "inside": bool(place) and (own_tier or not by_level),
            "kind": kind,
            "specialty": self._text("专科")[:40],
            "from_on": from_on,
            "until_on": until_on,
            "cost_fen": cost,
            "paid_fen": paid,
            "paper_index": self._paper(),
            "came_how": self._came_how(),
        }
        return line, self.bad

    def _maybe(self, column: str) -> str:
        value = self.cells.get(column)
        if value == FORMULA:
            self._once(column, "这一格是公式，请粘贴成数值再导")
            return ""
        return "" if value is None else str(value).strip()

    def _paper(self) -> bytes | None:
        text, cell = self._maybe(PAPER), self.cells.get(PAPER)
        if isinstance(cell, float) or (isinstance(cell, int) and len(text) > _EXACT) or _CRUSHED.fullmatch(text):
            # A spreadsheet's number does not hold seventeen digits: who had a certificate would seem to have none.
            self._wrong(PAPER, "证明号被表格软件改成了数字，后几位丢了。请把这一列设成文本，重新导出")
            return None
        return paper_index(text[:60]) if text else None

    def _came_how(self) -> str | None:
        text = self._maybe(CAME_HOW)
        if text and text not in WAYS:
            self._wrong(CAME_HOW, f"“{text}”不认得，请写：" + "、".join(WAYS))
        return WAYS.get(text)

    def _insured_here(self) -> bool:
        county = self.pack.county
        return self._text("参保地") in {county.id, county.name, county.short_name, county.code, "本县", "本市"}

    def _wrong(self, column: str, text: str) -> None:
        self.bad.append(BadCell(self.number, column, text))

    def _text(self, column: str) -> str:
        value = self.cells[column]
        if value == FORMULA:
            self._once(column, "这一格是公式，请粘贴成数值再导")
            return ""
        text = "" if value is None else str(value).strip()
        if not text:
            self._once(column, "没有填")
        return text

    def _once(self, column: str, text: str) -> None:
        if not any(bad.column == column for bad in self.bad):
            self._wrong(column, text)

    def _choice(self, column: str, known: dict[str, Any]) -> Any:
        text = self._text(column)
        if text and text not in known:
            self._wrong(column, f"“{text}”不认得，请写：" + "、".join(known))
        return known.get(text)

    def _day(self, column: str) -> date | None:
        value = self.cells[column]
        if isinstance(value, date):
            return value
        text = self._text(column)
        found = _DAY.fullmatch(text)
        try:
            if found is not None:
                return date(*(int(part) for part in found.groups()))
        except ValueError:
            found = None
        if text:
            self._wrong(column, f"“{text}”不是日期，请写成 2026-03-01")
        return None

    def _money(self, column: str) -> int | None:
        text = self._text(column)
        try:
            amount = Decimal(text.replace(",", "")) if text else None
        except InvalidOperation:
            amount = Decimal("NaN")
        if amount is None:
            return None
        if not amount.is_finite() or amount < 0 or amount > 10_000_000 or amount != amount.quantize(Decimal("0.01")):
            self._wrong(column, f"“{text}”不是金额，请写元，最多两位小数")
            return None
        return int(amount * 100)
