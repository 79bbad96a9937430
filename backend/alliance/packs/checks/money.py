"""Checks of insurance and contracts."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from backend.alliance.packs.checks.basics import known, unique
from backend.alliance.packs.pack import Pack
from backend.alliance.packs.problems import Finding
from backend.alliance.packs.sections.insurance import StayBenefit


def check_benefits(pack: Pack) -> Iterable[Finding]:
    """The lower the level, the lower the deductible and the higher the ratio at every amount (MS-4.7a)."""
    section = pack.insurance
    ranks = {level.code: level.rank for level in pack.county.levels}
    rows = list(enumerate(section.stays))
    for place, stay in rows:
        yield from known("insurance", ("stays", place, "level"), stay.level, ranks, "级别")
        yield from _bands(place, stay)
    rows.sort(key=lambda row: ranks.get(row[1].level, 0))
    for (_, lower), (place, upper) in itertools.pairwise(rows):
        path = ("stays", place)
        if ranks.get(lower.level) == ranks.get(upper.level):
            yield Finding("insurance", (*path, "level"), "duplicate", f"{upper.level} 写了两次")
            continue
        if lower.deductible_fen >= upper.deductible_fen:
            text = f"级别越低起付线要越低：{lower.level} 不低于 {upper.level}"
            yield Finding("insurance", (*path, "deductible_fen"), "not_ordered_by_level", text)
        for fen in sorted({0, *_breaks(lower), *_breaks(upper)}):
            if lower.percent_at(fen) <= upper.percent_at(fen):
                text = f"级别越低报销比例要越高：{fen // 100} 元处 {lower.level} 不高于 {upper.level}"
                yield Finding("insurance", (*path, "bands"), "not_ordered_by_level", text)
                break


def _breaks(stay: StayBenefit) -> list[int]:
    return [band.up_to_fen for band in stay.bands if band.up_to_fen is not None]


def _bands(place: int, stay: StayBenefit) -> Iterable[Finding]:
    path = ("stays", place, "bands")
    edges = [band.up_to_fen for band in stay.bands]
    if not edges or edges[-1] is not None or any(edge is None for edge in edges[:-1]):
        yield Finding("insurance", path, "open_band", "最后一段（只有最后一段）不写上限")
        return
    limits = [stay.deductible_fen, *_breaks(stay)]
    if any(high <= low for low, high in itertools.pairwise(limits)):
        yield Finding("insurance", path, "wrong_order", "各段要从起付线起，一段比一段高")


def check_insurance(pack: Pack) -> Iterable[Finding]:
    """Levels, institutions and groups named in the money rules exist."""
    section = pack.insurance
    levels = {level.code for level in pack.county.levels}
    groups = {group.code for group in pack.contracts.key_groups}
    institutions = {entry.code for entry in pack.institutions.institutions}
    kinds = {entry.kind for entry in pack.institutions.institutions}
    for place, row in enumerate(section.outpatients):
        yield from known("insurance", ("outpatients", place, "level"), row.level, levels, "级别")
    for name in ("up_difference", "down_waiver", "charge_in_lower_stay"):
        rule = getattr(section, name)
        if rule is not None:
            yield from known("insurance", (name, "from_levels"), rule.from_levels, levels, "级别")
            yield from known("insurance", (name, "to_levels"), rule.to_levels, levels, "级别")
    orders = [str(reduction.order) for reduction in section.reductions]
    yield from unique("insurance", ("reductions",), orders, "order")
    for place, reduction in enumerate(section.reductions):
        path = ("reductions", place)
        yield from known("insurance", (*path, "levels"), reduction.levels, levels, "级别")
        if reduction.when == "age_at_most" and reduction.age_at_most is None:
            yield Finding("insurance", path, "missing_key", "要写 age_at_most（几岁以下）")
        if reduction.when in ("group", "institution_kind"):
            if reduction.group is None:
                yield Finding("insurance", path, "missing_key", "要写 group（哪一群人或哪类机构）")
            else:
                among = groups if reduction.when == "group" else kinds
                yield from known("insurance", (*path, "group"), reduction.group, among, "人群或机构类别")
    if section.pay_later is not None:
        where = ("pay_later", "institution_kinds")
        yield from known("insurance", where, section.pay_later.institution_kinds, kinds, "机构类别")
    for place, budget in enumerate(section.budgets):
        yield from known("insurance", ("budgets", place, "institution"), budget.institution, institutions, "机构")
    recognition = section.recognition
    yield from unique("insurance", ("recognition", "items"), (item.code for item in recognition.items))
    yield from unique("insurance", ("recognition", "reasons"), (reason.code for reason in recognition.reasons))
    if not recognition.reasons:
        yield Finding("insurance", ("recognition", "reasons"), "empty", "要写哪些情况可以重做")


def check_contracts(pack: Pack) -> Iterable[Finding]:
    """The parts of a fee sum to the total; groups exist; weights sum to 100 (MS-4.7b)."""
    section = pack.contracts
    groups = {group.code for group in section.key_groups}
    conditions = {condition.code for condition in pack.capability.conditions}
    yield from unique("contracts", ("packages",), (f"{p.code} {p.version}" for p in section.packages))
    yield from unique("contracts", ("key_groups",), (group.code for group in section.key_groups))
    for place, package in enumerate(section.packages):
        path = ("packages", place)
        yield from known("contracts", (*path, "key_groups"), package.key_groups, groups, "重点人群")
        parts = package.fund_fen + package.public_health_fen + package.resident_fen
        if parts != package.total_fen:
            text = f"{package.name}：三方加起来 {parts} 分，不等于总数 {package.total_fen} 分"
            yield Finding("contracts", (*path, "total_fen"), "wrong_sum", text)
    for place, group in enumerate(section.key_groups):
        path = ("key_groups", place)
        if group.belongs_by == "age":
            if group.age_from is None and group.age_to is None:
                yield Finding("contracts", path, "missing_key", "按年龄的人群要写 age_from 或 age_to")
        elif group.belongs_by == "condition":
            if group.condition is None:
                yield Finding("contracts", path, "missing_key", "按病种的人群要写 condition")
            else:
                yield from known("contracts", (*path, "condition"), group.condition, conditions, "病种")
    if section.cap.warn > section.cap.block:
        yield Finding("contracts", ("cap", "warn"), "wrong_order", "提醒的人数不能大于停签的人数")
    if sum(score.weight for score in section.clinic_management.scores) != 100:
        yield Finding("contracts", ("clinic_management", "scores"), "wrong_sum", "五项管理的比重加起来要等于 100")
