"""A settlement list made up for a demonstration, marked as a sample in its first line and everywhere it is shown."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from backend.alliance.packs.pack import Pack
from backend.oversight.months import month_end
from backend.oversight.settlement import COLUMNS, SAMPLE_MARK
from backend.web.sheets import Cell, write_xlsx

SPECIALTIES = ("心血管内科", "神经内科", "骨科", "肿瘤科", "普外科", "儿科", "呼吸内科", "内分泌科")
_STAYS = 8  # of a hundred lines


def sample_list(pack: Pack, month: date, *, lines: int = 1200, seed: int = 7) -> bytes:
    """Return a spreadsheet of invented lines: nine in ten inside the county, as a county hopes for."""
    random = Random(f"{seed}{month}{pack.county_id}")  # noqa: S311  the same seed, the same list
    return write_xlsx("结算清单", _rows(pack, month, lines, random))


def _rows(pack: Pack, month: date, lines: int, random: Random) -> Iterator[list[Cell]]:
    yield [f"{SAMPLE_MARK}：编出来演示用的，不是真的结算"]
    yield list(COLUMNS)
    tiers = {level.tier: level for level in reversed(pack.county.levels)}
    levels = {level.code: level for level in pack.county.levels}
    own = [one for one in pack.institutions.institutions if one.treats and not one.outside]
    own = [one for one in own if levels[one.level].tier in {"grassroots", "county"}]
    last = month_end(month)
    for _ in range(lines):
        inside, stay = random.random() < 0.9, random.randrange(100) < _STAYS
        if inside:
            place = random.choice([one for one in own if one.beds] if stay else own)
            hospital, level = place.name, levels[place.level].name
        else:
            tier = tiers["prefecture" if random.random() < 0.7 else "province"]
            hospital, level = f"{tier.name}医院（样例）", tier.name
        until = last - timedelta(days=random.randrange(last.day))
        start = until - timedelta(days=random.randrange(4, 12)) if stay else until
        cost = random.randrange(3_000, 18_000) if stay else random.randrange(30, 400)
        yield [
            f"S{random.randrange(10**9):09d}",
            pack.county.name,
            hospital,
            level,
            "县内" if inside else "县外",
            "住院" if stay else "门诊",
            random.choice(SPECIALTIES),
            start,
            until,
            cost,
            cost * random.randrange(40, 75) // 100,
        ]
