"""HTTP: teams, packages, contracts. XM-5.2, MS-4.6, MS-4.7b."""

from datetime import date, timedelta
from uuid import UUID

from flask import Blueprint, Response

from backend.contracts import areas, comparing, points, reading, roster, roster_schemas, schemas, service, signing
from backend.contracts.facts import Signer, SignUp
from backend.contracts.models import Contract
from backend.contracts.queries import today
from backend.kernel.errors import Conflict, NotFound
from backend.kernel.roles import Actor
from backend.store import access, files
from backend.store.db import session
from backend.web.operations import expected_version, operation
from backend.web.paging import fetch_page

routes = Blueprint("contracts", __name__, url_prefix="/api/v1")
TAG = "签约"
SIGNATURE_LIMIT = 4 * 1024 * 1024


@routes.get("/care-teams")
@operation("care_team.read", summary="比一比医生小组", tag=TAG, query=schemas.TeamsQuery, answer=schemas.TeamsOut)
def list_teams(actor: Actor, query: schemas.TeamsQuery) -> schemas.TeamsOut:
    return comparing.teams(actor, query.village)


@routes.get("/packages")
@operation("care_team.read", summary="服务包和费用", tag=TAG, answer=schemas.PackagesOut)
def list_packages(actor: Actor) -> schemas.PackagesOut:
    return comparing.packages(actor)


@routes.get("/household")
@operation("contract.request", summary="一户人里能一起签的", tag=TAG, answer=schemas.HouseholdOut)
def list_household(actor: Actor) -> schemas.HouseholdOut:
    return comparing.household(actor)


@routes.post("/contracts")
@operation(
    "contract.request",
    summary="申请签约（一人或一户）",
    tag=TAG,
    body=schemas.ContractIn,
    answer=schemas.ContractsOut,
    status=201,
    body_limit=SIGNATURE_LIMIT,
)
def request_contract(actor: Actor, body: schemas.ContractIn) -> schemas.ContractsOut:
    made = signing.sign(actor, _wish(actor, body))
    return schemas.ContractsOut(items=reading.contract_views(actor, made))


@routes.get("/contracts")
@operation("contract.read", summary="签约列表", tag=TAG, query=schemas.ContractsQuery, answer=schemas.ContractsOut)
def list_contracts(actor: Actor, query: schemas.ContractsQuery) -> schemas.ContractsOut:
    rows = access.scoped_query(Contract, actor, "contract.read")
    if query.status is not None:
        rows = rows.where(Contract.status == query.status)
    if query.resident_id is not None:
        rows = rows.where(Contract.resident_id == query.resident_id)
    if query.team_id is not None:
        rows = rows.where(Contract.team_id == query.team_id)
    page, cursor = fetch_page(rows, Contract.id, query)
    return schemas.ContractsOut(items=reading.contract_views(actor, page), next_cursor=cursor)


@routes.get("/contracts/<uuid:contract_id>")
@operation("contract.read", summary="一份签约", tag=TAG, answer=schemas.ContractOut)
def get_contract(actor: Actor, contract_id: UUID) -> schemas.ContractOut:
    return _one(actor, access.authorize(Contract, contract_id, actor, "contract.read"))


@routes.get("/contracts/<uuid:contract_id>/signature")
@operation("contract.read", summary="签名的图", tag=TAG, media_type="image/png")
def get_signature(actor: Actor, contract_id: UUID) -> Response:
    contract = access.authorize(Contract, contract_id, actor, "contract.read")
    if contract.signature_file is None:
        raise NotFound("no_signature", "这份约没有签名的图。")
    sheet, content = files.get(session(), actor.county_id, contract.signature_file)
    return Response(content, mimetype=sheet.media_type, headers={"Cache-Control": "private, no-store"})


@routes.post("/contracts/<uuid:contract_id>/accept")
@operation("contract.answer", summary="接收签约", tag=TAG, answer=schemas.ContractsOut)
def accept_contract(actor: Actor, contract_id: UUID) -> schemas.ContractsOut:
    done = service.accept(actor, contract_id, version=expected_version())
    return schemas.ContractsOut(items=reading.contract_views(actor, done))


@routes.post("/contracts/<uuid:contract_id>/decline")
@operation("contract.answer", summary="签不了", tag=TAG, body=schemas.DeclineIn, answer=schemas.ContractsOut)
def decline_contract(actor: Actor, contract_id: UUID, body: schemas.DeclineIn) -> schemas.ContractsOut:
    done = service.decline(actor, contract_id, body.reason, version=expected_version())
    return schemas.ContractsOut(items=reading.contract_views(actor, done))


@routes.post("/contracts/<uuid:contract_id>/cancel")
@operation("contract.cancel", summary="撤回申请", tag=TAG, answer=schemas.ContractOut)
def cancel_contract(actor: Actor, contract_id: UUID) -> schemas.ContractOut:
    return _one(actor, service.cancel(actor, contract_id))


@routes.post("/contracts/<uuid:contract_id>/end")
@operation("contract.end", summary="不签了", tag=TAG, body=schemas.EndIn, answer=schemas.ContractOut)
def end_contract(actor: Actor, contract_id: UUID, body: schemas.EndIn) -> schemas.ContractOut:
    return _one(actor, service.end(actor, contract_id, body.reason, version=expected_version()))


@routes.post("/contracts/<uuid:contract_id>/renew")
@operation(
    "contract.cancel",
    summary="续签",
    tag=TAG,
    body=schemas.RenewIn,
    answer=schemas.ContractOut,
    status=201,
    body_limit=SIGNATURE_LIMIT,
)
def renew_contract(actor: Actor, contract_id: UUID, body: schemas.RenewIn) -> schemas.ContractOut:
    return _one(actor, signing.renew(actor, contract_id, body.signature))


@routes.get("/my-residents")
@operation(
    "resident.search",
    summary="我管的人：村医看本村，小组看签约的，一户一户",
    tag=TAG,
    query=roster_schemas.RosterQuery,
    answer=roster_schemas.RosterOut,
)
def list_my_residents(actor: Actor, query: roster_schemas.RosterQuery) -> roster_schemas.RosterOut:
    return roster.roster(actor, query)


@routes.get("/workload")
@operation(
    "workload.read", summary="本单位各人的服务和积分", tag=TAG, query=schemas.MonthQuery, answer=schemas.WorkloadsOut
)
def get_workload(actor: Actor, query: schemas.MonthQuery) -> schemas.WorkloadsOut:
    first, last = _month(query.month)
    rows = points.workload(actor, first, last)
    return schemas.WorkloadsOut(
        month=f"{first:%Y-%m}",
        items=[
            schemas.WorkloadOut(
                practitioner_id=row.practitioner_id, name=row.name, points=row.points, services=row.services
            )
            for row in rows
        ],
    )


@routes.get("/areas")
@operation("area.read", summary="包的村和村医", tag=TAG, query=schemas.MonthQuery, answer=schemas.AreasOut)
def get_areas(actor: Actor, query: schemas.MonthQuery) -> schemas.AreasOut:
    first, last = _month(query.month)
    return areas.view(actor, f"{first:%Y-%m}", first, last)


@routes.post("/areas")
@operation("area.assign", summary="划片包村", tag=TAG, body=schemas.AreaIn, answer=schemas.AreasOut, status=201)
def assign_area(actor: Actor, body: schemas.AreaIn) -> schemas.AreasOut:
    areas.assign(actor, body.practitioner_id, body.villages)
    first, last = _month(None)
    return areas.view(actor, f"{first:%Y-%m}", first, last)


@routes.post("/areas/scores")
@operation("area.score", summary="给包的村医评分", tag=TAG, body=schemas.AreaScoreIn, answer=schemas.AreasOut)
def score_village_doctor(actor: Actor, body: schemas.AreaScoreIn) -> schemas.AreasOut:
    areas.score(actor, body.practitioner_id, body.month, body.score)
    first, last = _month(body.month)
    return areas.view(actor, body.month, first, last)


def _month(month: str | None) -> tuple[date, date]:
    first = date.fromisoformat(f"{month}-01") if month else today().replace(day=1)
    return first, service.add_months(first, 1) - timedelta(days=1)


def _one(actor: Actor, contract: Contract) -> schemas.ContractOut:
    return reading.contract_views(actor, [contract])[0]


def _wish(actor: Actor, body: schemas.ContractIn) -> SignUp:
    if body.members:
        people = tuple(Signer(one.resident_id, one.signature, one.package) for one in body.members)
    else:
        subject = body.resident_id or actor.subject_id
        if subject is None:
            raise Conflict("no_record", "请先认领您的健康档案，再来签约。")
        people = (Signer(subject, body.signature),)
    return SignUp(
        team_id=body.team_id,
        package=body.package,
        people=people,
        household=bool(body.members),
        signature=body.signature,
        months_here=body.months_here,
        guardian_name=body.guardian_name,
    )
