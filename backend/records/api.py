"""HTTP of the record: slips from the village, visits, readings, results, the timeline."""

from datetime import timedelta
from uuid import UUID

from flask import Blueprint

from backend.alliance.queries import pack
from backend.kernel.errors import NotFound
from backend.kernel.roles import Actor
from backend.people.models import Resident
from backend.records import handoffs, repeats, results, visits, ward_api
from backend.records.handoffs import Slip
from backend.records.measures import MEASURES, Measured
from backend.records.models import VillageHandoff, Visit
from backend.records.queries import readings_since
from backend.records.results import NewResult
from backend.records.schemas import (
    FindingIn,
    FinishIn,
    HandoffBody,
    HandoffIn,
    HandoffsBody,
    HandoffsQuery,
    MeasureBody,
    MeasuresBody,
    ReadingsBody,
    ReadingsIn,
    ResultBody,
    ResultIn,
    ResultsBody,
    ResultsQuery,
    ResultUseBody,
    ResultUseIn,
    TimelineBody,
    TimelineQuery,
    TrendBody,
    TrendQuery,
    VisitBody,
    VisitIn,
    VisitsBody,
)
from backend.records.service import record_readings
from backend.records.states import HandoffStatus
from backend.records.timeline import timeline
from backend.records.views import entry_body, handoff_body, person_line, result_body, trend_body, use_body, visit_body
from backend.records.visits import Finding, Opening
from backend.store import access, clock
from backend.store.db import session
from backend.web.operations import expected_version, operation

routes = Blueprint("records", __name__, url_prefix="/api/v1")
routes.register_blueprint(ward_api.routes)


@routes.get("/measures")
@operation("measure.read", summary="能量哪些数、用什么单位", tag="病历", answer=MeasuresBody, public=True)
def list_measures(actor: Actor) -> MeasuresBody:
    del actor
    return MeasuresBody(
        items=[
            MeasureBody(code=m.code, name=m.name, unit=m.unit, lowest=m.lowest, highest=m.highest)
            for m in MEASURES.values()
        ]
    )


@routes.post("/handoffs")
@operation("handoff.create", summary="村医开转介单", tag="首诊", body=HandoffIn, answer=HandoffBody, status=201)
def hand_over(actor: Actor, body: HandoffIn) -> HandoffBody:
    values = tuple(Measured(one.code, one.value, one.unit) for one in body.values)
    slip = Slip(**body.model_dump(exclude={"values"}), values=values)
    return handoff_body(handoffs.hand_over(actor, slip), actor)


@routes.get("/handoffs")
@operation("handoff.read", summary="转介单：等我们看的、我开的", tag="首诊", query=HandoffsQuery, answer=HandoffsBody)
def list_handoffs(actor: Actor, query: HandoffsQuery) -> HandoffsBody:
    found = access.scoped_query(VillageHandoff, actor, "handoff.read")
    if query.open:
        found = found.where(VillageHandoff.status.in_([HandoffStatus.SENT, HandoffStatus.TAKEN]))
    rows = session().scalars(found.order_by(VillageHandoff.urgent.desc(), VillageHandoff.id.desc()).limit(100))
    return HandoffsBody(items=[handoff_body(row, actor) for row in rows])


@routes.get("/handoffs/<uuid:handoff_id>")
@operation("handoff.read", summary="一张转介单", tag="首诊", answer=HandoffBody)
def read_handoff(actor: Actor, handoff_id: UUID) -> HandoffBody:
    return handoff_body(access.authorize(VillageHandoff, handoff_id, actor, "handoff.read"), actor)


@routes.post("/handoffs/<uuid:handoff_id>/take")
@operation("handoff.take", summary="这位我来看", tag="首诊", answer=HandoffBody)
def take_handoff(actor: Actor, handoff_id: UUID) -> HandoffBody:
    return handoff_body(handoffs.take(actor, handoff_id), actor)


@routes.post("/handoffs/<uuid:handoff_id>/cancel")
@operation("handoff.cancel", summary="村医收回转介单", tag="首诊", answer=HandoffBody)
def cancel_handoff(actor: Actor, handoff_id: UUID) -> HandoffBody:
    return handoff_body(handoffs.cancel(actor, handoff_id), actor)


@routes.post("/visits")
@operation("visit.open", summary="开始一次看病（首诊）", tag="首诊", body=VisitIn, answer=VisitBody, status=201)
def open_visit(actor: Actor, body: VisitIn) -> VisitBody:
    return visit_body(visits.open_visit(actor, Opening(**body.model_dump())), actor)


@routes.get("/visits")
@operation("visit.write", summary="我还没写结果的看病", tag="首诊", answer=VisitsBody)
def list_visits(actor: Actor) -> VisitsBody:
    return VisitsBody(items=[visit_body(row, actor) for row in visits.open_visits(actor)])


@routes.get("/visits/<uuid:visit_id>")
@operation("visit.read", summary="一次看病", tag="首诊", answer=VisitBody)
def read_visit(actor: Actor, visit_id: UUID) -> VisitBody:
    return visit_body(access.authorize(Visit, visit_id, actor, "visit.read"), actor)


@routes.put("/visits/<uuid:visit_id>")
@operation("visit.write", summary="写病情和处理", tag="首诊", body=FindingIn, answer=VisitBody)
def write_visit(actor: Actor, visit_id: UUID, body: FindingIn) -> VisitBody:
    return visit_body(visits.write(actor, visit_id, Finding(**body.model_dump()), expected_version()), actor)


@routes.post("/visits/<uuid:visit_id>/finish")
@operation("visit.write", summary="写上结果，结束这次看病", tag="首诊", body=FinishIn, answer=VisitBody)
def finish_visit(actor: Actor, visit_id: UUID, body: FinishIn) -> VisitBody:
    finding = Finding(**body.model_dump(exclude={"outcome"}))
    return visit_body(visits.finish(actor, visit_id, finding, body.outcome, expected_version()), actor)


@routes.post("/residents/<uuid:resident_id>/readings")
@operation("reading.write", summary="记下量的数", tag="病历", body=ReadingsIn, answer=ReadingsBody, status=201)
def write_readings(actor: Actor, resident_id: UUID, body: ReadingsIn) -> ReadingsBody:
    resident = access.authorize(Resident, resident_id, actor, "reading.write")
    values = [Measured(one.code, one.value, one.unit) for one in body.values]
    return ReadingsBody(set_id=record_readings(actor, resident.id, values, taken_at=body.taken_at))


@routes.get("/residents/<uuid:resident_id>/readings")
@operation("record.read", summary="量的数怎么变，画走势用", tag="病历", query=TrendQuery, answer=TrendBody)
def read_trend(actor: Actor, resident_id: UUID, query: TrendQuery) -> TrendBody:
    resident = access.authorize(Resident, resident_id, actor, "record.read")
    codes = query.codes.split(",")
    unknown = [code for code in codes if code not in MEASURES]
    if unknown:
        raise NotFound("no_measure", f"没有「{unknown[0]}」这个测量项，请从列出的项目里选。")
    since = clock.now() - timedelta(days=query.days)
    return trend_body(readings_since(actor.county_id, resident.id, codes, since))


@routes.post("/residents/<uuid:resident_id>/results")
@operation("result.write", summary="记下本机构的检查结果", tag="病历", body=ResultIn, answer=ResultBody, status=201)
def write_result(actor: Actor, resident_id: UUID, body: ResultIn) -> ResultBody:
    row = results.add_result(actor, NewResult(resident_id=resident_id, **body.model_dump()))
    return result_body(row, actor.institution)


@routes.get("/residents/<uuid:resident_id>/results")
@operation("record.read", summary="做过的检查，在哪里能直接用", tag="病历", query=ResultsQuery, answer=ResultsBody)
def list_results(actor: Actor, resident_id: UUID, query: ResultsQuery) -> ResultsBody:
    resident = access.authorize(Resident, resident_id, actor, "record.read")
    at = query.at or actor.institution
    if query.at is not None:
        try:
            pack(actor.county_id).institutions.institution(query.at)
        except KeyError as error:
            raise NotFound("no_institution", "没有这家机构，请从列表里选。") from error
    found = results.results_of(actor.county_id, resident.id, item=query.item)
    return ResultsBody(items=[result_body(row, at) for row in found])


@routes.post("/residents/<uuid:resident_id>/results/use")
@operation("order.write", summary="就用做过的结果，不重做", tag="病历", body=ResultUseIn, answer=ResultUseBody)
def use_result(actor: Actor, resident_id: UUID, body: ResultUseIn) -> ResultUseBody:
    resident = access.authorize(Resident, resident_id, actor, "order.write")
    return use_body(repeats.use(actor, resident, body.result_id))


@routes.get("/residents/<uuid:resident_id>/timeline")
@operation("record.read", summary="一个人的病历，按时间排", tag="病历", query=TimelineQuery, answer=TimelineBody)
def read_timeline(actor: Actor, resident_id: UUID, query: TimelineQuery) -> TimelineBody:
    resident = access.authorize(Resident, resident_id, actor, "record.read")
    found = timeline(actor.county_id, resident.id, before=query.before, limit=query.limit)
    return TimelineBody(
        person=person_line(resident),
        items=[entry_body(actor.county_id, entry) for entry in found],
        next_before=found[-1].at if len(found) == query.limit else None,
    )
