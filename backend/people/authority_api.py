"""HTTP of written authorities: registered by a doctor, shown to the person, taken back at their word."""

from uuid import UUID

from flask import Blueprint, Response
from sqlalchemy import select

from backend.alliance.queries import pack
from backend.kernel.clock import age_on, local_day
from backend.kernel.errors import NotFound
from backend.kernel.roles import Actor
from backend.people import authorities, family, places
from backend.people.authorities import ADULT, Paper
from backend.people.authority_schemas import AuthorityEnd, AuthorityIn, AuthorityRow, AuthorityRows
from backend.people.kinship import guardians_of
from backend.people.models import Practitioner, Resident
from backend.people.models_authority import WrittenAuthority
from backend.people.queries import resident_needs_guardian
from backend.store import access, clock, files, photo
from backend.store.db import session
from backend.store.vault import vault
from backend.web.operations import operation

routes = Blueprint("people_authorities", __name__)
TAG = "书面委托"
STATES = {
    "holds": "在有效期内",
    "ended": "已经收回",
    "expired": "过期了",
    "overtaken": "委托时的情况变了（长大成年，或监护有变），不能再用",
}


@routes.post("/residents/<uuid:resident_id>/written-authorities")
@operation(
    "authority.register",
    summary="登记一份委托书：谁替谁签、到哪天、看过谁的证件",
    tag=TAG,
    body=AuthorityIn,
    answer=AuthorityRow,
    status=201,
    body_limit=photo.MOST_BODY,
)
def register(actor: Actor, resident_id: UUID, body: AuthorityIn) -> AuthorityRow:
    resident = access.authorize(Resident, resident_id, actor, "authority.register")
    paper = Paper(**body.model_dump(exclude={"referral_id"}), focus_id=body.referral_id)
    return _row(actor, authorities.register(actor, resident, paper), resident)


@routes.get("/residents/<uuid:resident_id>/written-authorities")
@operation("authority.read", summary="这位居民委托了谁签字", tag=TAG, answer=AuthorityRows)
def of_resident(actor: Actor, resident_id: UUID) -> AuthorityRows:
    return _rows(actor, access.authorize(Resident, resident_id, actor, "authority.read"))


@routes.get("/written-authorities")
@operation("authority.read", summary="我委托了谁签字", tag=TAG, answer=AuthorityRows)
def mine(actor: Actor) -> AuthorityRows:
    return _rows(actor, family.subject(actor, "authority.read"))


@routes.get("/written-authorities/<uuid:authority_id>/photo")
@operation("authority.read", summary="委托书的照片", tag=TAG, media_type="image/jpeg")
def read_photo(actor: Actor, authority_id: UUID) -> Response:
    row = access.authorize(WrittenAuthority, authority_id, actor, "authority.read")
    if row.paper_file_id is None:
        raise NotFound("no_photo", "登记时没有拍委托书，是见证人作证的。")
    _, content = files.get(session(), row.county_id, row.paper_file_id)
    return Response(content, mimetype="image/jpeg")


@routes.post("/written-authorities/<uuid:authority_id>/end")
@operation("authority.end", summary="收回委托", tag=TAG, body=AuthorityEnd, answer=AuthorityRow)
def end(actor: Actor, authority_id: UUID, body: AuthorityEnd) -> AuthorityRow:
    row = authorities.end(actor, authority_id, body.witness)
    resident = session().get(Resident, (row.county_id, row.resident_id))
    assert resident is not None
    return _row(actor, row, resident)


def _rows(actor: Actor, resident: Resident) -> AuthorityRows:
    found = session().scalars(
        select(WrittenAuthority)
        .where(WrittenAuthority.county_id == resident.county_id, WrittenAuthority.resident_id == resident.id)
        .order_by(WrittenAuthority.id.desc())
        .limit(50)
    )
    today = local_day(clock.now())
    guardian = resident_needs_guardian(resident, today)
    relations = guardians_of(grown_up=age_on(resident.birth_on, today) >= ADULT) if guardian else ()
    return AuthorityRows(
        items=[_row(actor, row, resident) for row in found],
        needs_guardian=guardian,
        guardian_relations=list(relations),
        most_days=pack(resident.county_id).referral.limits.authority_days,
    )


def _row(actor: Actor, row: WrittenAuthority, resident: Resident) -> AuthorityRow:
    state = authorities.state_of(row, resident)
    doctor = session().get(Practitioner, (row.county_id, row.practitioner_id))
    may_end = state == "holds" and (actor.practitioner_id is not None or actor.is_kin(row.resident_id))
    return AuthorityRow.model_validate(
        {
            "id": row.id,
            "resident_id": row.resident_id,
            "matter": row.matter,
            "referral_id": row.focus_id,
            "holder_name": row.holder_name,
            "relation": row.relation,
            "holder_number": f"…{(vault().open(row, 'holder_number') or '')[-4:]}",
            "given_by": row.given_by,
            "giver_name": row.giver_name,
            "giver_relation": row.giver_relation,
            "from_on": row.from_on,
            "until_on": row.until_on,
            "photo": row.paper_file_id is not None,
            "witness": row.witness,
            "on_phone": row.related_id is not None,
            "registered_by": doctor.name if doctor else "",
            "institution_name": places.institution_name(row.county_id, row.institution),
            "registered_at": row.created_at,
            "state": state,
            "text": STATES[state],
            "actions": ["end"] if may_end else [],
        }
    )
