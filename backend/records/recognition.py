"""May a result made elsewhere be used here? Direction, age and quality mark decide. XM-5.3, MS-4.2.3b. Pure."""

from dataclasses import dataclass
from datetime import date

from backend.alliance.packs.pack import Pack
from backend.alliance.packs.sections.insurance import RecognisedItem
from backend.kernel.sources import Source

_WHY = {
    "recognised": "能直接用，不用重做",
    "not_listed": "这一项不在本县互认目录里，带来给医生参考",
    "lower_to_upper": "下面做的，上面医院带来参考，要不要重做由医生定",
    "same_level": "同级做的这一项，本县目录还没有互认，带来给医生参考",
    "upper_to_lower": "这一项本县目录还没有互认，带来给医生参考",
    "too_old": "时间久了，过了有效期，带来给医生参考",
    "no_mark": "没有质控合格标记，带来给医生参考",
}


@dataclass(frozen=True, slots=True)
class Recognition:
    """Whether a result counts at an institution, why, and whose rule that is."""

    recognised: bool
    why: str
    text: str
    source: Source
    direction: str
    valid_until: date | None


def recognise(
    pack: Pack, item: str, made_at: str, used_at: str, taken_on: date, marked: bool, day: date
) -> Recognition:
    """Judge one result. `item` is a code of the county's catalogue; results of unknown items are only shown."""
    direction = _direction(pack, made_at, used_at)
    entry = next((one for one in pack.insurance.recognition.items if one.code == item), None)
    if entry is None:
        return Recognition(False, "not_listed", _WHY["not_listed"], _source(pack, None), direction, None)
    until = date.fromordinal(taken_on.toordinal() + entry.valid_days)
    why = "recognised"
    if made_at != used_at and direction not in entry.directions:
        why = direction
    elif day > until:
        why = "too_old"
    elif entry.needs_quality_mark and not marked:
        why = "no_mark"
    return Recognition(why == "recognised", why, _WHY[why], _source(pack, entry), direction, until)


def _direction(pack: Pack, made_at: str, used_at: str) -> str:
    made, used = (pack.county.level(pack.institutions.institution(code).level).rank for code in (made_at, used_at))
    if made == used:
        return "same_level"
    return "upper_to_lower" if made > used else "lower_to_upper"


def _source(pack: Pack, entry: RecognisedItem | None) -> Source:
    return pack.source(entry.source if entry else pack.insurance.recognition.source)
