"""HTTP of what goes along with a referral: read by whoever sees its records, put in by the treating doctor."""

from uuid import UUID

from flask import Blueprint, Response

from backend.kernel.errors import NotFound
from backend.kernel.roles import Actor
from backend.referrals import along, along_tasks
from backend.referrals.along import Pill
from backend.referrals.along_views import along_body
from backend.referrals.bodies_along import AlongBody, PictureIn, PillsIn
from backend.referrals.models import Referral
from backend.referrals.models_along import ReferralAttachment
from backend.referrals.sight import require_named
from backend.store import access, files, photo
from backend.store.db import session
from backend.web.operations import operation

routes = Blueprint("referrals_along", __name__)
TAG = "转诊"


@routes.get("/referrals/<uuid:referral_id>/along")
@operation("referral.read", summary="随这次转诊带去的：病历、药、照片", tag=TAG, answer=AlongBody)
def read(actor: Actor, referral_id: UUID) -> AlongBody:
    referral = access.authorize(Referral, referral_id, actor, "referral.read")
    along_tasks.looked(actor, referral)
    return along_body(referral, actor)


@routes.post("/referrals/<uuid:referral_id>/pictures")
@operation(
    "attachment.add",
    summary="加一张照片：心电图、化验单、出院小结",
    tag=TAG,
    body=PictureIn,
    answer=AlongBody,
    status=201,
    body_limit=photo.MOST_BODY,
)
def add_picture(actor: Actor, referral_id: UUID, body: PictureIn) -> AlongBody:
    return along_body(along.add_picture(actor, referral_id, body.kind, body.photo, body.words), actor)


@routes.post("/referrals/<uuid:referral_id>/drugs")
@operation("attachment.add", summary="加上在吃的药", tag=TAG, body=PillsIn, answer=AlongBody, status=201)
def add_drugs(actor: Actor, referral_id: UUID, body: PillsIn) -> AlongBody:
    pills = [Pill(**one.model_dump()) for one in body.drugs]
    return along_body(along.add_drugs(actor, referral_id, pills), actor)


@routes.post("/referral-attachments/<uuid:attachment_id>/remove")
@operation("attachment.remove", summary="去掉加错的药或照片", tag=TAG, answer=AlongBody)
def remove(actor: Actor, attachment_id: UUID) -> AlongBody:
    return along_body(along.remove(actor, attachment_id), actor)


@routes.get("/referral-attachments/<uuid:attachment_id>/picture")
@operation("attachment.read", summary="看带去的照片", tag=TAG, media_type="image/jpeg")
def read_picture(actor: Actor, attachment_id: UUID) -> Response:
    return picture_of(actor, attachment_id)


def picture_of(actor: Actor, attachment_id: UUID) -> Response:
    """Return a picture to whoever may see it, on the phone and at the desk. Raises NotFound."""
    row = access.authorize(ReferralAttachment, attachment_id, actor, "attachment.read")
    referral = session().get_one(Referral, (row.county_id, row.referral_id))
    require_named(referral, actor)
    if row.file_id is None:
        raise NotFound("no_photo", "这一项是药，没有照片。")
    _, content = files.get(session(), row.county_id, row.file_id)
    return Response(content, mimetype="image/jpeg")
