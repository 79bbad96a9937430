"""What goes along as a body of the API and for the desk: records, drugs and pictures, for whoever may see them."""

from uuid import UUID

from sqlalchemy import select

from backend.alliance.queries import pack
from backend.kernel.roles import Actor
from backend.records.medicines import medicines_of
from backend.records.models import Result
from backend.records.results import recognition_at
from backend.records.timeline import entries_of
from backend.records.views import entry_body
from backend.referrals import along
from backend.referrals.bodies import Named
from backend.referrals.bodies_along import AlongBody, PictureBody, PillBody, RecordAlong, TakingBody
from backend.referrals.models import Referral
from backend.referrals.models_along import ReferralAttachment
from backend.referrals.sight import may_name
from backend.referrals.tracks import tracks_of
from backend.store import access
from backend.store.db import session
from backend.store.vault import vault


def along_body(referral: Referral, actor: Actor) -> AlongBody:
    """Return what goes along; the caller has authorised the referral, and before consent there is nothing to see."""
    named = may_name(tracks_of(referral), actor)
    rows = _seen(referral, actor) if named else []
    mine = actor.practitioner_id == referral.practitioner_id and along.is_open(referral)
    return AlongBody(
        referral_id=referral.id,
        records=_records(referral) if named else [],
        drugs=[_pill(row) for row in rows if row.kind == along.DRUG],
        pictures=[_picture(row) for row in rows if row.kind != along.DRUG],
        summary=vault().open(referral, "summary") if named else None,
        treatment=vault().open(referral, "treatment") if named else None,
        caution=vault().open(referral, "caution") if named else None,
        may_add=mine,
        most_pictures=pack(referral.county_id).referral.limits.pictures_along,
        picture_kinds=[Named(code=code, name=name) for code, name in along.PICTURES.items()],
        taking=_taking(referral, rows) if mine else [],
    )


def _seen(referral: Referral, actor: Actor) -> list[ReferralAttachment]:
    query = access.scoped_query(ReferralAttachment, actor, "attachment.read")
    found = query.where(ReferralAttachment.referral_id == referral.id).order_by(ReferralAttachment.id)
    return list(session().scalars(found))


def _pill(row: ReferralAttachment) -> PillBody:
    return PillBody(
        id=row.id,
        name=vault().open(row, "words") or "",
        dose=vault().open(row, "dose") or "",
        until_on=row.until_on,
        prescribed=row.prescription_id is not None,
        at=row.created_at,
        later=row.later,
    )


def _picture(row: ReferralAttachment) -> PictureBody:
    return PictureBody(
        id=row.id,
        kind=row.kind,
        kind_name=along.PICTURES[row.kind],
        words=vault().open(row, "words") or "",
        at=row.created_at,
        later=row.later,
    )


def _taking(referral: Referral, rows: list[ReferralAttachment]) -> list[TakingBody]:
    there = {(row.prescription_id, row.drug) for row in rows}
    return [
        TakingBody(
            prescription_id=one.prescription_id,
            drug=one.drug,
            name=one.name,
            dose=one.dose,
            until_on=one.until_on,
        )
        for one in medicines_of(referral.county_id, referral.resident_id)
        if (one.prescription_id, one.drug) not in there
    ]


def _records(referral: Referral) -> list[RecordAlong]:
    wanted = {(one["kind"], UUID(one["id"])) for one in referral.records}
    if not wanted:
        return []
    entries = entries_of(referral.county_id, referral.resident_id, wanted)
    counts = _recognition(referral, [one.id for one in entries if one.kind == "result"])
    found = []
    for one in entries:
        recognised, words = counts.get(one.id, (None, ""))
        base = entry_body(referral.county_id, one).model_dump()
        found.append(RecordAlong(**base, recognised=recognised, recognition=words))
    return found


def _recognition(referral: Referral, results: list[UUID]) -> dict[UUID, tuple[bool | None, str]]:
    rows = session().scalars(select(Result).where(Result.county_id == referral.county_id, Result.id.in_(results)))
    judged = ((row.id, recognition_at(row, referral.to_institution)) for row in rows)
    return {row_id: (one.recognised, one.text) for row_id, one in judged}
