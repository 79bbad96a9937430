"""HTTP of the first pages."""

from uuid import UUID

from flask import Blueprint

from backend.journey.around import AroundBody, around_of
from backend.journey.home import home_of
from backend.journey.schemas import HomeOut, TodayOut
from backend.journey.today import today_of
from backend.kernel.errors import NotFound
from backend.kernel.roles import Actor
from backend.people.models import Resident
from backend.referrals.models import Referral
from backend.store import access
from backend.web.operations import operation

routes = Blueprint("journey", __name__, url_prefix="/api/v1")
TAG = "首页"


@routes.get("/home")
@operation("home.read", summary="居民首页", tag=TAG, answer=HomeOut)
def read_home(actor: Actor) -> HomeOut:
    if actor.subject_id is None:
        raise NotFound("no_record", "还没有连上健康档案，请先去连档案。")
    return home_of(actor, access.authorize(Resident, actor.subject_id, actor, "home.read"))


@routes.get("/referrals/<uuid:referral_id>/around")
@operation("referral.read", summary="转诊的号、床和花费估算", tag=TAG, answer=AroundBody)
def read_around(actor: Actor, referral_id: UUID) -> AroundBody:
    return around_of(access.authorize(Referral, referral_id, actor, "referral.read"), actor)


@routes.get("/today")
@operation("today.read", summary="医生的今天", tag=TAG, answer=TodayOut)
def read_today(actor: Actor) -> TodayOut:
    return today_of(actor)
