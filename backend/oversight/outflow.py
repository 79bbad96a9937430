"""For which specialties people leave the county for a stay: years side by side, from the fund's list alone. XM-5.5."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import extract, func, select, tuple_

from backend.alliance.packs.sections.targets import Outflow
from backend.alliance.queries import pack as pack_of
from backend.kernel.sources import Source
from backend.oversight.models import SettlementImport, SettlementLine
from backend.oversight.months import month_end
from backend.oversight.suppression import hidden
from backend.store.db import session


@dataclass(frozen=True, slots=True)
class Sums:
    """Stays outside, how many people, what they cost and what the fund paid."""

    stays: int = 0
    people: int = 0
    cost_fen: int = 0
    paid_fen: int = 0


@dataclass(frozen=True, slots=True)
class Year:
    """A calendar year up to the month that is looked at, and which of its lists are there."""

    year: int
    asked: tuple[int, ...]  # months
    there: tuple[int, ...]
    until: date | None  # the newest list is complete until that day

    @property
    def words(self) -> str:
        """Say plainly what is missing of the year, or nothing."""
        if not self.there:
            return f"{self.year} 年一份清单也没有"
        lacking = [month for month in self.asked if month not in self.there]
        last = max(self.there)
        found = []
        if inner := [month for month in lacking if month < last]:
            found.append(f"{self.year} 年缺 {'、'.join(str(month) for month in inner)} 月")
        if last < max(self.asked):
            found.append(f"清单只到 {self.year} 年 {last} 月")
        if self.until and self.until < month_end(date(self.year, last, 1)):
            found.append(f"{self.year} 年 {last} 月的清单只算全到 {self.until.day} 日")
        return "；".join(found)


@dataclass(frozen=True, slots=True)
class Row:
    """One specialty: a figure a year, None where it is not told; and all years together."""

    specialty: str
    years: tuple[Sums | None, ...]
    total: Sums | None


@dataclass(frozen=True, slots=True)
class Ranking:
    """The specialties that lead, with what is missing and whose rule it is."""

    rule: Outflow
    source: Source
    hide_source: Source
    years: tuple[Year, ...]
    rows: tuple[Row, ...]
    every: tuple[Sums | None, ...]  # all specialties, a figure a year
    total: Sums | None
    specialties: int
    sample: bool

    @property
    def missing(self) -> list[str]:
        """Say what is missing, a sentence a year."""
        return [year.words for year in self.years if year.words]

    def a_month(self, place: int, sums: Sums | None) -> float | None:
        """Return stays a month in the year at that place, so that an unfinished year stands beside a whole one."""
        months = len(self.years[place].there)
        return None if sums is None or not months else round(sums.stays / months, 1)


def ranking(county_id: str, until: date) -> Ranking:
    """Return the ranking over the pack's years, the last of them up to the month that is looked at."""
    pack = pack_of(county_id)
    rule = pack.targets.outflow
    lists = _lists(county_id, until, rule)
    years = tuple(_year(year, until, lists[year]) for year in range(until.year - rule.years + 1, until.year + 1))
    sums = _sums(county_id, until, rule)
    totals = {specialty: one for (specialty, year), one in sums.items() if specialty is not None and year is None}
    leading = sorted(totals, key=lambda name: (-totals[name].stays, name))[: rule.top]
    cells = [[sums.get((name, one.year), Sums()) for one in years] for name in leading]
    # People are what could point at somebody; where they are few, stays and money go with them.
    closed = hidden([[one.people for one in row] for row in cells], rule.hide.below)
    whole = sums.get((None, None), Sums())
    every = [sums.get((None, one.year), Sums()) for one in years]
    shut = hidden([[one.people for one in every]], rule.hide.below)
    return Ranking(
        rule=rule,
        source=pack.source(rule.source),
        hide_source=pack.source(rule.hide.source),
        years=years,
        rows=tuple(
            Row(
                name,
                tuple(None if (place, column) in closed else one for column, one in enumerate(cells[place])),
                None if 0 < totals[name].people < rule.hide.below else totals[name],
            )
            for place, name in enumerate(leading)
        ),
        every=tuple(None if (0, column) in shut else one for column, one in enumerate(every)),
        total=None if 0 < whole.people < rule.hide.below else whole,
        specialties=len(totals),
        sample=any(one.sample for rows in lists.values() for one in rows),
    )


def _lists(county_id: str, until: date, rule: Outflow) -> dict[int, list[SettlementImport]]:
    found: dict[int, list[SettlementImport]] = defaultdict(list)
    rows = session().scalars(
        select(SettlementImport)
        .where(
            SettlementImport.county_id == county_id,
            SettlementImport.replaced_at.is_(None),
            SettlementImport.month.between(_first(until, rule), until),
        )
        .order_by(SettlementImport.month)
    )
    for row in rows:
        found[row.month.year].append(row)
    return found


def _year(year: int, until: date, rows: list[SettlementImport]) -> Year:
    last = until.month if year == until.year else 12
    return Year(
        year=year,
        asked=tuple(range(1, last + 1)),
        there=tuple(row.month.month for row in rows),
        until=rows[-1].complete_until if rows else None,
    )


def _first(until: date, rule: Outflow) -> date:
    return date(until.year - rule.years + 1, 1, 1)


def _sums(county_id: str, until: date, rule: Outflow) -> dict[tuple[str | None, int | None], Sums]:
    """Count once for every specialty and year, every specialty, every year, and all: people are not added up."""
    year = extract("year", SettlementImport.month)
    grouped = func.grouping_sets(
        tuple_(SettlementLine.specialty, year), tuple_(SettlementLine.specialty), tuple_(year), tuple_()
    )
    rows: Iterable[Any] = session().execute(
        select(
            SettlementLine.specialty,
            year,
            func.count(),
            func.count(SettlementLine.pseudonym.distinct()),
            func.sum(SettlementLine.cost_fen),
            func.sum(SettlementLine.paid_fen),
        )
        .join(
            SettlementImport,
            (SettlementImport.county_id == SettlementLine.county_id)
            & (SettlementImport.id == SettlementLine.import_id),
        )
        .where(
            SettlementLine.county_id == county_id,
            SettlementLine.insured_here,
            SettlementLine.kind == "stay",
            SettlementLine.inside.is_(False),
            SettlementImport.replaced_at.is_(None),
            SettlementImport.month.between(_first(until, rule), until),
        )
        .group_by(grouped)
    )
    return {
        (specialty, None if found is None else int(found)): Sums(
            int(stays), int(people), int(cost or 0), int(paid or 0)
        )
        for specialty, found, stays, people, cost, paid in rows
    }
