"""A house's sessions from a spreadsheet: every bad cell named by row and column, nothing half done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import select

from backend.alliance.packs import Pack
from backend.alliance.queries import pack
from backend.booking import schedules
from backend.booking.schedules import Settled
from backend.kernel.clock import local_day
from backend.kernel.roles import Actor
from backend.people.models import Practitioner, PractitionerRole
from backend.store import clock
from backend.store.db import session
from backend.web.sheets import FORMULA, BadCell, Cell, read_table

COLUMNS = ("编号", "科室", "名称", "医生", "星期", "日期", "隔几周", "开始", "结束", "号数", "专家", "地点", "起", "止")
NEEDED = ("编号", "科室", "名称", "开始", "结束", "号数")
MOST_ROWS = 2000
MOST_ERRORS = 50
_WORDS = ("一1", "二2", "三3", "四4", "五5", "六6", "日天7")
_WEEKDAYS = {word: number for number, words in enumerate(_WORDS, 1) for word in words}
_DAY = TypeAdapter(date)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file: so many sessions settled, or every bad cell (the first fifty) and nothing settled."""

    settled: int
    errors: tuple[BadCell, ...]
    more_errors: int = 0


@dataclass(frozen=True, slots=True)
class Read:
    """What a file says, before anything is written: its sessions by row, or every bad cell (the first fifty)."""

    found: tuple[tuple[int, Settled], ...]
    errors: tuple[BadCell, ...] = ()
    more_errors: int = 0


def import_schedule(actor: Actor, institution: str, name: str, content: bytes) -> Outcome:
    """Read a house's sessions in, all or none. Raises Invalid for what is no table at all."""
    said = read_schedule(actor, institution, name, content)
    if said.errors:
        return Outcome(0, said.errors, said.more_errors)
    for _, settled in said.found:
        schedules.settle(actor, institution, settled)
    return Outcome(len(said.found), ())


def read_schedule(actor: Actor, institution: str, name: str, content: bytes) -> Read:
    """Read a file and hold every row against the rules; nothing is written. Raises Invalid for what is no table."""
    rows = read_table(name, content)
    heads = [str(cell).strip() if cell is not None else "" for cell in (rows[0] if rows else [])]
    missing = [column for column in NEEDED if column not in heads]
    if missing or len(rows) < 2 or len(rows) > MOST_ROWS:
        errors = [BadCell(1, column, f"没有“{column}”这一列") for column in missing]
        if not missing:
            errors.append(BadCell(2, "", "表里一行也没有" if len(rows) < 2 else f"一次最多 {MOST_ROWS} 行"))
        return Read((), tuple(errors))
    places = {column: heads.index(column) for column in COLUMNS if column in heads}
    county, doctors = pack(actor.county_id), _doctors(actor.county_id, institution)
    found: list[tuple[int, Settled]] = []
    bad: list[BadCell] = []
    seen: dict[str, int] = {}
    for number, row in enumerate(rows[1:], start=2):
        cells = {column: row[place] if place < len(row) else None for column, place in places.items()}
        if all(cell in (None, "") for cell in cells.values()):
            continue
        line = _Line(county, institution, number, cells, doctors)
        settled = line.read()
        if settled is not None:
            line.bad += [BadCell(number, "", text) for text in _against(actor, institution, settled)]
            if settled.code in seen:
                line.bad.append(BadCell(number, "编号", f"和第 {seen[settled.code]} 行的编号一样"))
            seen.setdefault(settled.code, number)
            found.append((number, settled))
        bad += line.bad
    return Read(tuple(found), tuple(bad[:MOST_ERRORS]), max(0, len(bad) - MOST_ERRORS))


def _against(actor: Actor, institution: str, settled: Settled) -> tuple[str, ...]:
    problem = schedules.impossible(actor, settled)
    return (problem,) if problem else schedules.broken(actor, institution, settled)


def _doctors(county_id: str, institution: str) -> Mapping[str, list[UUID]]:
    """Return who may be meant by a name or a licence: somebody registered here before anybody elsewhere."""
    rows = session().execute(
        select(Practitioner.name, Practitioner.licence, Practitioner.id, PractitionerRole.institution)
        .join(
            PractitionerRole,
            (PractitionerRole.county_id == Practitioner.county_id)
            & (PractitionerRole.practitioner_id == Practitioner.id),
        )
        .where(Practitioner.county_id == county_id)
        .distinct()
    )
    here: dict[str, set[UUID]] = {}
    anywhere: dict[str, set[UUID]] = {}
    for row in rows:
        for key in filter(None, (row.name, row.licence)):
            anywhere.setdefault(key, set()).add(row.id)
            if row.institution == institution:
                here.setdefault(key, set()).add(row.id)
    return {key: sorted(here.get(key) or found) for key, found in anywhere.items()}


class _Line:
    """One row on its way to a session; collects everything that is wrong with it."""

    def __init__(
        self, county: Pack, institution: str, number: int, cells: dict[str, Cell], doctors: Mapping[str, list[UUID]]
    ) -> None:
        self.county, self.institution, self.number = county, institution, number
        self.cells, self.doctors = cells, doctors
        self.bad: list[BadCell] = []

    def read(self) -> Settled | None:
        today = local_day(clock.now())
        given: dict[str, Any] = {
            "code": self._text("编号", 40),
            "department": self._department(),
            "title": self._text("名称", 40),
            "practitioner_id": self._doctor(),
            "weekdays": self._weekdays(),
            "on_day": self._day("日期"),
            "every_weeks": self._number("隔几周", 1, 8) or 1,
            "start": self._time("开始"),
            "end": self._time("结束"),
            "capacity": self._number("号数", 1, 500, needed=True),
            "expert": self._yes("专家"),
            "place": self._text("地点", 60, needed=False),
            "from_on": self._day("起") or self._day("日期", quiet=True) or today,
            "until_on": self._day("止"),
        }
        return None if self.bad else Settled(**given)

    def _wrong(self, column: str, text: str) -> None:
        self.bad.append(BadCell(self.number, column, text))

    def _raw(self, column: str) -> Cell:
        value = self.cells.get(column)
        if value == FORMULA:
            self._wrong(column, "这一格是公式，请粘贴成值")
            return None
        return value.strip() if isinstance(value, str) else value

    def _text(self, column: str, most: int, *, needed: bool = True) -> str:
        value = self._raw(column)
        text = "" if value is None else str(value)
        if needed and not text:
            self._wrong(column, "没有写")
        if len(text) > most:
            self._wrong(column, f"太长了，最多 {most} 个字")
        return text

    def _department(self) -> str:
        text = self._text("科室", 40)
        names = {one.name: one.code for one in self.county.institutions.departments}
        codes = set(names.values())
        if text and text not in names and text not in codes:
            self._wrong("科室", f"没有“{text}”这个科室")
        return names.get(text, text)

    def _doctor(self) -> UUID | None:
        text = self._text("医生", 40, needed=False)
        if not text:
            return None
        found = self.doctors.get(text, [])
        if len(found) != 1:
            self._wrong("医生", f"没有“{text}”这位医生" if not found else f"有几位“{text}”，请写执业证号")
            return None
        return found[0]

    def _weekdays(self) -> tuple[int, ...]:
        text = self._text("星期", 40, needed=False)
        words = [letter for letter in text if letter not in "周星期、,， 和0.;；/"]
        if any(word not in _WEEKDAYS for word in words):
            self._wrong("星期", "请写成：一、三、五")
        return tuple(sorted({_WEEKDAYS[word] for word in words if word in _WEEKDAYS}))

    def _day(self, column: str, *, quiet: bool = False) -> date | None:
        value = self._raw(column)
        if value in (None, ""):
            return None
        if isinstance(value, date):
            return value.date() if isinstance(value, datetime) else value
        try:
            return _DAY.validate_python(str(value).replace("/", "-").replace(".", "-"))
        except ValidationError:
            if not quiet:
                self._wrong(column, "日期不对，请写成 2026-12-01")
            return None

    def _time(self, column: str) -> time:
        text = str(self._raw(column) or "").replace("：", ":")
        try:
            hour, minute = text.split(":")[:2]
            return time(int(hour), int(minute))
        except ValueError:
            self._wrong(column, "时间不对，请写成 8:30" if text else "没有写")
            return time(0)

    def _number(self, column: str, least: int, most: int, *, needed: bool = False) -> int:
        value = self._raw(column)
        if value in (None, ""):
            if needed:
                self._wrong(column, "没有写")
            return 0
        try:
            number = int(str(value).removesuffix(".0"))
        except ValueError:
            number = least - 1
        if not least <= number <= most:
            self._wrong(column, f"请写 {least} 到 {most} 的整数")
        return number

    def _yes(self, column: str) -> bool:
        text = self._text(column, 10, needed=False)
        if text not in ("", "是", "否", "√", "0", "1"):
            self._wrong(column, "请写“是”或“否”")
        return text in ("是", "√", "1")
