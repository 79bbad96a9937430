"""A settlement list made up for a demonstration, marked as a sample in its first line and everywhere it is shown."""

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from backend.alliance.packs.pack import Pack
from backend.oversight.months import month_end
from backend.oversight.settlement_lines import COLUMNS, PAPERS, SAMPLE_MARK
from backend.web.sheets import Cell, write_xlsx

SPECIALTIES = ("心血管内科", "神经内科", "骨科", "普外科", "儿科", "呼吸内科", "内分泌科")
LEAVING = {
    "肿瘤科": (30, 2),
    "心脏介入": (22, 1),
    "骨科": (18, -3),
    "神经外科": (14, 0),
    "儿科重症": (8, -1),
    "眼科": (5, 0),
    "风湿免疫科": (3, 0),
}
"""For what people leave: how often, and how that changes from year to year."""
_HOW = {"急诊": 50, "转诊": 10, "自行外出": 15, "普通": 10, "按法律去专业机构": 15}
_STAYS, _STAYS_OUTSIDE = 8, 40  # of a hundred lines
_FIRST_YEAR = 2024


def sample_list(pack: Pack, month: date, *, lines: int = 1200, seed: int = 7) -> bytes:
    """Return a spreadsheet of invented lines: nine in ten inside the county, as a county hopes for."""
    return write_xlsx("结算清单", _rows(pack, month, lines, seed))


def sample_csv(pack: Pack, month: date, *, lines: int = 240, seed: int = 7) -> bytes:
    """Return the same as plain text: many months of a demonstration are read in at once."""
    out = io.StringIO()
    csv.writer(out).writerows(_rows(pack, month, lines, seed))
    return out.getvalue().encode()


def _rows(pack: Pack, month: date, lines: int, seed: int) -> Iterator[list[Cell]]:
    random = Random(f"{seed}{month}{pack.county_id}")  # noqa: S311  the same seed, the same list
    yield [f"{SAMPLE_MARK}：编出来演示用的，不是真的结算"]
    yield [*COLUMNS, *PAPERS]
    levels = {level.code: level for level in pack.county.levels}
    treating = [one for one in pack.institutions.institutions if one.treats]
    own = [one for one in treating if not one.outside and levels[one.level].tier in {"grassroots", "county"}]
    upper = [one for one in treating if one.kind == "upper_hospital"]
    last, drift = month_end(month), month.year - _FIRST_YEAR
    weights = [max(1, often + drift * change) for often, change in LEAVING.values()]
    for _ in range(lines):
        inside = random.random() < 0.9
        stay = random.randrange(100) < (_STAYS if inside else _STAYS_OUTSIDE)
        if inside:
            place = random.choice([one for one in own if one.beds] if stay else own)
            hospital, level, specialty = place.name, levels[place.level].name, random.choice(SPECIALTIES)
        else:
            tier = "prefecture" if random.random() < 0.7 else "province"
            place = random.choice([one for one in upper if levels[one.level].tier == tier])
            hospital, level = place.name, levels[place.level].name
            [specialty] = random.choices(list(LEAVING), weights)
        until = last - timedelta(days=random.randrange(last.day))
        start = until - timedelta(days=random.randrange(4, 12)) if stay else until
        cost = random.randrange(3_000, 18_000) * (1 if inside else 2) if stay else random.randrange(30, 400)
        yield [
            f"S{random.randrange(10**9):09d}",
            pack.county.name,
            hospital,
            level,
            "县内" if inside else "县外",
            "住院" if stay else "门诊",
            specialty,
            start,
            until,
            cost,
            cost * random.randrange(40, 75) // 100,
            None,
            None if inside else random.choices(list(_HOW), list(_HOW.values()))[0],
        ]
