"""An examination is ordered although a result counts already: it is shown, used, or repeated for a reason.

XM-5.3, MS-4.2.3b. What counts is judged at the house of whoever orders; the reasons are the national six.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from backend.alliance.packs.pack import Pack
from backend.alliance.queries import pack
from backend.kernel.errors import Conflict, Forbidden, NotFound
from backend.kernel.ids import new_id
from backend.kernel.roles import Actor
from backend.people.models import Resident
from backend.records.models import Result
from backend.records.models_orders import ExaminationOrder
from backend.records.models_recognition import RecognitionChoice
from backend.records.recognition import Recognition
from backend.records.results import recognition_at, results_of
from backend.records.rules import RepeatFacts
from backend.store import audit
from backend.store.db import session
from backend.store.vault import vault


@dataclass(frozen=True, slots=True)
class Standing:
    """A result that counts at a house today."""

    result: Result
    judged: Recognition


def standing(county_id: str, resident_id: UUID, item: str, institution: str) -> Standing | None:
    """Return the newest result of an examination that counts at a house today, or None."""
    for row in results_of(county_id, resident_id, item=item):
        judged = recognition_at(row, institution)
        if judged.recognised:
            return Standing(row, judged)
    return None


def facts_of(county: Pack, found: Standing | None, reason: str | None, note: str) -> RepeatFacts:
    """Return what the rules ask of an order: is there something to repeat, and is the reason one of the six?"""
    rule = county.insurance.recognition
    where = county.institutions.institution(found.result.institution).name if found else ""
    return RepeatFacts(
        stands=found is not None,
        what=f"{found.result.taken_on:%-m月%-d日}在{where}做过{found.result.name}" if found else "",
        county_text=rule.text,
        reasons=tuple(one.text for one in rule.reasons),
        known=any(one.code == reason for one in rule.reasons),
        reason=reason,
        note=note,
    )


def keep_repeat(actor: Actor, order: ExaminationOrder, found: Standing, reason: str, note: str) -> None:
    """Write down why a result that counts is made again."""
    row = RecognitionChoice(
        county_id=order.county_id,
        resident_id=order.resident_id,
        practitioner_id=order.practitioner_id,
        institution=order.institution,
        item=order.item,
        result_id=found.result.id,
        choice="repeated",
        reason=reason,
        order_id=order.id,
        saved_fen=0,
    )
    vault().seal(row, "note", note or None)
    session().add(row)
    session().flush()
    _trace(actor, row)


def use(actor: Actor, resident: Resident, result_id: UUID) -> RecognitionChoice:
    """Use a result instead of making it again; counted once a house, however often it is said.

    Raises NotFound for a result that is not this person's, Conflict for one that does not count here.
    """
    if actor.practitioner_id is None or actor.institution is None:
        raise Forbidden("no_institution", "您的账号还没有挂到医疗机构，请找管理员。")
    result = session().get(Result, (actor.county_id, result_id))
    if result is None or result.resident_id != resident.id:
        raise NotFound("not_found", "没有找到这个结果，请回上一页刷新。")
    judged = recognition_at(result, actor.institution)
    if not judged.recognised:
        raise Conflict("not_recognised", f"这个结果在这里不能直接用：{judged.text}。")
    entry = next(one for one in pack(actor.county_id).insurance.recognition.items if one.code == result.item)
    values = {
        "county_id": actor.county_id,
        "id": new_id(),
        "resident_id": resident.id,
        "practitioner_id": actor.practitioner_id,
        "institution": actor.institution,
        "item": result.item,
        "result_id": result.id,
        "choice": "used",
        "saved_fen": entry.price_fen,
    }
    made = session().scalar(
        insert(RecognitionChoice).values(values).on_conflict_do_nothing().returning(RecognitionChoice.id)
    )
    row = (
        session()
        .scalars(
            select(RecognitionChoice).where(
                RecognitionChoice.county_id == actor.county_id,
                RecognitionChoice.result_id == result.id,
                RecognitionChoice.institution == actor.institution,
                RecognitionChoice.choice == "used",
            )
        )
        .one()
    )
    if made is not None:
        _trace(actor, row)
    return row


def choice_of(order: ExaminationOrder) -> RecognitionChoice | None:
    """Return why an order repeats a result that counts, or None."""
    return session().scalar(
        select(RecognitionChoice).where(
            RecognitionChoice.county_id == order.county_id, RecognitionChoice.order_id == order.id
        )
    )


def reason_text(row: RecognitionChoice) -> str:
    """Return why in the county's words, with what was written beside it."""
    known = pack(row.county_id).insurance.recognition.reasons
    text = next((one.text for one in known if one.code == row.reason), row.reason or "")
    note = vault().open(row, "note")
    return f"{text}：{note}" if note else text


def _trace(actor: Actor, row: RecognitionChoice) -> None:
    detail = {"item": row.item, "choice": row.choice, "reason": row.reason, "result_id": str(row.result_id)}
    audit.record(
        session(),
        actor,
        "result.choose",
        "recognition_choice",
        row.id,
        resident_id=row.resident_id,
        after=row.choice,
        detail=detail,
    )
