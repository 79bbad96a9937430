"""HTTP: long prescriptions, one blueprint of two files. MS-5.2b, LP-01 to LP-13."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from flask import Blueprint

from backend.alliance.queries import pack as pack_of
from backend.kernel.roles import Actor
from backend.prescriptions import answers, counter_api, freezing, moving, reading, schemas, service
from backend.prescriptions.facts import Drug, Wish
from backend.prescriptions.formulary import exclusion, find_disease, not_kept
from backend.prescriptions.models import LongPrescription
from backend.prescriptions.queries import last_readings, today
from backend.prescriptions.rules import USUAL_DAYS
from backend.prescriptions.states import PENDING, PrescriptionStatus
from backend.prescriptions.writing import WRITING_ONLY, wish_of
from backend.store import access
from backend.web.operations import expected_version, operation
from backend.web.paging import fetch_page

routes = Blueprint("prescriptions", __name__, url_prefix="/api/v1")
routes.register_blueprint(counter_api.routes)
TAG = "长期处方"
SIGNATURE_LIMIT = 400 * 1024


@routes.get("/drugs")
@operation("drug.read", summary="药品目录", tag=TAG, query=schemas.DrugsQuery, answer=answers.DrugsOut)
def list_drugs(actor: Actor, query: schemas.DrugsQuery) -> answers.DrugsOut:
    pack = pack_of(actor.county_id)
    found = []
    for drug in pack.prescriptions.drugs:
        if query.condition is not None and query.condition not in drug.conditions:
            continue
        shut_out = exclusion(pack, drug, query.condition or "")
        found.append(
            answers.DrugOut(
                code=drug.code,
                name=drug.name,
                spec=drug.spec,
                unit=drug.unit,
                essential=drug.essential,
                price_fen=drug.price_fen,
                sample=drug.sample,
                kept_here=actor.institution is None or not not_kept(pack, actor.institution, [drug.code]),
                excluded=shut_out.name if shut_out else "",
            )
        )
    return answers.DrugsOut(items=found)


@routes.get("/residents/<uuid:resident_id>/long-prescription-check")
@operation(
    "prescription.check",
    summary="开之前先看能不能开",
    tag=TAG,
    query=schemas.CheckQuery,
    answer=answers.CheckOut,
)
def check(actor: Actor, resident_id: UUID, query: schemas.CheckQuery) -> answers.CheckOut:
    pack = pack_of(actor.county_id)
    disease, supply = find_disease(pack, query.condition), pack.prescriptions.supply
    codes = [code for code in query.drugs.split(",") if code]
    wish = Wish(
        condition=query.condition,
        days=query.days or supply.usual_days,
        drugs=tuple(Drug(code, Decimal(1), 1) for code in codes),
    )
    checked = service.check(actor, resident_id, wish)
    broken = [one for one in checked.found.violations(pack) if one.rule not in WRITING_ONLY]
    facts = checked.found.facts
    return answers.CheckOut(
        may=not broken,
        violations=[reading.violation_out(one) for one in broken],
        issue=facts.issue,
        issue_text=reading.issue_text(facts.issue),
        usual_days=supply.usual_days,
        max_days=disease.max_days if disease else 0,
        carry_days=facts.carry_days,
        starts_on=today() + timedelta(days=facts.carry_days),
        confirm_above_days=USUAL_DAYS,
        readings=[reading.reading_out(one) for one in last_readings(pack, checked.resident, query.condition)],
    )


@routes.post("/residents/<uuid:resident_id>/long-prescriptions")
@operation(
    "prescription.issue",
    summary="开长期处方",
    tag=TAG,
    body=schemas.IssueIn,
    answer=answers.PrescriptionOut,
    status=201,
    body_limit=SIGNATURE_LIMIT,
)
def issue(actor: Actor, resident_id: UUID, body: schemas.IssueIn) -> answers.PrescriptionOut:
    return reading.one(actor, service.issue(actor, resident_id, wish_of(body, body.condition)))


@routes.get("/long-prescriptions")
@operation(
    "prescription.read", summary="长期处方列表", tag=TAG, query=schemas.ListQuery, answer=answers.PrescriptionsOut
)
def list_prescriptions(actor: Actor, query: schemas.ListQuery) -> answers.PrescriptionsOut:
    rows = access.scoped_query(LongPrescription, actor, "prescription.read")
    if query.status is not None:
        rows = rows.where(LongPrescription.status == query.status)
    if query.resident_id is not None:
        rows = rows.where(LongPrescription.resident_id == query.resident_id)
    if query.running:
        rows = rows.where(
            LongPrescription.status.in_([*PENDING, PrescriptionStatus.FROZEN])
            | ((LongPrescription.status == PrescriptionStatus.COLLECTED) & (LongPrescription.run_out_on > today()))
        )
    page, cursor = fetch_page(rows, LongPrescription.id, query)
    return reading.many(actor, page, cursor)


@routes.get("/long-prescriptions/<uuid:prescription_id>")
@operation("prescription.read", summary="一张长期处方", tag=TAG, answer=answers.PrescriptionOut)
def get_prescription(actor: Actor, prescription_id: UUID) -> answers.PrescriptionOut:
    return reading.one(actor, access.authorize(LongPrescription, prescription_id, actor, "prescription.read"))


@routes.post("/long-prescriptions/<uuid:prescription_id>/confirm")
@operation("prescription.confirm", summary="病人同意开四周以上", tag=TAG, answer=answers.PrescriptionOut)
def confirm(actor: Actor, prescription_id: UUID) -> answers.PrescriptionOut:
    return reading.one(actor, service.confirm(actor, prescription_id))


@routes.post("/long-prescriptions/<uuid:prescription_id>/freeze")
@operation("prescription.decide", summary="先停住", tag=TAG, body=schemas.ReasonIn, answer=answers.PrescriptionOut)
def freeze(actor: Actor, prescription_id: UUID, body: schemas.ReasonIn) -> answers.PrescriptionOut:
    return reading.one(actor, freezing.freeze_one(actor, prescription_id, body.reason, version=expected_version()))


@routes.post("/long-prescriptions/<uuid:prescription_id>/go-on")
@operation("prescription.decide", summary="看过了，接着用", tag=TAG, answer=answers.PrescriptionOut)
def go_on(actor: Actor, prescription_id: UUID) -> answers.PrescriptionOut:
    return reading.one(actor, moving.go_on(actor, prescription_id, version=expected_version()))


@routes.post("/long-prescriptions/<uuid:prescription_id>/stop")
@operation("prescription.decide", summary="停用", tag=TAG, body=schemas.ReasonIn, answer=answers.PrescriptionOut)
def stop(actor: Actor, prescription_id: UUID, body: schemas.ReasonIn) -> answers.PrescriptionOut:
    return reading.one(actor, moving.stop(actor, prescription_id, body.reason, body.note, version=expected_version()))
