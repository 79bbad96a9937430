"""The way down as bodies of the API, for the ward and for the house below."""

from datetime import date

from backend.alliance.packs.pack import Pack
from backend.alliance.queries import pack
from backend.kernel.clock import local_day
from backend.kernel.roles import Actor, Role
from backend.people.models import Resident
from backend.records import wards
from backend.records.models import Stay
from backend.records.states import StayStatus
from backend.records.stay_views import stay_body
from backend.records.views import department_name, institution_name, practitioner_of
from backend.referrals import handover, homeward, package, takeover
from backend.referrals.bodies import Named
from backend.referrals.handover_bodies import (
    DownOptionsBody,
    DrugBody,
    HandOverLine,
    PackageBody,
    PartBody,
    WardBody,
    WardLine,
    WayDownLine,
)
from backend.referrals.handover_rules import Package, done
from backend.referrals.models import Referral
from backend.referrals.models_handover import ReferralHandover
from backend.referrals.now import now_of
from backend.referrals.offers import actions_of
from backend.referrals.options import options
from backend.referrals.sight import masked, may_name
from backend.referrals.states import DOCTORS, LIVE, AnswerStatus, ReferralStatus
from backend.referrals.tracks import Tracks, tracks_of
from backend.referrals.views import (
    answer_body,
    certificate_line,
    consent_body,
    doctor_body,
    indication_body,
    person_view,
    source_body,
    step_body,
    violation_view,
)
from backend.referrals.voice import voice_of
from backend.store import clock
from backend.store.db import session

WAYS = {"bed": "转到卫生院接着住院", "home": "回家，由家庭医生照看"}


def ward_body(actor: Actor) -> WardBody:
    """Return the actor's ward: who lies there, who recovers, who was proposed."""
    county = pack(actor.county_id)
    lines = [_ward_line(stay, actor) for stay in wards.in_patients(actor)]
    return WardBody(
        institution_name=institution_name(county, actor.institution) or "",
        department_name=department_name(county, actor.department) or "全院",
        techniques=[Named(code=one.code, name=one.name) for one in county.capability.techniques],
        items=lines,
        recovering=sum(line.stay.status == StayStatus.RECOVERING for line in lines),
        proposed=sum(line.way_down is not None for line in lines),
    )


def _ward_line(stay: Stay, actor: Actor) -> WardLine:
    referral = handover.open_way_down(stay.county_id, stay.id)
    body = stay_body(stay, actor)
    may = stay.status == StayStatus.RECOVERING and referral is None
    proposer = actor.has(*pack(stay.county_id).referral.handover.proposed_by) and actor.has(*DOCTORS)
    return WardLine(
        stay=body,
        way_down=way_down_line(referral, actor) if referral else None,
        actions=[*body.actions, *(["propose_down"] if may and proposer else [])],
    )


def way_down_line(referral: Referral, actor: Actor) -> WayDownLine:
    """Return the way down in one line."""
    t = tracks_of(referral)
    return WayDownLine(
        referral_id=referral.id,
        kind=referral.category,
        status=referral.status,
        to_name=institution_name(t.county, referral.to_institution) or "",
        now=now_of(t, voice_of(t, actor)),
    )


def options_body(actor: Actor, stay: Stay) -> DownOptionsBody:
    """Return everything the ward's wizard asks about; the person's own township comes first."""
    county = pack(actor.county_id)
    resident = session().get(Resident, (stay.county_id, stay.resident_id))
    assert resident is not None
    found = options(actor, resident, "down", stay.diagnosis_code)
    own = found.choices[0].institution if found.choices else None
    team = homeward.own_team(stay.county_id, resident.id, own) if own else None
    return DownOptionsBody(
        stay=stay_body(stay, actor),
        options=found,
        own_institution=own,
        own_team=team.name if team else "",
        kinds=[Named(code=code, name=name) for code, name in WAYS.items()],
        drugs=[Named(code=drug.code, name=f"{drug.name} {drug.spec}") for drug in county.prescriptions.drugs],
        decline_source=source_body(county, county.referral.handover.source),
    )


def package_body(referral: Referral, actor: Actor) -> PackageBody:
    """Return the hand-over as this actor may see it."""
    row, t = handover.handover_of(referral), tracks_of(referral)
    given, sees = package.package_of(referral), may_name(t, actor)
    lacking = package.not_kept(t.county, referral.to_institution, given.drugs)
    blocked = takeover.blocked(referral) if referral.status in LIVE else ()
    indication = indication_body(t.county, referral.indication)
    accepted = practitioner_of(referral.county_id, row.accepted_by)
    return PackageBody(
        referral_id=referral.id,
        version=referral.version,
        kind=referral.category,
        status=referral.status,
        person=person_view(referral) if sees else None,
        masked=masked(referral),
        diagnosis_text=referral.diagnosis_text,
        from_name=institution_name(t.county, referral.from_institution) or "",
        from_department_name=department_name(t.county, referral.from_department),
        to_name=institution_name(t.county, referral.to_institution) or "",
        ward_doctor=doctor_body(t.doctor),
        indication_text=indication.plain if indication else "",
        parts=part_bodies(t.county, referral.category, given, sees=sees),
        drugs=drug_bodies(t.county, referral, given),
        no_medicine=row.no_medicine,
        review_on=row.review_on,
        follows=row.hospital_follows,
        followed_by=row.followed_by,
        medicine_ends_on=given.medicine_ends_on,
        first_look_on=first_look(t.county, row, given),
        missing=[violation_view(one) for one in package.problems(referral)],
        not_kept=[drug.name for drug in lacking],
        not_kept_source=source_body(t.county, t.county.prescriptions.formulary.source),
        consent=consent_body(t),
        answer=answer_body(t.county, t.answer) if t.answer else None,
        steps=[step_body(t.county, step) for step in t.steps],
        certificate=certificate_line(t),
        now=now_of(t, voice_of(t, actor)),
        blocked=[violation_view(one) for one in blocked],
        decline_reasons=[Named(code=one.code, name=one.text) for one in t.county.referral.handover.decline_reasons],
        accepted_at=row.accepted_at,
        accepted_by=accepted.name if accepted else "",
        stay_below_id=row.stay_below_id,
        plan_starts=row.accepted_at is not None,
        actions=_actions(t, actor, row, clear=not blocked),
    )


def hand_over_line(referral: Referral, actor: Actor) -> HandOverLine:
    """Return somebody this house is asked to take back, unnamed before the consent."""
    t = tracks_of(referral)
    lacking = package.not_kept(t.county, referral.to_institution, package.package_of(referral).drugs)
    return HandOverLine(
        referral_id=referral.id,
        kind=referral.category,
        emergency=referral.emergency,
        person=person_view(referral) if may_name(t, actor) else None,
        masked=masked(referral),
        diagnosis_text=referral.diagnosis_text,
        from_name=institution_name(t.county, referral.from_institution) or "",
        ward_doctor=doctor_body(t.doctor),
        not_kept=[drug.name for drug in lacking],
        due_at=t.answer.due_at if t.answer else None,
        ready=not takeover.blocked(referral),
        now=now_of(t, voice_of(t, actor)),
    )


def part_bodies(county: Pack, way: str, given: Package, *, sees: bool) -> list[PartBody]:
    """Return the parts with what is written, ticked off; no words for somebody who may not read them yet."""
    return [
        PartBody(
            code=part.code,
            name=part.name,
            plain=part.plain,
            kind=part.kind,
            required=way in part.required_for,
            done=done(part, given),
            text=given.texts.get(part.code) if sees else None,
            source=source_body(county, part.source),
        )
        for part in county.referral.handover.parts
    ]


def drug_bodies(county: Pack, referral: Referral, given: Package) -> list[DrugBody]:
    """Return the drugs that go along, and whether the house below keeps them."""
    lacking = package.not_kept(county, referral.to_institution, given.drugs)
    return [
        DrugBody(code=drug.code, name=drug.name, dose=drug.dose, until_on=drug.until_on, kept=drug not in lacking)
        for drug in given.drugs
    ]


def first_look(county: Pack, row: ReferralHandover, given: Package) -> date | None:
    """Return when the first look below comes due if the patient left today; None once taken over."""
    if row.accepted_at is not None:
        return county.followup.first_contact.due(local_day(row.accepted_at), row.review_on, given.medicine_ends_on)
    return county.followup.first_contact.due(local_day(clock.now()), row.review_on, given.medicine_ends_on)


def _actions(t: Tracks, actor: Actor, row: ReferralHandover, *, clear: bool) -> list[str]:
    found, status = actions_of(t, actor), ReferralStatus(t.referral.status)
    if actor.practitioner_id == t.referral.practitioner_id and status in (
        ReferralStatus.DRAFT,
        ReferralStatus.RETURNED,
        ReferralStatus.SUBMITTED,
    ):
        found.append("save_package")
    here = actor.institution == t.referral.to_institution and actor.has(Role.FAMILY_DOCTOR)
    declined = t.answer is not None and t.answer.status == AnswerStatus.DECLINED
    if here and clear and status in LIVE and row.accepted_at is None and not declined:
        found.append("take_over")
    return found
