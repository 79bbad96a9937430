"""The family's page: the fear is "sent back is given up", so it says who, what it saves, and how to come back."""

from dataclasses import asdict

from backend.contracts.queries import members
from backend.contracts.wording import PART_TEXT
from backend.kernel.roles import Actor
from backend.records.views import institution_name, practitioner_of
from backend.referrals import handover, homeward, package, savings
from backend.referrals.handover_bodies import CarerBody, ComeBackBody, FamilyBody, SavingLine, SavingsBody
from backend.referrals.handover_views import drug_bodies, first_look, part_bodies
from backend.referrals.models import Referral
from backend.referrals.offers import actions_of
from backend.referrals.tracks import Tracks, tracks_of
from backend.referrals.views import person_view, source_body
from backend.web.openapi import SourceBody

_COME_BACK = "come-back"


def family_body(referral: Referral, actor: Actor) -> FamilyBody:
    """Return the page for the patient and their children, in a villager's words."""
    row, t = handover.handover_of(referral), tracks_of(referral)
    given = package.package_of(referral)
    entry = t.county.institutions.institution(referral.to_institution)
    team = homeward.own_team(referral.county_id, referral.resident_id, referral.to_institution)
    section = t.county.referral.handover
    return FamilyBody(
        referral_id=referral.id,
        kind=referral.category,
        status=referral.status,
        person=person_view(referral),
        place=entry.name,
        place_phones=list(entry.desk.phones if entry.desk else entry.phones),
        team=team.name if team else "",
        carers=[*_carers(t), *_from_above(row.followed_by if row.hospital_follows else "")],
        savings=_savings(referral),
        come_back=_come_back(t, given.texts.get(_COME_BACK)),
        further=[
            part
            for part in part_bodies(t.county, referral.category, given, sees=True)
            if part.kind == "text" and part.text and part.code != _COME_BACK
        ],
        drugs=drug_bodies(t.county, referral, given),
        review_on=row.review_on,
        first_look_on=first_look(t.county, row, given),
        comfort=list(section.comfort),
        source=source_body(t.county, section.source),
        actions=actions_of(t, actor),
    )


def _carers(t: Tracks) -> list[CarerBody]:
    referral = t.referral
    team = homeward.own_team(referral.county_id, referral.resident_id, referral.to_institution)
    if team is not None:
        people = members(referral.county_id, [team.team_id]).get(team.team_id, ())
        return [CarerBody(name=one.name, part=PART_TEXT[one.part], phone=one.phone or team.phone) for one in people]
    answered = practitioner_of(referral.county_id, t.answer.answered_by) if t.answer else None
    if answered is not None:
        return [CarerBody(name=answered.name, part="接您的医生", phone=answered.phone)]
    # Nobody there has said yes yet: the house's own desk answers the phone.
    entry = t.county.institutions.institution(referral.to_institution)
    phones = entry.desk.phones if entry.desk else entry.phones
    name = entry.desk.name if entry.desk else entry.name
    return [CarerBody(name=name, part=entry.name, phone=phones[0] if phones else "")]


def _from_above(written: str) -> list[CarerBody]:
    """Who of the hospital goes on looking after them, as the ward wrote it: a name, with the telephone at its end."""
    name, _, phone = written.strip().rpartition(" ")
    if not name or not phone.replace("-", "").isdecimal():
        name, phone = written.strip(), ""
    return [CarerBody(name=name, part="医院接着跟", phone=phone)] if name else []


def _savings(referral: Referral) -> SavingsBody:
    found = savings.savings_of(referral)
    return SavingsBody(
        applies=found.applies,
        further_fen=found.further_fen,
        own_above_fen=found.own_above_fen,
        own_below_fen=found.own_below_fen,
        lines=[
            SavingLine(text=line.text, fen=line.fen, sample=line.sample, source=SourceBody(**asdict(line.source)))
            for line in found.lines
        ],
        covers=found.covers,
        agency_phone=found.agency_phone,
        sample=found.sample,
    )


def _come_back(t: Tracks, when: str | None) -> ComeBackBody:
    entry = t.county.institutions.institution(t.referral.from_institution)
    return ComeBackBody(
        hospital=institution_name(t.county, t.referral.from_institution) or "",
        desk=entry.desk.name if entry.desk else entry.name,
        place=entry.desk.place if entry.desk else "",
        phones=list(entry.desk.phones if entry.desk else entry.phones),
        ward_doctor=t.doctor.name if t.doctor else "",
        ward_phone=t.doctor.phone if t.doctor else "",
        days=t.county.referral.limits.way_back_days,
        when=when,
    )
