"""Reading in the fund's settlement list: every bad cell named, nothing half done. XM-3, MS-1."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from backend.alliance.packs.pack import Pack
from backend.kernel.clock import local_day
from backend.kernel.ids import new_id
from backend.kernel.roles import Actor
from backend.oversight.models import SettlementImport, SettlementLine
from backend.oversight.months import month_end
from backend.store import audit, clock
from backend.web.sheets import FORMULA, BadCell, Cell, read_table

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
SAMPLE_MARK = "样例"
_MOST_ERRORS = 50
_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
_PSEUDONYM = re.compile(r"[A-Za-z0-9_-]{4,64}")
_ID_NUMBER = re.compile(r"[0-9]{17}[0-9Xx]|[0-9]{15}")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file: read in whole with so many lines, or refused with every bad cell (the first fifty)."""

    lines: int
    errors: tuple[BadCell, ...]
    more_errors: int = 0
    import_id: UUID | None = None
    replaced: bool = False


def import_list(
    current: Session,
    actor: Actor,
    pack: Pack,
    *,
    name: str,
    content: bytes,
    month: date,
    complete_until: date,
) -> Outcome:
    """Read a month's list in, or refuse it. Raises Invalid for what is no table at all."""
    rows = read_table(name, content)
    sample = bool(rows) and any(isinstance(cell, str) and SAMPLE_MARK in cell for cell in rows[0])
    if sample and rows[0][0] not in COLUMNS:
        rows = rows[1:]  # the line above the heads that says so
    errors: list[BadCell] = list(_period(month, complete_until, local_day(clock.now(current))))
    places, missing = _heads(rows)
    errors += [BadCell(1, column, f"没有“{column}”这一列") for column in missing]
    lines: list[dict[str, Any]] = []
    if not missing:
        for number, row in enumerate(rows[1:], start=2 + sample):
            line, bad = _Line(pack, month, number, {name: _at(row, place) for name, place in places.items()}).read()
            errors += bad
            lines.append(line)
        if not lines:
            errors.append(BadCell(2, "", "表里一行也没有"))
    if errors:
        return Outcome(len(lines), tuple(errors[:_MOST_ERRORS]), max(0, len(errors) - _MOST_ERRORS))
    replaced = current.execute(
        update(SettlementImport)
        .where(
            SettlementImport.county_id == actor.county_id,
            SettlementImport.month == month,
            SettlementImport.replaced_at.is_(None),
        )
        .values(replaced_at=clock.sql_now())
    )
    made = SettlementImport(
        county_id=actor.county_id,
        month=month,
        complete_until=complete_until,
        file_name=name[:120],
        sha256=hashlib.sha256(content).digest(),
        lines=len(lines),
        sample=sample,
        account_id=actor.account_id,
    )
    current.add(made)
    current.flush()
    for start in range(0, len(lines), 2000):
        values = [
            {"county_id": actor.county_id, "id": new_id(), "import_id": made.id, **line}
            for line in lines[start : start + 2000]
        ]
        current.execute(insert(SettlementLine), values)
    audit.record(
        current,
        actor,
        "oversight.import",
        "settlement_import",
        made.id,
        detail={"month": month.isoformat(), "lines": len(lines), "sample": sample},
    )
    count = int(replaced.rowcount)  # type: ignore[attr-defined]
    return Outcome(len(lines), (), import_id=made.id, replaced=count > 0)


def _period(month: date, complete_until: date, today: date) -> Sequence[BadCell]:
    found = []
    if month.day != 1 or month > today:
        found.append(BadCell(0, "月份", "月份不对，不能是还没到的月份"))
    if not month <= complete_until <= month_end(month.replace(day=1)):
        found.append(BadCell(0, "算全到哪天", "“算全到哪天”要在这个月里"))
    return found


def _heads(rows: list[list[Cell]]) -> tuple[dict[str, int], list[str]]:
    heads = [str(cell).strip().removesuffix("（元）") if cell is not None else "" for cell in (rows[0] if rows else [])]
    places = {column: heads.index(column) for column in COLUMNS if column in heads}
    return places, [column for column in COLUMNS if column not in places]


def _at(row: list[Cell], place: int) -> Cell:
    return row[place] if place < len(row) else None


class _Line:
    """One row on its way to a line; collects everything that is wrong with it."""

    def __init__(self, pack: Pack, month: date, number: int, cells: dict[str, Cell]) -> None:
        self.pack, self.month, self.number, self.cells = pack, month, number, cells
        self.bad: list[BadCell] = []

    def read(self) -> tuple[dict[str, Any], list[BadCell]]:
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
        }
        return line, self.bad

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
