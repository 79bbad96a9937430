"""Checks of county, places, institutions, alliances and capability."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from backend.alliance.packs.checks.basics import in_order, known, unique
from backend.alliance.packs.pack import Pack
from backend.alliance.packs.problems import Finding
from backend.alliance.packs.sections.county import Term
from backend.alliance.packs.sections.institutions import (
    COUNTY_HOSPITAL_KINDS,
    OFFICES,
    TOWNSHIP_KINDS,
    InstitutionEntry,
)


def check_county(pack: Pack) -> Iterable[Finding]:
    """Levels rise, words are known from the first day, hours end after they start."""
    county = pack.county
    yield from unique("county", ("levels",), (level.code for level in county.levels))
    for place, (lower, upper) in enumerate(zip(county.levels, county.levels[1:], strict=False), start=1):
        if upper.rank <= lower.rank:
            yield Finding("county", ("levels", place, "rank"), "wrong_order", "级别要从低到高写，rank 一级比一级大")
    for term in get_args(Term):
        try:
            county.word(term, county.effective_from)
        except KeyError:
            yield Finding("county", ("vocabulary",), "missing_word", f"没有写 {term} 在 {county.effective_from} 叫什么")
    for place, hours in enumerate(county.working_hours):
        for spot, span in enumerate(hours.spans):
            path = ("working_hours", place, "spans", spot)
            yield from in_order("county", path, span.start, span.end, "下班要在上班之后")
    if not {"referral_desk", "insurance_agency"} <= {hours.office for hours in county.working_hours}:
        yield Finding("county", ("working_hours",), "missing_hours", "要写转诊服务台和医保经办机构的上班时间")


def check_places(pack: Pack) -> Iterable[Finding]:
    """Codes and record numbers of towns and villages are unique."""
    towns = pack.places.towns
    yield from unique("places", ("towns",), (town.code for town in towns))
    yield from unique("places", ("towns",), (town.record_code for town in towns), "record_code")
    seen: set[str] = set()
    for place, town in enumerate(towns):
        path = ("towns", place, "villages")
        yield from unique("places", path, (village.record_code for village in town.villages), "record_code")
        for spot, village in enumerate(town.villages):
            if village.code in seen:
                yield Finding("places", (*path, spot, "code"), "duplicate", f"{village.code} 写了两次")
            seen.add(village.code)


def check_institutions(pack: Pack) -> Iterable[Finding]:
    """References exist; a clinic has a township above it; a hospital has a desk with two phones (MS-4.2.1)."""
    section = pack.institutions
    codes = {entry.code for entry in section.institutions}
    yield from unique("institutions", ("departments",), (entry.code for entry in section.departments))
    yield from unique("institutions", ("institutions",), (entry.code for entry in section.institutions))
    for place, entry in enumerate(section.institutions):
        yield from _references(pack, place, entry, codes)
        yield from _shape(pack, place, entry)
    for kind, text in (("insurance_agency", "医保经办机构"), ("health_bureau", "卫生健康局")):
        if len(section.of_kind(kind)) != 1:
            yield Finding("institutions", ("institutions",), "missing_office", f"要有一个{text}（kind = {kind}）")


def _references(pack: Pack, place: int, entry: InstitutionEntry, codes: set[str]) -> Iterable[Finding]:
    path = ("institutions", place)
    levels = {level.code for level in pack.county.levels}
    towns = {town.code: town for town in pack.places.towns}
    departments = {department.code for department in pack.institutions.departments}
    profiles = {profile.code for profile in pack.capability.profiles}
    yield from known("institutions", (*path, "level"), entry.level, levels, "级别")
    yield from known("institutions", (*path, "departments"), entry.departments, departments, "科室")
    yield from known("institutions", (*path, "profiles"), entry.profiles, profiles, "诊疗能力")
    if entry.parent is not None:
        yield from known("institutions", (*path, "parent"), entry.parent, codes, "机构")
    if entry.town is not None:
        yield from known("institutions", (*path, "town"), entry.town, towns, "乡镇")
    if entry.town in towns:
        villages = {village.code for village in towns[entry.town].villages}
        yield from known("institutions", (*path, "villages"), entry.villages, villages, "村（在这个乡镇里）")


def _shape(pack: Pack, place: int, entry: InstitutionEntry) -> Iterable[Finding]:
    path = ("institutions", place)
    parents = {other.code: other.kind for other in pack.institutions.institutions}
    if entry.kind == "village_clinic":
        if entry.parent is None or parents.get(entry.parent) not in TOWNSHIP_KINDS:
            yield Finding("institutions", path, "no_township", f"{entry.name} 要写上管它的卫生院（parent）")
        if not entry.villages:
            yield Finding("institutions", path, "no_village", f"{entry.name} 要写服务哪个村（villages）")
    elif entry.kind not in OFFICES and not entry.outside and (entry.desk is None or len(entry.desk.phones) < 2):
        yield Finding("institutions", path, "no_desk", f"{entry.name} 要有转诊服务台和两个电话（白天、值班）")
    if entry.treats and not entry.profiles:
        yield Finding("institutions", path, "no_capability", f"{entry.name} 要写能看什么（profiles）")


def check_alliances(pack: Pack) -> Iterable[Finding]:
    """Leads and members exist, each township is in one alliance, sharing sums to 100 (MS-4.3c, MS-2.2)."""
    section = pack.alliances
    institutions = {entry.code: entry for entry in pack.institutions.institutions}
    yield from unique("alliances", ("alliances",), (alliance.code for alliance in section.alliances))
    joined: dict[str, str] = {}
    for place, alliance in enumerate(section.alliances):
        path = ("alliances", place)
        yield from known("alliances", (*path, "leads"), alliance.leads, institutions, "机构")
        for spot, lead in enumerate(alliance.leads):
            if lead in institutions and institutions[lead].kind not in COUNTY_HOSPITAL_KINDS:
                yield Finding("alliances", (*path, "leads", spot), "wrong_lead", "牵头单位要是县级医院")
        if not alliance.leads:
            yield Finding("alliances", path, "no_lead", f"{alliance.name} 没有牵头单位")
        for spot, member in enumerate(alliance.members):
            where = (*path, "members", spot)
            yield from known("alliances", (*where, "institution"), member.institution, institutions, "机构")
            yield from in_order(
                "alliances", (*where, "until"), member.joined_on, member.until, "协议到期日在签订日之前"
            )
            if member.institution in joined:
                text = f"{member.institution} 已经在 {joined[member.institution]} 里，一个机构只能进一个医联体"
                yield Finding("alliances", (*where, "institution"), "two_alliances", text)
            joined[member.institution] = alliance.code
        if alliance.sharing is not None and sum(part.weight for part in alliance.sharing.parts) != 100:
            yield Finding("alliances", (*path, "sharing", "parts"), "wrong_sum", "分配的比重加起来要等于 100")
    for place, partner in enumerate(section.partners):
        path = ("partners", place)
        both = (partner.county_institution, partner.upper_institution)
        yield from known("alliances", path, both[0], institutions, "机构")
        yield from known("alliances", path, both[1], institutions, "机构")
        yield from in_order("alliances", (*path, "until"), partner.from_day, partner.until, "协议到期日在签订日之前")


def check_capability(pack: Pack) -> Iterable[Finding]:
    """Profiles name diseases and techniques that the pack has."""
    section = pack.capability
    conditions = {condition.code for condition in section.conditions}
    techniques = {technique.code for technique in section.techniques}
    institutions = {entry.code for entry in pack.institutions.institutions}
    yield from unique("capability", ("conditions",), (condition.code for condition in section.conditions))
    yield from unique("capability", ("profiles",), (profile.code for profile in section.profiles))
    for place, profile in enumerate(section.profiles):
        yield from known("capability", ("profiles", place, "conditions"), profile.conditions, conditions, "病种")
        yield from known("capability", ("profiles", place, "techniques"), profile.techniques, techniques, "技术")
    for place, plan in enumerate(section.development):
        yield from known("capability", ("development", place, "institution"), plan.institution, institutions, "机构")
