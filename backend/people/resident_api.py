"""HTTP: residents for staff, and one's own head of record."""

from uuid import UUID

from flask import Blueprint

from backend.kernel.roles import Actor
from backend.people import registry, residents
from backend.people.models import Resident
from backend.people.resident_schemas import (
    Correction,
    FoundPeople,
    LookUp,
    NewResident,
    ResidentCard,
    ResidentQuery,
    ResidentView,
)
from backend.store import access
from backend.web.operations import expected_version, operation
from backend.web.paging import Page

routes = Blueprint("people_residents", __name__)


@routes.get("/residents")
@operation(
    "resident.search",
    summary="在自己管的人里找：姓名、拼音、村、出生年",
    tag="居民",
    query=ResidentQuery,
    answer=Page[ResidentCard],
)
def search(actor: Actor, query: ResidentQuery) -> Page[ResidentCard]:
    items, cursor = residents.search(actor, query)
    return Page(items=items, next_cursor=cursor)


@routes.post("/residents/look-up")
@operation(
    "resident.look_up",
    summary="来了一个人：凭证件号、档案号或姓名加生日找档案",
    tag="居民",
    body=LookUp,
    answer=FoundPeople,
    idempotent=False,
)
def look_up(actor: Actor, body: LookUp) -> FoundPeople:
    return FoundPeople(items=residents.look_up(actor, body))


@routes.post("/residents")
@operation("resident.register", summary="给新来的人建档", tag="居民", body=NewResident, answer=ResidentView, status=201)
def register(actor: Actor, body: NewResident) -> ResidentView:
    return residents.view(actor, registry.register(actor, body))


@routes.get("/residents/<uuid:resident_id>")
@operation("resident.read", summary="看一位居民的基本资料（会记录）", tag="居民", answer=ResidentView)
def read(actor: Actor, resident_id: UUID) -> ResidentView:
    return residents.view(actor, access.authorize(Resident, resident_id, actor, "resident.read"))


@routes.post("/residents/<uuid:resident_id>/corrections")
@operation("resident.correct", summary="更正基本资料", tag="居民", body=Correction, answer=ResidentView)
def correct(actor: Actor, resident_id: UUID, body: Correction) -> ResidentView:
    row = access.authorize(Resident, resident_id, actor, "resident.correct", lock=True)
    return residents.view(actor, registry.correct(actor, row, body, expected_version()))
