"""Hooks referrals into an app: who sees what is addressed to them, whose step a signature is, constraints in words."""

from typing import Any

from flask import Flask
from sqlalchemy import ColumnElement, and_, false, or_

from backend.kernel.permissions import Relation
from backend.kernel.roles import Actor
from backend.referrals.public import pages
from backend.referrals.states import ReferralStatus
from backend.store import access
from backend.web.problems import CONSTRAINTS

_NOT_YET = (ReferralStatus.DRAFT, ReferralStatus.REFUSED)


def _received(model: Any, actor: Actor) -> ColumnElement[bool]:
    # A draft is the doctor's own paper; the other house sees what was sent.
    if actor.institution is None:
        return false()
    return and_(model.to_institution == actor.institution, model.status.not_in(_NOT_YET))


def _to_sign(model: Any, actor: Actor) -> ColumnElement[bool]:
    if actor.institution is None:
        return false()
    return or_(
        model.institution == actor.institution,
        model.offices.contains([{"institution": actor.institution}]),
    )


def install(app: Flask) -> None:
    """Register what RECEIVER means for a referral and INSTITUTION for a signature."""
    app.register_blueprint(pages)
    access.register_relation(Relation.RECEIVER, _received, table="referral")
    access.register_relation(Relation.INSTITUTION, _to_sign, table="referral_signature")
    CONSTRAINTS["uq_referral_live"] = ("already_referred", "这位病人已经在转往这家医院的路上，请打开那张继续办。")
    CONSTRAINTS["uq_referral_signature_person"] = ("signed_before", "同一张证明您已经签过一次，请换一位来签。")
    CONSTRAINTS["uq_certificate_event_use"] = ("certificate_used", "别的窗口刚用过这张证明，请刷新再看。")
    CONSTRAINTS["uq_certificate_event_end"] = ("certificate_ended", "这张证明已经作废或换过了，请刷新再看。")
