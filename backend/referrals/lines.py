"""Lists for the hospital that is asked and for signers: enough to decide, and nothing else of the record."""

from backend.kernel.roles import Actor
from backend.records.views import department_name, institution_name
from backend.referrals import signing
from backend.referrals.bodies import AnswerLine, SignatureLine
from backend.referrals.department_open import is_open
from backend.referrals.models import Referral, ReferralAnswer, ReferralSignature
from backend.referrals.offers import actions_of
from backend.referrals.sight import masked, may_name
from backend.referrals.tracks import Tracks, tracks_of
from backend.referrals.views import (
    answer_body,
    doctor_body,
    indication_body,
    person_view,
    skip_body,
    source_body,
    standard_body,
    step_body,
)
from backend.store.db import session

_ANSWERS = ("accept", "pass_on", "assign_department", "decline_hospital", "write_down")


def asked_about(row: ReferralAnswer) -> Tracks:
    """Return everything of the referral that a question is about."""
    return tracks_of(session().get_one(Referral, (row.county_id, row.referral_id)))


def answer_line(t: Tracks, row: ReferralAnswer, actor: Actor) -> AnswerLine:
    """Return what waits for the hospital. Before consent it is asked about "女 68 岁", not about a name."""
    referral = t.referral
    indication = indication_body(t.county, referral.indication)
    return AnswerLine(
        answer=answer_body(t.county, row),
        referral_id=referral.id,
        category=referral.category,
        emergency=referral.emergency,
        diagnosis_text=referral.diagnosis_text,
        indication=indication.short if indication else "",
        from_name=institution_name(t.county, referral.from_institution) or "",
        doctor=doctor_body(t.doctor),
        person=person_view(referral) if may_name(t, actor) else None,
        masked=masked(referral),
        wanted_on=referral.wanted_on,
        to_department_name=department_name(t.county, row.department),
        department_open=is_open(referral, row),
        passed_to_role=row.passed_to_role,
        actions=[one for one in actions_of(t, actor) if one in _ANSWERS],
    )


def who_line(referral: Referral, actor: Actor) -> str:
    """Return whom it is about in one line, as far as this reader may know."""
    if not may_name(tracks_of(referral), actor):
        return masked(referral)
    person = person_view(referral)
    return f"{person.name}（{person.birth_year}年 {person.village}）"


def signature_line(step: ReferralSignature, actor: Actor) -> SignatureLine:
    """Return one step with the facts that are signed. The last signer sits outside and sees no more than this."""
    referral = session().get(Referral, (step.county_id, step.referral_id))
    assert referral is not None
    t = tracks_of(referral)
    also = signing.covers(actor, step, t.steps)
    return SignatureLine(
        id=step.id,
        referral_id=referral.id,
        order=step.step_order,
        title=step.title,
        act=step.act,
        status=step.status,
        signs_as=step.signed_as or step.title,
        due_at=step.due_at,
        late=step.late,
        emergency=referral.emergency,
        content_hash=referral.content_hash or "",
        person=person_view(referral),
        from_name=institution_name(t.county, referral.from_institution) or "",
        to_name=institution_name(t.county, referral.to_institution) or "",
        to_department_name=department_name(t.county, referral.to_department),
        category=referral.category,
        diagnosis_text=referral.diagnosis_text,
        indication=indication_body(t.county, referral.indication),
        standard=standard_body(t.county, referral),
        skip_reason=skip_body(t.county, referral.skip_reason),
        choice_by_patient=referral.choice_by_patient,
        doctor=doctor_body(t.doctor),
        covers=also.title if also else "",
        covers_note=step.covers_note if also else "",
        before=[step_body(t.county, one) for one in t.steps if one.step_order < step.step_order],
        consent=t.consent.status if t.consent else "none",
        answer=t.answer.status if t.answer else "none",
        source=source_body(t.county, step.source),
    )
