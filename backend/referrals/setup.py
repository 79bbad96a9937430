"""Hooks referrals into an app: who sees what is addressed to them, whose step a signature is, constraints in words."""

from typing import Any

from flask import Flask
from sqlalchemy import ColumnElement, and_, exists, false, or_

from backend.kernel.permissions import Relation
from backend.kernel.roles import Actor
from backend.referrals import along_sight
from backend.referrals.models import Referral
from backend.referrals.public import pages
from backend.referrals.states import ReferralStatus, SignatureStatus
from backend.store import access
from backend.web.problems import CONSTRAINTS

_R = Relation


def _sent(model: Any) -> ColumnElement[bool]:
    # A draft is the doctor's own paper, also one thrown away; a refused own wish was told to the patient's face.
    shown: ColumnElement[bool] = or_(model.submitted_at.is_not(None), model.status == ReferralStatus.REFUSED)
    return shown


def _asked_for(model: Any) -> ColumnElement[bool]:
    # The other house sees what was sent, and nothing of what came to nothing here.
    return and_(model.submitted_at.is_not(None), model.status != ReferralStatus.REFUSED)


def _said(model: Any) -> ColumnElement[bool]:
    # One's own by being named on the telephone; what somebody answered here themselves is nobody's to disown.
    named: ColumnElement[bool] = model.written_by.is_not(None)
    return named


def _to_sign(model: Any, actor: Actor) -> ColumnElement[bool]:
    if actor.institution is None:
        return false()
    asked = or_(
        model.institution == actor.institution,
        model.offices.contains([{"institution": actor.institution}]),
    )
    # Being asked once gives no sight for ever: the step counts in the present round, or the paper is read otherwise.
    of_step = and_(Referral.county_id == model.county_id, Referral.id == model.referral_id)
    counts = and_(model.status != SignatureStatus.VOID, Referral.round == model.round)
    return and_(asked, exists().where(of_step, or_(counts, access.visible(Referral, actor, "referral.read"))))


def install(app: Flask) -> None:
    """Register whom a referral reaches before and after it is sent, and what INSTITUTION means for a signature."""
    app.register_blueprint(pages)
    access.narrow("referral", (_R.SELF, _R.PROXY, _R.GUARDIAN, _R.GRANTED, _R.INSTITUTION), _sent)
    access.narrow("referral", (_R.RECEIVER,), _asked_for)
    access.narrow("referral_answer", (_R.OWN,), _said)
    along_sight.install()
    access.register_relation(_R.INSTITUTION, _to_sign, table="referral_signature")
    CONSTRAINTS["uq_referral_live"] = ("already_referred", "这位病人已经在转往这家医院的路上，请打开那张继续办。")
    CONSTRAINTS["uq_referral_attachment_drug"] = ("drug_along", "这种药刚才已经加上了，请刷新。")
    CONSTRAINTS["uq_incoming_transfer_paper"] = ("paper_registered", "这张纸已经登记过了，请在列表里打开它。")
    CONSTRAINTS["uq_direct_visit_once"] = ("registered_before", "这一天去这家医院已经登记过了，不用再登。")
    CONSTRAINTS["uq_referral_signature_person"] = ("signed_before", "同一张证明您已经签过一次，请换一位来签。")
    CONSTRAINTS["uq_certificate_event_use"] = ("certificate_used", "别的窗口刚用过这张证明，请刷新再看。")
    CONSTRAINTS["uq_certificate_event_end"] = ("certificate_ended", "这张证明已经作废或换过了，请刷新再看。")
