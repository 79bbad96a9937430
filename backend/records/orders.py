"""A doctor orders an examination: what it is, the safety questions that were asked, the stay it is charged to."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from backend.alliance.queries import pack
from backend.kernel.clock import local_day
from backend.kernel.errors import Conflict, Forbidden, Invalid, RuleBroken, Stale
from backend.kernel.roles import Actor, system_actor
from backend.kernel.rules import decide
from backend.people.models import Resident
from backend.records import repeats
from backend.records.events import OrderRevoked
from backend.records.models import Stay
from backend.records.models_orders import ExaminationOrder
from backend.records.rules import ORDER_RULES, REPEAT_RULES, OrderFacts
from backend.records.states import ORDERS, OrderAction, OrderStatus, StayStatus
from backend.store import audit, clock, events
from backend.store.db import session
from backend.store.vault import vault

VALID_DAYS = 30


@dataclass(frozen=True, slots=True)
class NewOrder:
    """What a doctor asks for. `answers` are the pack's safety questions that were asked; `in_stay` charges it there.

    `repeat_reason` is why it is made again although a result counts already.
    """

    item: str
    reason: str
    answers: tuple[str, ...] = ()
    in_stay: bool = False
    referral_id: UUID | None = None
    repeat_reason: str | None = None
    repeat_note: str = ""


def place_order(actor: Actor, resident: Resident, new: NewOrder) -> ExaminationOrder:
    """Write an order. Raises RuleBroken (unknown examination, safety not asked, no stay, a result counts already)."""
    if actor.practitioner_id is None or actor.institution is None:
        raise Forbidden("no_institution", "您的账号还没有挂到医疗机构，请找管理员。")
    if not 1 <= len(new.reason.strip()) <= 300:
        raise Invalid("reason", "请写为什么要查（300 字以内），做检查的医生要看。")
    county = pack(actor.county_id)
    item = county.booking.examination(new.item)
    stay = _stay(actor, resident.id) if new.in_stay else None
    asked = set(new.answers)
    missing = tuple(one.text for one in item.questions if one.code not in asked) if item else ()
    facts = OrderFacts(known=item is not None, missing=missing, in_stay=new.in_stay, stay_here=stay is not None)
    found = repeats.standing(actor.county_id, resident.id, new.item, actor.institution)
    again = repeats.facts_of(county, found, new.repeat_reason, new.repeat_note.strip())
    broken = (*decide(ORDER_RULES, facts, county.source), *decide(REPEAT_RULES, again, county.source))
    if broken:
        raise RuleBroken("rule_broken", broken[0].text, violations=broken)
    row = ExaminationOrder(
        county_id=actor.county_id,
        resident_id=resident.id,
        practitioner_id=actor.practitioner_id,
        institution=actor.institution,
        item=new.item,
        until_on=local_day(clock.now()) + timedelta(days=VALID_DAYS),
        stay_id=stay.id if stay else None,
        referral_id=new.referral_id,
        answers=sorted(asked),
        status=OrderStatus.ACTIVE,
    )
    vault().seal(row, "reason", new.reason.strip())
    session().add(row)
    session().flush()
    detail = {"item": row.item, "stay": row.stay_id is not None}
    audit.record(
        session(),
        actor,
        "order.place",
        "examination_order",
        row.id,
        resident_id=resident.id,
        after=row.status,
        detail=detail,
    )
    if found is not None and new.repeat_reason is not None:
        repeats.keep_repeat(actor, row, found, new.repeat_reason, again.note)
    return row


def revoke(actor: Actor, row: ExaminationOrder, version: int) -> None:
    """Take an order back; what was booked with it goes too. Raises Stale, or Conflict when it is done."""
    _move(actor, row, OrderAction.REVOKE, version)
    events.publish(OrderRevoked(county_id=row.county_id, order_id=row.id, resident_id=row.resident_id))


def fulfil(county_id: str, order_id: UUID) -> None:
    """The examination was made. An order that is over already is no error."""
    row = session().get(ExaminationOrder, (county_id, order_id))
    if row is not None:
        session().refresh(row, with_for_update=True)
        if row.status == OrderStatus.ACTIVE:
            _move(system_actor(county_id), row, OrderAction.FULFIL, row.version)


def orders_of(county_id: str, resident_id: UUID) -> list[ExaminationOrder]:
    """Return a person's orders, the newest first; the caller has authorised."""
    return list(
        session().scalars(
            select(ExaminationOrder)
            .where(ExaminationOrder.county_id == county_id, ExaminationOrder.resident_id == resident_id)
            .order_by(ExaminationOrder.id.desc())
            .limit(50)
        )
    )


def _move(actor: Actor, row: ExaminationOrder, action: OrderAction, version: int) -> None:
    session().refresh(row, with_for_update=True)
    if row.version != version:
        raise Stale("stale", "这张检查单刚被改过，请刷新再办。")
    before = OrderStatus(row.status)
    if before is not OrderStatus.ACTIVE:
        raise Conflict("order_over", "这张检查单已经做完或撤回了。")
    row.status = ORDERS.next(before, action, actor)
    row.version += 1
    session().flush()
    audit.record(
        session(),
        actor,
        f"order.{action}",
        "examination_order",
        row.id,
        resident_id=row.resident_id,
        before=before,
        after=row.status,
    )


def _stay(actor: Actor, resident_id: UUID) -> Stay | None:
    return session().scalar(
        select(Stay).where(
            Stay.county_id == actor.county_id,
            Stay.resident_id == resident_id,
            Stay.institution == actor.institution,
            Stay.status != StayStatus.DISCHARGED,
        )
    )
