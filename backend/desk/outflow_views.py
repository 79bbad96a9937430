"""Stays outside the county as rows, a chart and a sheet; what is not told is a word, never a number. XM-5.5."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from backend.oversight.direct_visits import DIRECT, NAMES, Matched
from backend.oversight.outflow import Ranking, Row, Sums
from backend.oversight.suppression import hidden
from backend.web.sheets import Cell, safe

FEW = "人少，不写"
_ABSENT = "缺清单"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the ranking as it is shown."""

    name: str
    years: tuple[str, ...]
    a_month: str
    stays: str
    people: str
    cost: str
    paid: str


def lines(found: Ranking) -> list[Line]:
    """Return the rows that lead, and below them all specialties together."""
    every = Row("全部专科", found.every, found.total)
    return [_line(found, row) for row in (*found.rows, every)]


def chart(found: Ranking) -> dict[str, Any]:
    """Return stays a month by specialty, a bar a year: an unfinished year stands beside a whole one."""
    return {
        "labels": [row.specialty for row in found.rows],
        "bars": [
            {
                "name": f"{year.year} 年",
                "values": [found.a_month(place, row.years[place]) for row in found.rows],
            }
            for place, year in enumerate(found.years)
            if year.there
        ],
    }


def as_csv(county: str, found: Ranking) -> bytes:
    """Return the ranking with money and people a year, and what is missing, as a sheet without formulas."""
    out = io.StringIO()
    sheet = csv.writer(out)
    for row in _sheet(county, found):
        sheet.writerow([safe(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def standings(found: Matched, below: int) -> list[tuple[str, str, bool]]:
    """Return how a month's lines stand, with small counts hidden, and whether they count as gone by themselves."""
    if found.by_kind is None:
        return []
    # Beside the list stands how many went by themselves, so each of the two sides has a sum that would tell.
    closed: set[str] = set()
    for side in (DIRECT, tuple(kind for kind in NAMES if kind not in DIRECT)):
        places = hidden([[found.by_kind[kind] for kind in side]], below)
        closed |= {side[place] for _, place in places}
    return [(name, FEW if kind in closed else str(found.by_kind[kind]), kind in DIRECT) for kind, name in NAMES.items()]


def yuan(fen: int) -> str:
    """Return money as a bureau reads it: 12.3 万元, small sums in yuan."""
    return f"{fen / 1_000_000:.1f} 万元" if fen >= 1_000_000 else f"{fen // 100} 元"


def _line(found: Ranking, row: Row) -> Line:
    averages = [
        "—" if (value := found.a_month(place, sums)) is None else f"{value:g}" for place, sums in enumerate(row.years)
    ]
    total = row.total
    return Line(
        name=row.specialty,
        years=tuple(_stays(found, place, sums) for place, sums in enumerate(row.years)),
        a_month=" → ".join(averages),
        stays=FEW if total is None else str(total.stays),
        people=FEW if total is None else str(total.people),
        cost=FEW if total is None else yuan(total.cost_fen),
        paid=FEW if total is None else yuan(total.paid_fen),
    )


def _stays(found: Ranking, place: int, sums: Sums | None) -> str:
    if not found.years[place].there:
        return _ABSENT
    return FEW if sums is None else str(sums.stays)


def _sheet(county: str, found: Ranking) -> Iterator[Sequence[Cell]]:
    yield [
        f"{county} 出县住院最多的专科，{found.years[0].year}–{found.years[-1].year} 年"
        + ("（样例）" if found.sample else "")
    ]
    yield [f"出处：{found.source.document or found.source.title} {found.source.section} {found.source.id}"]
    for words in found.missing:
        yield [words]
    yield [f"少于 {found.rule.hide.below} 人的不写（{found.hide_source.title}）"]
    yield []
    heads = ["专科"]
    for one in (*(f"{year.year} 年" for year in found.years), "合计"):
        heads += [f"{one}人次", f"{one}人数", f"{one}总费用（元）", f"{one}医保付（元）"]
    yield heads
    for row in (*found.rows, Row("全部专科", found.every, found.total)):
        cells: list[Cell] = [row.specialty]
        for place, sums in enumerate((*row.years, row.total)):
            absent = place < len(found.years) and not found.years[place].there
            if absent or sums is None:
                cells += [_ABSENT if absent else FEW] * 4
            else:
                cells += [sums.stays, sums.people, f"{sums.cost_fen / 100:.2f}", f"{sums.paid_fen / 100:.2f}"]
        yield cells
