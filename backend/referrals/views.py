"""Rows of a referral as bodies of the API, for whoever reads: before consent a hospital that is asked sees no name."""

from dataclasses import asdict
from uuid import UUID

from backend.alliance.packs.pack import Pack
from backend.alliance.queries import pack
from backend.kernel.errors import Violation
from backend.kernel.roles import Actor, Role
from backend.people.models import Practitioner
from backend.records.schemas import PersonLine
from backend.records.views import department_name, institution_name, person_line
from backend.referrals import drafts
from backend.referrals.bodies import (
    AnswerBody,
    CertificateLine,
    ConsentBody,
    DoctorBody,
    Named,
    PlaceBody,
    ReasonBody,
    ReferralBody,
    ReferralLine,
    StandardBody,
    StepBody,
)
from backend.referrals.judged import standard_kept
from backend.referrals.models import Referral, ReferralAnswer, ReferralSignature
from backend.referrals.now import now_of
from backend.referrals.numbers import grouped
from backend.referrals.offers import actions_of
from backend.referrals.outside_views import report_body
from backend.referrals.schemas import RecordIn
from backend.referrals.sight import masked, may_name, patient_of
from backend.referrals.states import ReferralStatus, SignatureStatus
from backend.referrals.tracks import Tracks, tracks_of
from backend.referrals.voice import voice_of
from backend.referrals.way import way_of
from backend.store.db import session
from backend.store.vault import vault
from backend.web.openapi import SourceBody, ViolationBody


def source_body(county: Pack, code: str) -> SourceBody:
    """Return whose rule it is."""
    return SourceBody(**asdict(county.source(code)))


def violation_view(violation: Violation) -> ViolationBody:
    """Return a broken rule as it is shown before it is refused."""
    return ViolationBody(**{**asdict(violation), "source": SourceBody(**asdict(violation.source))})


def referral_body(referral: Referral, actor: Actor) -> ReferralBody:
    """Return a referral as this actor may see it, with what they may do now."""
    t = tracks_of(referral)
    county, named = t.county, may_name(t, actor)
    mine = actor.practitioner_id == referral.practitioner_id
    before_submission = referral.status in (ReferralStatus.DRAFT, ReferralStatus.RETURNED)
    return ReferralBody(
        id=referral.id,
        version=referral.version,
        direction=referral.direction,
        category=referral.category,
        status=referral.status,
        emergency=referral.emergency,
        own_wish=referral.own_wish,
        end_reason=referral.end_reason,
        person=person_view(referral) if named else None,
        masked=masked(referral),
        from_place=_place(county, referral.from_institution, referral.from_department),
        to_place=_place(county, referral.to_institution, referral.to_department),
        to_doctor=referral.to_doctor,
        wanted_on=referral.wanted_on,
        doctor=doctor_body(t.doctor),
        diagnosis_code=referral.diagnosis_code,
        diagnosis_text=referral.diagnosis_text,
        indication=indication_body(county, referral.indication),
        standard=standard_body(county, referral),
        skip_reason=skip_body(county, referral.skip_reason),
        surgery_grade=referral.surgery_grade,
        technique=_technique(county, referral.technique),
        offered=[Named(code=code, name=institution_name(county, code) or "") for code in referral.offered],
        choice_by_patient=referral.choice_by_patient,
        records=[RecordIn(**one) for one in referral.records] if named else [],
        no_records=referral.no_records,
        summary=vault().open(referral, "summary") if named else None,
        treatment=vault().open(referral, "treatment") if named else None,
        caution=vault().open(referral, "caution") if named else None,
        return_reason=vault().open(referral, "return_reason") if mine else None,
        result=vault().open(referral, "result") if named else None,
        outside_news=[report_body(one) for one in t.reports] if named else [],
        content_hash=referral.content_hash,
        pack_version=referral.pack_version,
        now=now_of(t, voice_of(t, actor)),
        way=way_of(t, voice_of(t, actor)),
        consent=consent_body(t),
        answer=answer_body(county, t.answer) if t.answer else None,
        steps=[step_body(county, step) for step in t.steps],
        chain_source=source_body(county, t.steps[0].source) if t.steps else None,
        certificate=certificate_line(t),
        problems=[violation_view(one) for one in drafts.problems(referral)] if mine and before_submission else [],
        flags=[violation_view(one) for one in drafts.flags(referral)] if actor.has(*_STAFF) else [],
        actions=actions_of(t, actor),
    )


def referral_line(referral: Referral, actor: Actor) -> ReferralLine:
    """Return a referral on a list."""
    t = tracks_of(referral)
    return ReferralLine(
        id=referral.id,
        version=referral.version,
        direction=referral.direction,
        category=referral.category,
        status=referral.status,
        emergency=referral.emergency,
        person=person_view(referral) if may_name(t, actor) else None,
        from_name=institution_name(t.county, referral.from_institution) or "",
        to_name=institution_name(t.county, referral.to_institution) or "",
        diagnosis_text=referral.diagnosis_text,
        now=now_of(t, voice_of(t, actor)),
        created_at=referral.created_at,
    )


_STAFF = tuple(role for role in Role if role not in (Role.RESIDENT, Role.ANONYMOUS, Role.SYSTEM))


def person_view(referral: Referral) -> PersonLine:
    """Return who the patient is."""
    return person_line(patient_of(referral))


def doctor_body(found: Practitioner | None) -> DoctorBody:
    """Return a clinician as the patient may know them."""
    if found is None:
        return DoctorBody(id=None, name="", title="", phone="")
    return DoctorBody(id=found.id, name=found.name, title=found.title, phone=found.phone)


def answer_body(county: Pack, row: ReferralAnswer) -> AnswerBody:
    """Return the hospital's track."""
    section = county.referral
    clerk = find_doctor(row.county_id, row.written_by) if row.written_by else None
    reasons = {one.code: one.text for one in (*section.receiving.decline_reasons, *section.handover.decline_reasons)}
    return AnswerBody(
        id=row.id,
        status=row.status,
        institution=row.institution,
        institution_name=institution_name(county, row.institution) or "",
        due_at=row.due_at,
        answered_at=row.answered_at,
        said_at=row.said_at,
        contact=row.contact,
        written_by=clerk.name if clerk else None,
        note=row.note,
        decline_reason=row.decline_reason,
        decline_text=reasons.get(row.decline_reason or ""),
        alternative_institution=row.alternative_institution,
        alternative_name=institution_name(county, row.alternative_institution),
        alternative_department=department_name(county, row.alternative_department),
        free_on=row.free_on,
    )


def step_body(county: Pack, step: ReferralSignature) -> StepBody:
    """Return one signature's track."""
    signer = session().get(Practitioner, (step.county_id, step.practitioner_id)) if step.practitioner_id else None
    return StepBody(
        id=step.id,
        order=step.step_order,
        title=step.title,
        act=step.act,
        status=step.status,
        who=f"{signer.name}（{step.signed_as}）" if signer and step.signed_as else "",
        institution_name=institution_name(county, step.institution) or "",
        opened_at=step.opened_at,
        due_at=step.due_at,
        signed_at=step.signed_at,
        late=step.late,
        note=step.covers_note if step.status == SignatureStatus.COVERED else "",
    )


def indication_body(county: Pack, code: str | None) -> ReasonBody | None:
    """Return a coded reason in plain words."""
    found = next((one for one in county.referral.indications if one.code == code), None)
    if found is None:
        return None
    return ReasonBody(code=found.code, short=found.short, plain=found.plain, source=source_body(county, found.source))


def standard_body(county: Pack, referral: Referral) -> StandardBody | None:
    """Return the standard that was met, in the version it was judged by."""
    found = next((one for one in county.referral.standards if one.code == referral.standard), None)
    if found is None or referral.standard_version is None:
        return None
    kept = standard_kept(referral)
    article = next((one for one in kept.articles if one.number == referral.article), None) if kept else None
    return StandardBody(
        code=found.code,
        name=found.name,
        version=referral.standard_version,
        article=referral.article,
        article_text=article.text if article else "",
        source=source_body(county, found.source),
    )


def skip_body(county: Pack, code: str | None) -> Named | None:
    """Return why a level was skipped."""
    found = next((one for one in county.referral.skip_reasons if one.code == code), None)
    return Named(code=found.code, name=found.text) if found else None


def certificate_line(t: Tracks) -> CertificateLine | None:
    """Return the certificate in one line."""
    if t.certificate is None or t.state is None:
        return None
    return CertificateLine(
        number=t.certificate.number,
        printed_number=grouped(t.certificate.number),
        valid_until=t.certificate.valid_until,
        state=t.state.word,
        text=t.state.text,
        late=t.state.late,
    )


def consent_body(t: Tracks) -> ConsentBody | None:
    """Return the patient's track."""
    if t.consent is None:
        return None
    return ConsentBody(
        status=t.consent.status,
        text_version=t.consent.text_version,
        given_by=t.consent.given_by,
        signer_name=t.consent.signer_name,
        relation=t.consent.relation,
        helped=t.consent.helped,
        language=t.consent.language,
        at=t.consent.given_at,
    )


def _technique(county: Pack, code: str | None) -> Named | None:
    """Return a technique by name, or by its code when the pack in force no longer has it."""
    known = {one.code: one.name for one in county.capability.techniques}
    return Named(code=code, name=known.get(code, code)) if code else None


def _place(county: Pack, code: str, department: str | None) -> PlaceBody:
    entry = county.institutions.institution(code)
    return PlaceBody(
        code=code,
        name=entry.name,
        level=entry.level,
        outside=entry.outside,
        department=department,
        department_name=department_name(county, department),
        desk=entry.desk.name if entry.desk else "",
        desk_place=entry.desk.place if entry.desk else "",
        phones=list(entry.desk.phones if entry.desk else entry.phones),
    )


def find_doctor(county_id: str, practitioner_id: UUID) -> Practitioner | None:
    """Return a clinician known by id."""
    return session().get(Practitioner, (county_id, practitioner_id))


def county_of(actor: Actor) -> Pack:
    """Return the pack of the actor's county."""
    return pack(actor.county_id)
