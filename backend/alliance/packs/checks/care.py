"""Checks of follow-up, prescriptions, targets, holidays, words and the map from rules to sources."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from backend.alliance.packs.checks.basics import in_order, known, unique
from backend.alliance.packs.pack import Pack
from backend.alliance.packs.positions import Path
from backend.alliance.packs.problems import Finding
from backend.alliance.packs.sections.followup import Outcome, Protocol
from backend.alliance.packs.sections.prescriptions import NATIONAL_CAP_DAYS

SATURDAY = 6
_NEEDED_LADDERS = {"danger": "出现危险值", "upper_advice": "上级医生的建议没人答复"}


def check_followup(pack: Pack) -> Iterable[Finding]:
    """Every protocol says when to come again after each outcome; ladders only go up in time."""
    section = pack.followup
    conditions = {condition.code for condition in pack.capability.conditions}
    yield from unique("followup", ("protocols",), (f"{p.code} {p.version}" for p in section.protocols))
    for place, protocol in enumerate(section.protocols):
        yield from known("followup", ("protocols", place, "condition"), protocol.condition, conditions, "病种")
        yield from _protocol(("protocols", place), protocol)
    yield from _protocol(("general",), section.general)
    yield from unique("followup", ("ladders",), (ladder.kind for ladder in section.ladders), "kind")
    for place, ladder in enumerate(section.ladders):
        minutes = [step.after_minutes for step in ladder.steps]
        if [step.order for step in ladder.steps] != list(range(1, len(ladder.steps) + 1)) or minutes != sorted(minutes):
            text = "要从 1 起一步一步写，时间越来越晚"
            yield Finding("followup", ("ladders", place, "steps"), "wrong_order", text)
        if not ladder.steps:
            yield Finding("followup", ("ladders", place), "empty", "至少要有一个人")
    for kind, text in _NEEDED_LADDERS.items():
        if not any(ladder.kind == kind for ladder in section.ladders):
            yield Finding("followup", ("ladders",), "missing_ladder", f"要写{text}时找谁（kind = {kind}）")


def _protocol(path: tuple[str | int, ...], protocol: Protocol) -> Iterable[Finding]:
    yield from unique("followup", (*path, "measures"), (measure.code for measure in protocol.measures))
    yield from unique("followup", (*path, "danger_signs"), (sign.code for sign in protocol.danger_signs))
    outcomes = [interval.outcome for interval in protocol.intervals]
    for outcome in get_args(Outcome):
        if outcomes.count(outcome) != 1:
            text = f"{protocol.name}：{outcome} 之后几天再来，要写一次"
            yield Finding("followup", (*path, "intervals"), "missing_interval", text)
    for place, measure in enumerate(protocol.measures):
        where = (*path, "measures", place)
        text = f"{measure.name}：可能的范围写反了"
        yield from in_order("followup", where, measure.possible_from, measure.possible_to, text)
    for place, entry in enumerate(protocol.fields):
        if entry.kind in ("choice", "choices") and not entry.choices:
            yield Finding("followup", (*path, "fields", place), "empty", f"{entry.label}：要写能选什么")


def check_prescriptions(pack: Pack) -> Iterable[Finding]:
    """No supply above the national cap of 84 days (LP-04), none of a disease above the county's."""
    section = pack.prescriptions
    conditions = {condition.code for condition in pack.capability.conditions}
    levels = {level.code for level in pack.county.levels}
    towns = {town.code for town in pack.places.towns}
    rows: list[tuple[Path, int, int, str, str]] = []
    rows.append((("supply", "max_days"), section.supply.max_days, NATIONAL_CAP_DAYS, "over_national_cap", "国家上限"))
    for place, disease in enumerate(section.diseases):
        disease_path = ("diseases", place, "max_days")
        yield from known("prescriptions", ("diseases", place, "condition"), disease.condition, conditions, "病种")
        if disease.max_days > NATIONAL_CAP_DAYS:
            rows.append((disease_path, disease.max_days, NATIONAL_CAP_DAYS, "over_national_cap", "国家上限"))
        else:
            rows.append((disease_path, disease.max_days, section.supply.max_days, "over_county_cap", "本县上限"))
    for days_path, days, cap, code, whose in rows:
        if days > cap:
            yield Finding("prescriptions", days_path, code, f"长期处方 {days} 天超过{whose} {cap} 天")
    for place, issuer in enumerate(section.issuers):
        yield from known("prescriptions", ("issuers", place, "levels"), issuer.levels, levels, "级别")
    if section.remote_relaxation is not None:
        path = ("remote_relaxation", "towns")
        yield from known("prescriptions", path, section.remote_relaxation.towns, towns, "乡镇")
    yield from unique("prescriptions", ("drugs",), (drug.code for drug in section.drugs))
    for place, drug in enumerate(section.drugs):
        yield from known("prescriptions", ("drugs", place, "conditions"), drug.conditions, conditions, "病种")


def check_targets(pack: Pack) -> Iterable[Finding]:
    """Targets and the assessment name indicators that are defined."""
    section = pack.targets
    indicators = {indicator.code for indicator in section.indicators}
    yield from unique("targets", ("indicators",), (indicator.code for indicator in section.indicators))
    for place, target in enumerate(section.targets):
        yield from known("targets", ("targets", place, "indicator"), target.indicator, indicators, "指标")
        if (target.kind == "about") != (target.band > 0):
            yield Finding("targets", ("targets", place), "wrong_band", "“左右”要写上下几个百分点（band），别的不写")
    for place, item in enumerate(section.assessment.items):
        yield from known("targets", ("assessment", "items", place, "indicator"), item.indicator, indicators, "指标")
    if sum(item.weight for item in section.assessment.items) != 100:
        yield Finding("targets", ("assessment", "items"), "wrong_sum", "考核比重加起来要等于 100")


def check_holidays(pack: Pack) -> Iterable[Finding]:
    """Days lie in the years the pack knows; a working day is a weekend outside every holiday."""
    section = pack.holidays
    institutions = {entry.code for entry in pack.institutions.institutions}
    for place, holiday in enumerate(section.holidays):
        path = ("holidays", place)
        yield from in_order("holidays", (*path, "last"), holiday.first, holiday.last, "放假的最后一天在第一天之前")
        if not (section.known(holiday.first) and section.known(holiday.last)):
            yield Finding("holidays", path, "unknown_year", f"{holiday.name} 不在 years 写的年份里")
        if holiday.scope == "people" and holiday.people not in pack.county.peoples:
            yield Finding("holidays", path, "unknown_reference", f"没有这个民族：{holiday.people}")
        if holiday.scope == "institution":
            yield from known("holidays", path, holiday.institution or "", institutions, "机构")
    for place, day in enumerate(section.working_days):
        day_path = ("working_days", place, "date")
        if day.date.isoweekday() < SATURDAY:
            yield Finding("holidays", day_path, "not_weekend", f"{day.date} 不是周末，不用写调休上班")
        if any(h.first <= day.date <= h.last for h in section.holidays if h.scope in ("national", "county")):
            yield Finding("holidays", day_path, "contradiction", f"{day.date} 又放假又上班")
        if not section.known(day.date):
            yield Finding("holidays", day_path, "unknown_year", f"{day.date} 不在 years 写的年份里")


def check_words(pack: Pack) -> Iterable[Finding]:
    """Every group has words, and no word stands in two groups."""
    section = pack.words
    yield from unique("words", ("groups",), (group.code for group in section.groups))
    seen: set[str] = set()
    for place, group in enumerate(section.groups):
        if not group.words:
            yield Finding("words", ("groups", place), "empty", f"{group.name} 没有写词")
        for spot, word in enumerate(group.words):
            if word in seen:
                yield Finding("words", ("groups", place, "words", spot), "duplicate", f"{word} 写了两次")
            seen.add(word)
