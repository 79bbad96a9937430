"""The sample of referrals in words: the reason against what came of it, and a period's count."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from backend.alliance.queries import pack
from backend.kernel.clock import local_day
from backend.kernel.roles import Actor
from backend.oversight import audits
from backend.oversight.models_audit import ReferralAudit
from backend.oversight.schemas import AuditBody, AuditCountBody, AuditCounts
from backend.oversight.states import AUDITS, AuditStatus
from backend.records.models import Stay
from backend.records.views import institution_name, practitioner_of
from backend.referrals.models import Referral
from backend.referrals.sight import masked
from backend.referrals.views import standard_body
from backend.store import clock
from backend.store.db import session
from backend.store.vault import vault


def audit_body(row: ReferralAudit, actor: Actor) -> AuditBody:
    """Return a drawn referral as somebody of another house, the bureau or its own doctor reads it: nobody is named."""
    county = pack(row.county_id)
    referral = session().get_one(Referral, (row.county_id, row.referral_id))
    indication = next((one for one in county.referral.indications if one.code == referral.indication), None)
    diagnosis = session().scalar(
        select(Stay.diagnosis_text)
        .where(Stay.county_id == row.county_id, Stay.referral_id == row.referral_id)
        .order_by(Stay.id.desc())
        .limit(1)
    )
    standard = standard_body(county, referral)
    theirs = actor.institution == row.to_institution
    return AuditBody(
        id=row.id,
        month=row.month,
        patient=masked(referral),
        institution_name=institution_name(county, row.institution) or "",
        doctor=_doctor(row.county_id, row.practitioner_id) or "",
        to_name=institution_name(county, row.to_institution) or "",
        category=referral.category,
        diagnosis_text=referral.diagnosis_text,
        indication=indication.text if indication else "",
        standard=f"{standard.name}（{standard.version}）第 {standard.article} 条：{standard.article_text}"
        if standard
        else None,
        records=len(referral.records),
        arrived=referral.arrived_at is not None,
        discharge_diagnosis=diagnosis,
        result=vault().open(referral, "result") if theirs else None,
        status=row.status,
        verdict=row.verdict,
        reason=vault().open(row, "reason"),
        actions=[str(one) for one in AUDITS.actions_from(AuditStatus(row.status), actor)]
        if actor.institution != row.institution
        else [],
    )


def counts_body(county_id: str, month: date | None) -> AuditCounts:
    """Return a period's verdicts, of the last period that is over when none is named."""
    county = pack(county_id)
    rule = county.referral.sample_audit
    month = month or audits.period(county, local_day(clock.now()))[-1]
    return AuditCounts(
        month=month,
        percent=rule.percent,
        at_least=rule.at_least,
        sample=rule.sample,
        source=county.source(rule.source).title,
        items=[
            AuditCountBody(
                institution_name=institution_name(county, one.institution) or "",
                doctor=_doctor(county_id, one.practitioner_id),
                drawn=one.drawn,
                reviewed=one.reviewed,
                justified=one.justified,
                unjustified=one.unjustified,
                papers_missing=one.papers_missing,
            )
            for one in audits.counts(county_id, month)
        ],
    )


def _doctor(county_id: str, practitioner_id: UUID | None) -> str | None:
    found = practitioner_of(county_id, practitioner_id)
    return found.name if found else None
