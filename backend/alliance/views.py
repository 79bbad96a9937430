"""Turns pack entries into what the routes answer."""

from dataclasses import asdict
from datetime import date

from backend.alliance.models import AllianceMembership
from backend.alliance.packs import Pack
from backend.alliance.packs.sections.alliances import AllianceEntry, LeadingGroup
from backend.alliance.packs.sections.institutions import InstitutionEntry
from backend.alliance.reach import profiles, scope
from backend.alliance.schemas import (
    AllianceBody,
    BandBody,
    BenefitBody,
    CapabilityBody,
    CountyBody,
    DepartmentBody,
    DeskBody,
    DevelopmentBody,
    InstitutionBody,
    InstitutionDetail,
    LeadingGroupBody,
    LevelBody,
    MembershipBody,
    NamedBody,
    SeatBody,
    SignatoryBody,
)
from backend.alliance.states import MEMBERSHIPS, MembershipStatus
from backend.kernel.roles import Actor
from backend.web.openapi import SourceBody


def source_body(pack: Pack, code: str) -> SourceBody:
    """A source as the API shows it."""
    return SourceBody(**asdict(pack.source(code)))


def county_body(pack: Pack, on: date) -> CountyBody:
    """A county with its words of that day."""
    county = pack.county
    terms = dict.fromkeys(word.term for word in county.vocabulary)
    return CountyBody(
        id=county.id,
        name=county.name,
        short_name=county.short_name,
        prefecture=county.prefecture,
        province=county.province,
        policy_title=county.policy_title,
        motto=county.motto,
        emergency_phone=county.emergency_phone,
        languages=list(county.languages),
        levels=[LevelBody(**level.model_dump()) for level in county.levels],
        words={term: county.word(term, on) for term in terms},
        version=county.version,
    )


def institution_body(pack: Pack, entry: InstitutionEntry, alliance: str | None) -> InstitutionBody:
    """An institution in a list."""
    level = pack.county.level(entry.level)
    return InstitutionBody(
        code=entry.code,
        name=entry.name,
        short_name=entry.short_name,
        second_name=entry.second_name,
        kind=entry.kind,
        level=entry.level,
        level_name=level.name,
        tier=level.tier,
        town=entry.town,
        town_name=pack.places.town(entry.town).name if entry.town else None,
        alliance=alliance,
        outside=entry.outside,
        phones=list(entry.phones),
        desk=DeskBody(name=entry.desk.name, place=entry.desk.place, phones=list(entry.desk.phones))
        if entry.desk
        else None,
    )


def institution_detail(pack: Pack, entry: InstitutionEntry, alliance: str | None, on: date) -> InstitutionDetail:
    """The public page of an institution: what it treats, its phones, what is paid back there."""
    departments = [pack.institutions.department(code) for code in entry.departments]
    parent = pack.institutions.institution(entry.parent) if entry.parent else None
    return InstitutionDetail(
        **institution_body(pack, entry, alliance).model_dump(),
        parent=entry.parent,
        parent_name=parent.name if parent else None,
        villages=[NamedBody(code=code, name=pack.places.village(code).name) for code in entry.villages],
        departments=[DepartmentBody(code=d.code, name=d.name, kind=d.kind, plain=d.plain) for d in departments],
        pickup_place=entry.pickup_place,
        capability=_capability(pack, entry) if entry.treats else None,
        benefit=_benefit(pack, entry, on) if entry.treats else None,
    )


def _capability(pack: Pack, entry: InstitutionEntry) -> CapabilityBody:
    able = scope(pack, entry.code)
    carried = profiles(pack, entry.code)
    return CapabilityBody(
        treats=[NamedBody(code=c.code, name=c.name) for c in pack.capability.conditions if c.code in able.conditions],
        services=list(able.services),
        equipment=list(able.equipment),
        techniques=[
            NamedBody(code=t.code, name=t.name) for t in pack.capability.techniques if t.code in able.techniques
        ],
        surgery_grade=able.surgery_grade,
        developing=[
            DevelopmentBody(name=d.name, year=d.year, planned=d.planned, reached=d.reached, unit=d.unit)
            for d in pack.capability.development
            if d.institution == entry.code
        ],
        sample=any(profile.sample for profile in carried),
        source=source_body(pack, carried[0].source),
    )


def _benefit(pack: Pack, entry: InstitutionEntry, on: date) -> BenefitBody | None:
    section = pack.insurance
    stay = next((row for row in section.stays if row.level == entry.level and row.in_force(on)), None)
    visit = next((row for row in section.outpatients if row.level == entry.level and row.in_force(on)), None)
    first = stay or visit
    if first is None:
        return None
    return BenefitBody(
        scheme=section.scheme,
        stay_deductible_fen=stay.deductible_fen if stay else None,
        stay_bands=[BandBody(up_to_fen=b.up_to_fen, percent=b.percent) for b in stay.bands] if stay else [],
        outpatient_percent=visit.percent if visit else None,
        outpatient_day_limit_fen=visit.day_limit_fen if visit else None,
        sample=any(row.sample for row in (stay, visit) if row),
        source=source_body(pack, first.source),
        ordering_source=source_body(pack, section.ordering_source.source),
    )


def alliance_body(pack: Pack, entry: AllianceEntry, rows: list[AllianceMembership], actor: Actor) -> AllianceBody:
    """An alliance with its members, present and past."""
    return AllianceBody(
        code=entry.code,
        name=entry.name,
        leads=list(entry.leads),
        members=[membership_body(pack, row, actor) for row in rows if row.alliance == entry.code],
        leading_groups=[_group(pack, group) for group in entry.leading_groups],
        source=source_body(pack, entry.source),
    )


def membership_body(pack: Pack, row: AllianceMembership, actor: Actor) -> MembershipBody:
    """A membership with what this actor may do about it now."""
    own = actor.institution == row.institution
    actions = MEMBERSHIPS.actions_from(MembershipStatus(row.status), actor) if own else ()
    alliance = next((a for a in pack.alliances.alliances if a.code == row.alliance), None)
    named = {entry.code: entry.name for entry in pack.institutions.institutions}
    return MembershipBody(
        id=row.id,
        alliance=row.alliance,
        institution=row.institution,
        institution_name=named.get(row.institution, row.institution),
        lead=alliance is not None and row.institution in alliance.leads,
        agreement=row.agreement,
        joined_on=row.joined_on,
        until_on=row.until_on,
        signatories=[SignatoryBody(**signatory) for signatory in row.signatories],
        status=row.status,
        left_on=row.left_on,
        left_reason=row.left_reason,
        actions=list(actions),
    )


def _group(pack: Pack, group: LeadingGroup) -> LeadingGroupBody:
    return LeadingGroupBody(
        name=group.name,
        institution=group.institution,
        seats=[SeatBody(name=s.name, duty=s.duty, from_on=s.from_day, until_on=s.until) for s in group.seats],
        source=source_body(pack, group.source),
    )
