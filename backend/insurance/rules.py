"""What a stay costs the person, worked out line by line: each with its reason and whose rule it is.

Sources: XM-5.6c (difference, waiver), MS-4.7a (bands by level), MS-4.2.3e (certificate and benefit). Integer fen.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from backend.alliance.packs.sections.insurance import (
    DownWaiver,
    InsuranceSection,
    Reduction,
    StayBenefit,
    UpDifference,
)


@dataclass(frozen=True, slots=True)
class StayFacts:
    """What the estimate asks. `lower_charged_fen`: the deductible paid for a stay below; None: no such stay."""

    level: str
    on: date
    age: int
    insurance: str = "resident"  # resident | employee | none
    insured_here: bool = True
    direction: str = "up"
    category: str = "stay"  # stay | outpatient | examination | bed | home
    from_level: str | None = None
    lower_charged_fen: int | None = None
    with_certificate: bool = True
    second_stay: bool = False
    groups: frozenset[str] = frozenset()
    institution_kind: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an estimate as it is read: text, money in fen where there is any, and the source's id."""

    code: str
    text: str
    source: str
    fen: int | None = None
    sample: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """Eligible cost from (inclusive) up to a limit is paid back at so many percent."""

    from_fen: int
    up_to_fen: int | None
    percent: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """The outcome: the deductible to pay now, the bands above it, the lines that explain it."""

    applies: bool
    deductible_fen: int
    bands: tuple[Band, ...]
    lines: tuple[Line, ...]
    year_cap_fen: int = 0

    def fund_pays(self, eligible_fen: int) -> int:
        """Return what the fund pays of an eligible cost; never more than the cost or the yearly cap."""
        paid = 0
        for band in self.bands:
            low = max(band.from_fen, self.deductible_fen)
            high = eligible_fen if band.up_to_fen is None else min(eligible_fen, band.up_to_fen)
            if high > low:
                paid += (high - low) * band.percent // 100
        return min(paid, self.year_cap_fen) if self.year_cap_fen else paid


def estimate_stay(section: InsuranceSection, facts: StayFacts) -> Estimate:
    """Work out one stay. Where nothing applies the lines say why, in plain words."""
    refused = _outside(section, facts)
    if refused is not None:
        return Estimate(False, 0, (), (refused,))
    benefit = _benefit(section, facts)
    if benefit is None:
        line = Line("no_table", "这一级医院的报销标准本县还没有录入，请问医保窗口。", section.ordering_source.source)
        return Estimate(False, 0, (), (line,))
    lines = [
        Line(
            "standard", "这一级医院的起付线（先自己付的那一段）", benefit.source, benefit.deductible_fen, benefit.sample
        )
    ]
    deductible = benefit.deductible_fen
    for line, changed in _between_levels(section, facts, deductible):
        lines.append(line)
        deductible = changed
    plus = 0
    for reduction in _reductions(section.reductions, facts):
        deductible = deductible * reduction.deductible_percent // 100
        plus += reduction.plus_points
        lines.append(Line(reduction.code, reduction.name, reduction.source, deductible, reduction.sample))
    minus = 0
    rule = section.without_certificate
    if not facts.with_certificate and rule is not None and rule.in_force(facts.on) and facts.level in rule.levels:
        minus = rule.minus_points
        lines.append(Line("without_certificate", rule.text, rule.source, None, rule.sample))
    bands = _bands(benefit, plus - minus)
    lines.append(Line("ratio", _ratio_text(bands), benefit.source, None, benefit.sample))
    return Estimate(True, deductible, bands, tuple(lines), section.year_cap_fen)


def not_under_these_rules(section: InsuranceSection, insurance: str, *, insured_here: bool) -> str | None:
    """Return what applies to somebody whom the rules for this county's residents do not reach; None: they do."""
    ask = f"请问医保窗口（{section.agency_phone}）"
    if insurance == "none":
        return f"没有参加医保，费用由自己付；能不能参保、有没有救助，{ask}。"
    if not insured_here:
        return "在外地参保，按参保地的规定报；请在出院结账前问参保地的医保，或在“国家医保服务平台”App 上备案。"
    if insurance == "employee":
        return f"参加的是职工医保，本县的转诊报销规定只管{section.scheme}；怎么报，{ask}。"
    return None


def _outside(section: InsuranceSection, facts: StayFacts) -> Line | None:
    if facts.insurance == "employee":
        return Line("employee", section.not_covered, section.ordering_source.source)
    if facts.insurance == "none" or not facts.insured_here:
        return Line("not_insured", "没有参加本县居民医保，按自己的参保地报销或自费。", section.ordering_source.source)
    if facts.category in {"outpatient", "examination"}:
        return Line(
            "outpatient", "这次是看门诊，起付线补差和免除都用不上；要住院时才算。", section.ordering_source.source
        )
    if facts.category == "home":
        return Line("home", "不住院，没有起付线要付。", section.ordering_source.source)
    return None


def _benefit(section: InsuranceSection, facts: StayFacts) -> StayBenefit | None:
    found = [stay for stay in section.stays if stay.level == facts.level and stay.in_force(facts.on)]
    return found[-1] if found else None


def _between_levels(section: InsuranceSection, facts: StayFacts, standard: int) -> Iterable[tuple[Line, int]]:
    """Difference going up, waiver coming down: for stays, with a certificate, where the county has the rule."""
    if not facts.with_certificate:
        return
    up, down = section.up_difference, section.down_waiver
    if facts.direction == "up" and up is not None and _spans(up, facts):
        below = facts.lower_charged_fen
        if below is None and up.without_lower_stay == "difference":
            lower = _benefit(section, StayFacts(level=facts.from_level or "", on=facts.on, age=facts.age))
            below = lower.deductible_fen if lower else None
        if below is not None:
            rest = max(0, standard - below)
            yield Line("difference", "从乡里转上来，起付线只补两家差的那一点", up.source, rest, up.sample), rest
        else:
            text = "在乡里没有住过院，起付线按这家医院的标准付"
            yield Line("full", text, up.source, standard, up.sample), standard
    if facts.direction == "down" and down is not None and _spans(down, facts):
        yield Line("waiver", "从上面医院转回来接着住，起付线不用再付", down.source, 0, down.sample), 0


def _spans(rule: UpDifference | DownWaiver, facts: StayFacts) -> bool:
    return rule.in_force(facts.on) and facts.from_level in rule.from_levels and facts.level in rule.to_levels


def _reductions(reductions: Iterable[Reduction], facts: StayFacts) -> list[Reduction]:
    return sorted(
        (r for r in reductions if facts.level in r.levels and r.in_force(facts.on) and _reduced(r, facts)),
        key=lambda r: r.order,
    )


def _reduced(reduction: Reduction, facts: StayFacts) -> bool:
    match reduction.when:
        case "age_at_most":
            return reduction.age_at_most is not None and facts.age <= reduction.age_at_most
        case "second_stay_of_year":
            return facts.second_stay
        case "group":
            return reduction.group in facts.groups
        case "institution_kind":
            return reduction.group == facts.institution_kind


def _bands(benefit: StayBenefit, points: int) -> tuple[Band, ...]:
    bands, start = [], 0
    for band in benefit.bands:
        bands.append(Band(start, band.up_to_fen, max(0, min(100, band.percent + points))))
        start = band.up_to_fen or start
    return tuple(bands)


def _ratio_text(bands: tuple[Band, ...]) -> str:
    if len(bands) == 1:
        return f"起付线以上、能算进报销的钱报 {bands[0].percent}%"
    parts = []
    for band in bands:
        until = f"{band.up_to_fen // 100} 元以内" if band.up_to_fen is not None else "再往上"
        parts.append(f"{until}报 {band.percent}%")
    return "起付线以上、能算进报销的钱：" + "，".join(parts)
