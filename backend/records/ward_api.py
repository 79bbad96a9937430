"""HTTP of a stay: read it, say that somebody recovers, what operation it is for, discharge."""

from uuid import UUID

from flask import Blueprint

from backend.kernel.roles import Actor
from backend.records import scope, wards
from backend.records.models import Stay
from backend.records.stay_views import DischargeIn, PlanIn, RecoveringIn, StayBody, stay_body
from backend.store import access
from backend.web.operations import expected_version, operation

routes = Blueprint("wards", __name__)
TAG = "病区"


@routes.get("/stays/<uuid:stay_id>")
@operation("stay.read", summary="一次住院", tag=TAG, answer=StayBody)
def read_stay(actor: Actor, stay_id: UUID) -> StayBody:
    return stay_body(access.authorize(Stay, stay_id, actor, "stay.read"), actor)


@routes.post("/stays/<uuid:stay_id>/recovering")
@operation("stay.mark_recovering", summary="这位病人进入恢复期", tag=TAG, body=RecoveringIn, answer=StayBody)
def mark_recovering(actor: Actor, stay_id: UUID, body: RecoveringIn) -> StayBody:
    stay = wards.mark_recovering(actor, stay_id, **body.model_dump(), version=expected_version())
    return stay_body(stay, actor)


@routes.post("/stays/<uuid:stay_id>/operation")
@operation(
    "stay.plan_operation", summary="要做什么手术、技术；本院做不了的怎么办", tag=TAG, body=PlanIn, answer=StayBody
)
def plan_operation(actor: Actor, stay_id: UUID, body: PlanIn) -> StayBody:
    stay = scope.plan(actor, stay_id, **body.model_dump(), version=expected_version())
    return stay_body(stay, actor)


@routes.post("/stays/<uuid:stay_id>/discharge")
@operation("stay.discharge", summary="出院，写明去向", tag=TAG, body=DischargeIn, answer=StayBody)
def discharge(actor: Actor, stay_id: UUID, body: DischargeIn) -> StayBody:
    return stay_body(wards.discharge(actor, stay_id, body.disposition, expected_version()), actor)
