"""Checks of referral and booking."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from backend.alliance.packs.checks.basics import in_order, known, unique
from backend.alliance.packs.pack import Pack
from backend.alliance.packs.problems import Finding
from backend.alliance.packs.sections.booking import BookingKind, Quota
from backend.alliance.packs.sections.referral import Chain

FEWEST_STEPS, MOST_STEPS = 2, 5


def check_referral(pack: Pack) -> Iterable[Finding]:
    """Indications, standards, consents and hand-over fit together in both directions."""
    section = pack.referral
    levels = {level.code for level in pack.county.levels}
    conditions = {condition.code for condition in pack.capability.conditions}
    alliances = {alliance.code for alliance in pack.alliances.alliances}
    ways = {indication.code: indication.direction for indication in section.indications}
    yield from unique("referral", ("indications",), (indication.code for indication in section.indications))
    yield from unique("referral", ("standards",), (f"{s.code} {s.version}" for s in section.standards))
    for place, standard in enumerate(section.standards):
        path = ("standards", place)
        yield from known("referral", (*path, "condition"), standard.condition, conditions, "病种")
        yield from known("referral", (*path, "alliances"), standard.alliances, alliances, "医联体")
        yield from known("referral", (*path, "from_levels"), standard.from_levels, levels, "级别")
        yield from known("referral", (*path, "to_levels"), standard.to_levels, levels, "级别")
        for spot, article in enumerate(standard.articles):
            if ways.get(article.indication) != standard.direction:
                text = f"{article.indication} 不是这个方向的指征"
                yield Finding("referral", (*path, "articles", spot, "indication"), "unknown_reference", text)
    for direction in ("up", "down"):
        if direction not in ways.values():
            yield Finding("referral", ("indications",), "missing_indication", f"没有 {direction} 方向的指征")
        if section.consent(direction, pack.effective_from) is None:
            text = f"{pack.effective_from} 没有 {direction} 方向的同意书"
            yield Finding("referral", ("consents",), "missing_consent", text)
    for kind in ("bed", "home"):
        if not any(kind in part.required_for for part in section.handover.parts):
            yield Finding("referral", ("handover", "parts"), "no_required_part", f"{kind} 没有一样必须交接的资料")
    yield from unique("referral", ("special_diseases",), (one.condition for one in section.special_diseases))
    treating = {entry.code for entry in pack.institutions.institutions if entry.treats}
    for place, special in enumerate(section.special_diseases):
        listed = ("special_diseases", place)
        yield from known("referral", (*listed, "condition"), special.condition, conditions, "病种")
        yield from known("referral", (*listed, "institutions"), special.institutions, treating, "机构")
        if not special.institutions:
            yield Finding("referral", (*listed, "institutions"), "empty", "要写定点的专业机构")
    yield from unique("referral", ("skip_reasons",), (reason.code for reason in section.skip_reasons))
    yield from known(
        "referral",
        ("out_of_county", "inpatient_issuer_levels"),
        section.out_of_county.inpatient_issuer_levels,
        levels,
        "级别",
    )
    for place, illness in enumerate(section.certificate.long_illnesses):
        spot_path = ("certificate", "long_illnesses", place, "condition")
        yield from known("referral", spot_path, illness.condition, conditions, "病种")


def check_chains(pack: Pack) -> Iterable[Finding]:
    """Two to five signatures, numbered from 1, the treating doctor's first; one chain a level and direction."""
    levels = {level.code for level in pack.county.levels}
    institutions = {entry.code for entry in pack.institutions.institutions}
    departments = {entry.code for entry in pack.institutions.departments}
    chains = pack.referral.chains
    for place, chain in enumerate(chains):
        path = ("chains", place)
        yield from known("referral", (*path, "issuer_levels"), chain.issuer_levels, levels, "级别")
        yield from _steps(place, chain)
        yield from _one_for_two(pack, place, chain)
        for spot, step in enumerate(chain.steps):
            for seat, office in enumerate(step.authorised_offices):
                where = (*path, "steps", spot, "authorised_offices", seat)
                yield from known("referral", (*where, "institution"), office.institution, institutions, "机构")
                yield from known("referral", (*where, "department"), office.department, departments, "科室")
                yield from in_order(
                    "referral", (*where, "until"), office.from_day, office.until, "授权到期日在开始日之前"
                )
        for earlier in chains[:place]:
            shared = set(earlier.issuer_levels) & set(chain.issuer_levels)
            apart = not (chain.in_force(earlier.effective_from) or earlier.in_force(chain.effective_from))
            if earlier.direction == chain.direction and shared and not apart:
                text = f"{'、'.join(sorted(shared))} 同一天有两条签字顺序"
                yield Finding("referral", (*path, "issuer_levels"), "two_chains", text)
    for direction in ("up", "down"):
        if not any(chain.direction == direction and chain.in_force(pack.effective_from) for chain in chains):
            text = f"{pack.effective_from} 没有 {direction} 方向的签字顺序"
            yield Finding("referral", ("chains",), "missing_chain", text)


def _steps(place: int, chain: Chain) -> Iterable[Finding]:
    path = ("chains", place, "steps")
    if not FEWEST_STEPS <= len(chain.steps) <= MOST_STEPS:
        text = f"签字要 {FEWEST_STEPS} 到 {MOST_STEPS} 步，现在是 {len(chain.steps)} 步"
        yield Finding("referral", path, "chain_length", text)
    for spot, step in enumerate(chain.steps):
        if step.order != spot + 1:
            yield Finding("referral", (*path, spot, "order"), "wrong_order", "签字顺序要从 1 起一步一步写")
        if not step.roles:
            yield Finding("referral", (*path, spot, "roles"), "empty", "要写谁来签")
        if not step.may_sign_after_office_hours and not step.late_working_days:
            text = f"{step.title}下班后不签、又不能补签，病人会被卡住：要写 late_working_days，或让下班后也能签"
            yield Finding("referral", (*path, spot, "may_sign_after_office_hours"), "holds_up", text)
    yield from unique("referral", path, (step.code for step in chain.steps))
    if chain.steps and chain.steps[0].code != "treating":
        yield Finding("referral", (*path, 0, "code"), "wrong_first_step", "第一步要是经治医生（code = treating）")


def _one_for_two(pack: Pack, place: int, chain: Chain) -> Iterable[Finding]:
    levels = {entry.code: entry.level for entry in pack.institutions.institutions}
    order = {step.code: step.order for step in chain.steps if step.of == "issuer"}
    seen: set[str] = set()
    for spot, pair in enumerate(chain.one_for_two):
        path = ("chains", place, "one_for_two", spot)
        first, second = (order.get(code, 0) for code in pair.steps)
        if not first or second != first + 1:
            text = "一人兼两步，要写本机构自己签、前后挨着的两步，先签的写在前"
            yield Finding("referral", (*path, "steps"), "not_neighbours", text)
        yield from known("referral", (*path, "institutions"), pair.institutions, set(levels), "机构")
        for code in pair.institutions:
            if levels.get(code, "") not in chain.issuer_levels and code in levels:
                yield Finding("referral", (*path, "institutions"), "other_level", f"{code} 不走这条签字顺序")
            if code in seen:
                yield Finding("referral", (*path, "institutions"), "two_pairs", f"{code} 写了两次，一家只能兼两步")
            seen.add(code)


def _quota(quota: Quota) -> Iterable[Finding]:
    if quota.referral_lead_days < quota.public_lead_days:
        yield Finding("booking", ("quota", "referral_lead_days"), "wrong_order", "转诊号要比普通号更早或同时放出")
    if not quota.referral_lead_days >= quota.contract_lead_days >= quota.public_lead_days:
        text = "签约居民的号不早于转诊号、不晚于普通号放出"
        yield Finding("booking", ("quota", "contract_lead_days"), "wrong_order", text)
    if max(quota.referral_percent, quota.referral_expert_percent) + quota.contract_percent > 100:
        yield Finding("booking", ("quota", "contract_percent"), "out_of_range", "转诊号和签约号加起来超过全部的号")


def _examinations(pack: Pack) -> Iterable[Finding]:
    section = pack.booking
    institutions = {entry.code: entry for entry in pack.institutions.institutions}
    yield from unique("booking", ("examinations",), (one.code for one in section.examinations))
    for place, one in enumerate(section.examinations):
        path = ("examinations", place)
        yield from known("booking", (*path, "institutions"), one.institutions, institutions, "机构")
        yield from in_order("booking", (*path, "end"), one.start, one.end, "结束要在开始之后")
        for code in one.institutions:
            if code not in institutions:
                continue
            here = institutions[code]
            yield from known("booking", (*path, "department"), one.department, here.departments, f"科室（在 {code}）")
            able = {technique for profile in here.profiles for technique in pack.capability.profile(profile).techniques}
            if one.technique is not None and one.technique not in able:
                yield Finding("booking", (*path, "technique"), "out_of_scope", f"{code} 没有这项技术：{one.technique}")
    for place, way in enumerate(section.directions):
        yield from known("booking", ("directions", place, "institution"), way.institution, institutions, "机构")


def check_booking(pack: Pack) -> Iterable[Finding]:
    """Templates name departments their institutions have; referred patients book no later than others."""
    section = pack.booking
    institutions = {entry.code: entry for entry in pack.institutions.institutions}
    yield from _quota(section.quota)
    kinds = [confirmation.kind for confirmation in section.confirmations]
    yield from unique("booking", ("confirmations",), kinds, "kind")
    for kind in get_args(BookingKind):
        if kind not in kinds:
            yield Finding("booking", ("confirmations",), "missing_kind", f"没有写 {kind} 由谁确认")
    yield from unique("booking", ("templates",), (template.code for template in section.templates))
    for place, template in enumerate(section.templates):
        path = ("templates", place)
        yield from known("booking", (*path, "institutions"), template.institutions, institutions, "机构")
        yield from in_order("booking", (*path, "end"), template.start, template.end, "结束要在开始之后")
        for code in template.institutions:
            if code in institutions:
                here = institutions[code].departments
                yield from known("booking", (*path, "departments"), template.departments, here, f"科室（在 {code}）")
    yield from _examinations(pack)
    for place, outreach in enumerate(section.outreach):
        path = ("outreach", place)
        for code in (outreach.from_institution, outreach.site):
            yield from known("booking", path, code, institutions, "机构")
    for place, bed in enumerate(section.beds):
        path = ("beds", place)
        yield from known("booking", (*path, "institution"), bed.institution, institutions, "机构")
        if bed.kept_for_referred > bed.beds:
            yield Finding("booking", (*path, "kept_for_referred"), "out_of_range", "留给转诊的床比床位还多")
        if bed.institution in institutions:
            here = institutions[bed.institution].departments
            yield from known("booking", (*path, "department"), bed.department, here, f"科室（在 {bed.institution}）")
