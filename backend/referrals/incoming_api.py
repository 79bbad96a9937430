"""HTTP of papers from above: written down, read, taken over, asked of another house. MS-3b."""

from uuid import UUID

from flask import Blueprint, Response

from backend.alliance.queries import pack
from backend.kernel.errors import NotFound
from backend.kernel.roles import Actor
from backend.records.models import Stay
from backend.records.views import institution_name, person_of, practitioner_of
from backend.referrals import incoming
from backend.referrals.bodies import Named
from backend.referrals.incoming import Paper
from backend.referrals.incoming_bodies import (
    HospitalAbove,
    IncomingAcceptIn,
    IncomingBody,
    IncomingDrug,
    IncomingIn,
    IncomingOptions,
    IncomingPage,
    IncomingPassOnIn,
    PaperPart,
)
from backend.referrals.models_incoming import IncomingTransfer
from backend.referrals.states import INCOMING, IncomingStatus
from backend.store import access, files, photo
from backend.store.db import session
from backend.store.vault import vault
from backend.web.operations import operation
from backend.web.paging import PageQuery, fetch_page
from backend.worklist.queries import owner_name
from backend.worklist.service import open_task_of

routes = Blueprint("incoming", __name__)
TAG = "上级转回"


@routes.post("/incoming-transfers")
@operation(
    "incoming.register",
    summary="登记上面医院转回来的纸",
    tag=TAG,
    body=IncomingIn,
    answer=IncomingBody,
    status=201,
    body_limit=photo.MOST_BODY,
)
def register(actor: Actor, body: IncomingIn) -> IncomingBody:
    given = body.model_dump(exclude={"parts", "drugs"})
    drugs = tuple(one.model_dump(mode="json") for one in body.drugs)
    return _body(actor, incoming.register(actor, Paper(**given, parts=tuple(body.parts), drugs=drugs)))


@routes.get("/incoming-transfers")
@operation("incoming.read", summary="上面医院转回来的病人", tag=TAG, query=PageQuery, answer=IncomingPage)
def list_incoming(actor: Actor, query: PageQuery) -> IncomingPage:
    rows, cursor = fetch_page(access.scoped_query(IncomingTransfer, actor, "incoming.read"), IncomingTransfer.id, query)
    return IncomingPage(items=[_body(actor, row) for row in rows], next_cursor=cursor)


@routes.get("/incoming-transfers/options")
@operation("incoming.options", summary="登记和接要选的：哪家医院、资料、问哪家、理由", tag=TAG, answer=IncomingOptions)
def read_options(actor: Actor) -> IncomingOptions:
    county = pack(actor.county_id)
    section = county.referral.handover
    return IncomingOptions(
        hospitals=[
            HospitalAbove(name=one.name, phones=list(one.phones))
            for one in county.institutions.institutions
            if one.outside and one.treats
        ],
        parts=[
            PaperPart(code=one.code, name=one.name, required_for=list(one.required_for))
            for one in section.parts
            if one.required_for
        ],
        houses=[Named(code=one.code, name=one.name) for one in incoming.houses(county)],
        decline_reasons=[Named(code=one.code, name=one.text) for one in section.decline_reasons],
    )


@routes.get("/incoming-transfers/<uuid:incoming_id>")
@operation("incoming.read", summary="一张转回来的纸", tag=TAG, answer=IncomingBody)
def read(actor: Actor, incoming_id: UUID) -> IncomingBody:
    return _body(actor, access.authorize(IncomingTransfer, incoming_id, actor, "incoming.read"))


@routes.get("/incoming-transfers/<uuid:incoming_id>/summary")
@operation("incoming.read", summary="出院小结的照片", tag=TAG, media_type="image/jpeg")
def read_summary(actor: Actor, incoming_id: UUID) -> Response:
    row = access.authorize(IncomingTransfer, incoming_id, actor, "incoming.read")
    if row.summary_file_id is None:
        raise NotFound("no_photo", "登记时没有拍出院小结，请打电话问登记的人。")
    _, content = files.get(session(), row.county_id, row.summary_file_id)
    return Response(content, mimetype="image/jpeg")


@routes.post("/incoming-transfers/<uuid:incoming_id>/accept")
@operation("incoming.accept", summary="接下：到床上或回家管", tag=TAG, body=IncomingAcceptIn, answer=IncomingBody)
def accept(actor: Actor, incoming_id: UUID, body: IncomingAcceptIn) -> IncomingBody:
    return _body(actor, incoming.accept(actor, incoming_id, body.department, body.bed))


@routes.post("/incoming-transfers/<uuid:incoming_id>/pass-on")
@operation("incoming.accept", summary="我们接不了，改问另一家", tag=TAG, body=IncomingPassOnIn, answer=IncomingBody)
def pass_on(actor: Actor, incoming_id: UUID, body: IncomingPassOnIn) -> IncomingBody:
    return _body(actor, incoming.pass_on(actor, incoming_id, body.to_institution, body.reason))


def _body(actor: Actor, row: IncomingTransfer) -> IncomingBody:
    county = pack(row.county_id)
    doctor = practitioner_of(row.county_id, row.practitioner_id)
    ours = actor.institution == row.to_institution
    task = open_task_of(row.county_id, (incoming.FOCUS, row.id), incoming.TASK)
    stay = session().get(Stay, (row.county_id, row.stay_id)) if row.stay_id else None
    registered_at = county.institutions.institution(row.institution)
    return IncomingBody(
        id=row.id,
        version=row.version,
        status=row.status,
        person=person_of(row.county_id, row.resident_id),
        from_name=row.from_name,
        from_phone=row.from_phone,
        paper_number=row.paper_number,
        discharged_on=row.discharged_on,
        category=row.category,
        diagnosis_code=row.diagnosis_code,
        diagnosis_text=row.diagnosis_text,
        missing=incoming.missing_parts(row),
        drugs=[IncomingDrug(**one) for one in row.drugs],
        medicine_ends_on=row.medicine_ends_on,
        review_on=row.review_on,
        watch=vault().open(row, "watch") or "",
        has_photo=row.summary_file_id is not None,
        registered_at_name=registered_at.name,
        registered_at_phones=list((registered_at.desk.phones if registered_at.desk else ()) or registered_at.phones),
        to_institution=row.to_institution,
        to_name=institution_name(county, row.to_institution) or "",
        asked=owner_name(task) if task else None,
        answer_by=task.due_at if task else None,
        accepted_by=doctor.name if doctor else None,
        accepted_at=row.accepted_at,
        stay_id=row.stay_id,
        bed=stay.bed if stay else None,
        actions=[str(one) for one in INCOMING.actions_from(IncomingStatus(row.status), actor)] if ours else [],
    )
