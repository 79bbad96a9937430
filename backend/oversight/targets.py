"""A figure held against the county's target, in plain words. XM-3, MS-1, XM-5.2a, XM-5.4c."""

from dataclasses import dataclass, field
from datetime import date

from backend.alliance.packs.pack import Pack
from backend.alliance.packs.sections.targets import Indicator, Target
from backend.kernel.sources import Source

FEW = 5
"""Counts below this are not shown where a drill-down could point at somebody."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Some of all, as far as is known; `missing` says in words what is not."""

    part: int
    whole: int
    missing: tuple[str, ...] = ()
    computable: bool = True

    @property
    def percent(self) -> float | None:
        """Return the share in percent with one decimal, or None when it cannot be computed."""
        return round(100 * self.part / self.whole, 1) if self.computable and self.whole else None


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the bureau's page with its definition, its target and what is missing."""

    code: str
    name: str
    plain: str
    numerator: str
    denominator: str
    counted: Counted
    target_text: str
    met: bool | None
    sentence: str
    source: Source
    target_source: Source | None
    sample_target: bool
    notes: tuple[str, ...] = ()
    kinds: tuple[tuple[str, Counted], ...] = field(default_factory=tuple)

    @property
    def percent(self) -> float | None:
        """Return the figure in percent, or None."""
        return self.counted.percent


def build(
    pack: Pack,
    code: str,
    counted: Counted,
    day: date,
    *,
    notes: tuple[str, ...] = (),
    kinds: tuple[tuple[str, Counted], ...] = (),
) -> Figure | None:
    """Hold a count against the target in force on a day; None when the county does not look at this figure."""
    indicator = find(pack, code)
    if indicator is None:
        return None
    target = next((one for one in pack.targets.targets if one.indicator == code and one.in_force(day)), None)
    percent = counted.percent
    met = None if target is None or percent is None else target.met(percent)
    return Figure(
        code=code,
        name=indicator.name,
        plain=indicator.plain,
        numerator=indicator.numerator,
        denominator=indicator.denominator,
        counted=counted,
        target_text=target_text(target),
        met=met,
        sentence=sentence(counted, target),
        source=pack.source(indicator.source),
        target_source=pack.source(target.source) if target else None,
        sample_target=target.sample if target else False,
        notes=notes,
        kinds=kinds,
    )


def find(pack: Pack, code: str) -> Indicator | None:
    """Return an indicator's definition in the county's pack, or None."""
    return next((one for one in pack.targets.indicators if one.code == code), None)


def target_text(target: Target | None) -> str:
    """Say the target as the paper does: at least, at most, about with its band."""
    if target is None:
        return "本县没有定目标"
    if target.kind == "at_least":
        return f"目标：{target.percent}% 以上"
    if target.kind == "at_most":
        return f"目标：不超过 {target.percent}%"
    return f"目标：{target.percent}% 左右（{target.percent - target.band}%–{target.percent + target.band}%）"


def sentence(counted: Counted, target: Target | None) -> str:
    """Say in one sentence how it stands, or why it cannot be said."""
    percent = counted.percent
    if percent is None:
        return "还算不出来：" + ("；".join(counted.missing) if counted.missing else "这个月还没有数")
    if target is None:
        return f"{counted.whole} 里有 {counted.part}"
    if target.met(percent):
        return "达到目标"
    if target.kind == "at_most" or (target.kind == "about" and percent > target.percent):
        return f"比目标高 {percent - target.percent - target.band:.1f} 个百分点"
    return f"离目标还差 {target.percent - target.band - percent:.1f} 个百分点"


def hide_few(values: list[int]) -> list[int | None]:
    """Return a column with small counts hidden; when only one is, the next smallest too, or the sum would tell."""
    small = {place for place, value in enumerate(values) if 0 < value < FEW}
    if len(small) == 1:
        rest = [(value, place) for place, value in enumerate(values) if place not in small and value > 0]
        if rest:
            small.add(min(rest)[1])
    return [None if place in small else value for place, value in enumerate(values)]
