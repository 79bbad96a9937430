"""HTTP of a stay: read it, say that somebody recovers, discharge."""

from uuid import UUID

from flask import Blueprint

from backend.kernel.roles import Actor
from backend.records import wards
from backend.records.models import Stay
from backend.records.stay_views import DischargeIn, RecoveringIn, StayBody, stay_body
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


@routes.post("/stays/<uuid:stay_id>/discharge")
@operation("stay.discharge", summary="出院，写明去向", tag=TAG, body=DischargeIn, answer=StayBody)
def discharge(actor: Actor, stay_id: UUID, body: DischargeIn) -> StayBody:
    return stay_body(wards.discharge(actor, stay_id, body.disposition, expected_version()), actor)
