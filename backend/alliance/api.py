"""Public pages of counties and institutions, and a member's exit from its alliance."""

from datetime import date
from uuid import UUID

from flask import Blueprint

from backend.alliance import queries, service
from backend.alliance.reach import scope
from backend.alliance.schemas import (
    AlliancesBody,
    ConditionBody,
    ConditionsBody,
    CountiesBody,
    CountyQuery,
    InstitutionDetail,
    InstitutionsBody,
    InstitutionsQuery,
    LeaveBody,
    MembershipBody,
)
from backend.alliance.views import (
    alliance_body,
    county_body,
    institution_body,
    institution_detail,
    membership_body,
)
from backend.kernel.clock import local_day
from backend.kernel.errors import NotFound
from backend.kernel.roles import Actor
from backend.store import clock
from backend.store.db import session
from backend.web.operations import operation

routes = Blueprint("alliance", __name__, url_prefix="/api/v1")


def _today() -> date:
    return local_day(clock.now())


@routes.get("/counties")
@operation("county.read", summary="有哪些县", tag="机构", answer=CountiesBody, public=True)
def list_counties(actor: Actor) -> CountiesBody:
    del actor
    found = queries.county_ids(session())
    return CountiesBody(items=[county_body(queries.pack(county_id), _today()) for county_id in found])


@routes.get("/institutions")
@operation(
    "institution.read",
    summary="一个县的机构和转诊电话",
    tag="机构",
    query=InstitutionsQuery,
    answer=InstitutionsBody,
    public=True,
)
def list_institutions(actor: Actor, query: InstitutionsQuery) -> InstitutionsBody:
    del actor
    pack = queries.pack(query.county)
    chosen = [
        entry
        for entry in pack.institutions.institutions
        if query.level in (None, entry.level)
        and query.town in (None, entry.town)
        and (query.desk is None or entry.desk is not None)
        and (query.condition is None or query.condition in scope(pack, entry.code).conditions)
    ]
    members = queries.alliances_on(query.county, _today())
    chosen.sort(key=lambda entry: (entry.outside, pack.county.level(entry.level).rank))
    return InstitutionsBody(items=[institution_body(pack, entry, members.get(entry.code)) for entry in chosen])


@routes.get("/institutions/<code>")
@operation(
    "institution.read",
    summary="一家机构能看什么、电话、报销",
    tag="机构",
    query=CountyQuery,
    answer=InstitutionDetail,
    public=True,
)
def read_institution(actor: Actor, code: str, query: CountyQuery) -> InstitutionDetail:
    del actor
    pack = queries.pack(query.county)
    try:
        entry = pack.institutions.institution(code)
    except KeyError as error:
        raise NotFound("no_institution", "没有这家机构，请回到机构列表再找。") from error
    return institution_detail(pack, entry, queries.alliance_of(query.county, code, _today()), _today())


@routes.get("/conditions")
@operation(
    "institution.read",
    summary="本县分哪些病、编码是什么",
    tag="机构",
    query=CountyQuery,
    answer=ConditionsBody,
    public=True,
)
def list_conditions(actor: Actor, query: CountyQuery) -> ConditionsBody:
    del actor
    found = queries.pack(query.county).capability.conditions
    return ConditionsBody(items=[ConditionBody(code=one.code, name=one.name, icd10=list(one.icd10)) for one in found])


@routes.get("/alliances")
@operation(
    "alliance.read", summary="医联体和成员协议", tag="机构", query=CountyQuery, answer=AlliancesBody, public=True
)
def list_alliances(actor: Actor, query: CountyQuery) -> AlliancesBody:
    pack = queries.pack(query.county)
    rows = list(queries.memberships(query.county))
    return AlliancesBody(items=[alliance_body(pack, entry, rows, actor) for entry in pack.alliances.alliances])


@routes.post("/memberships/<uuid:membership_id>/leave")
@operation("membership.leave", summary="自愿退出医联体", tag="机构", body=LeaveBody, answer=MembershipBody)
def leave(actor: Actor, membership_id: UUID, body: LeaveBody) -> MembershipBody:
    row = service.leave_alliance(session(), actor, membership_id, body.leave_on, body.reason)
    return membership_body(queries.pack(actor.county_id), row, actor)
