"""Reading in the fund's settlement list: every bad cell named, nothing half done. XM-3, MS-1."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
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
from backend.oversight.settlement_lines import COLUMNS, PAPERS, SAMPLE_MARK, Line
from backend.store import audit, clock
from backend.web.sheets import BadCell, Cell, read_table

_MOST_ERRORS = 50


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
            line, bad = Line(pack, month, number, {name: _at(row, place) for name, place in places.items()}).read()
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
        papers=set(PAPERS) <= places.keys(),
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
    places = {column: heads.index(column) for column in (*COLUMNS, *PAPERS) if column in heads}
    return places, [column for column in COLUMNS if column not in places]


def _at(row: list[Cell], place: int) -> Cell:
    return row[place] if place < len(row) else None
