"""Examinations and orders as bodies of the API: preparation, price, discount, times."""

from dataclasses import asdict

from backend.alliance.packs import Pack
from backend.alliance.packs.sections.booking import Examination
from backend.alliance.queries import pack
from backend.booking.examinations import Price, appointment_of, price_of, referred_to, times_of
from backend.booking.schedule_schemas import (
    ExaminationBody,
    ExaminationPlaceBody,
    ExaminationPlacesBody,
    ExaminationsBody,
    OrderBody,
    RepeatRuleBody,
)
from backend.booking.schemas import PriceBody
from backend.booking.states import SlotPool
from backend.booking.views_open import doctor_name
from backend.kernel.clock import local_day
from backend.kernel.roles import Actor
from backend.records import repeats
from backend.records.models_orders import ExaminationOrder
from backend.records.states import ORDERS, OrderAction, OrderStatus
from backend.records.views import department_name, institution_name, person_of
from backend.store import access, clock
from backend.store.vault import vault
from backend.web.openapi import SourceBody

_PERMISSIONS = {OrderAction.REVOKE: "order.revoke"}


def examination_body(county: Pack, item: Examination) -> ExaminationBody:
    """Return an examination of the catalogue, with what it costs with and without a referral."""
    return ExaminationBody(
        code=item.code,
        name=item.name,
        department_name=department_name(county, item.department) or "",
        institutions=list(item.institutions),
        prepare=list(item.prepare),
        questions=[{"code": one.code, "text": one.text} for one in item.questions],
        price=_price(price_of(county, item, referred=False)),
        referred_price=_price(price_of(county, item, referred=True)),
    )


def examinations_body(county: Pack) -> ExaminationsBody:
    """Return the catalogue, and what a doctor reads before something is made again."""
    rule = county.insurance.recognition
    return ExaminationsBody(
        items=[examination_body(county, one) for one in county.booking.examinations],
        repeat=RepeatRuleBody(
            text=rule.text,
            source=SourceBody(**asdict(county.source(rule.source))),
            reasons=[{"code": one.code, "text": one.text} for one in rule.reasons],
            reasons_source=SourceBody(**asdict(county.source("records.repeat_six_reasons"))),
        ),
    )


def order_body(row: ExaminationOrder, actor: Actor) -> OrderBody:
    """Return an order, with what was booked with it and what this person may do."""
    county = pack(row.county_id)
    item, mine, again = county.booking.examination(row.item), appointment_of(row), repeats.choice_of(row)
    offered = ORDERS.actions_from(OrderStatus(row.status), actor)
    actions = [
        str(action)
        for action in offered
        if action in _PERMISSIONS and not actor.roles.isdisjoint(access.catalogue.get(_PERMISSIONS[action]).grants)
    ]
    if row.status == OrderStatus.ACTIVE and mine is None and row.until_on >= local_day(clock.now()):
        actions += ["book"] if not actor.roles.isdisjoint(access.catalogue.get("order.book").grants) else []
    return OrderBody(
        id=row.id,
        version=row.version,
        status=row.status,
        item=row.item,
        name=item.name if item else row.item,
        reason=vault().open(row, "reason"),
        person=person_of(row.county_id, row.resident_id),
        doctor=doctor_name(row.county_id, row.practitioner_id),
        institution=row.institution,
        institution_name=institution_name(county, row.institution) or "",
        until_on=row.until_on,
        in_stay=row.stay_id is not None,
        referral_id=row.referral_id,
        prepare=list(item.prepare) if item else [],
        price=price_of_order(row),
        repeat_reason=repeats.reason_text(again) if again else None,
        appointment_id=mine.id if mine else None,
        actions=actions,
    )


def price_of_order(row: ExaminationOrder) -> PriceBody:
    """Return what an ordered examination costs this patient."""
    county = pack(row.county_id)
    item = county.booking.examination(row.item)
    if item is None:
        return _price(Price(0, 0, sample=True, source=None))
    return _price(price_of(county, item, referred=referred_to(row) is not None))


def places_body(row: ExaminationOrder, item: Examination, institution: str) -> ExaminationPlacesBody:
    """Return the times at an institution; what is kept for referred patients is shown to them only."""
    rows, now = times_of(row, institution), clock.now()
    return ExaminationPlacesBody(
        order_id=row.id,
        institution=institution,
        institution_name=institution_name(pack(row.county_id), institution) or "",
        report_to=rows[0].place if rows else "",
        prepare=list(item.prepare),
        places=[
            ExaminationPlaceBody(
                slot_id=one.id,
                starts_at=one.starts_at,
                left=one.left,
                for_referred=one.pool == SlotPool.REFERRAL,
                open=one.opens_at is None or one.opens_at <= now,
                opens_at=one.opens_at,
            )
            for one in rows
        ],
    )


def _price(price: Price) -> PriceBody:
    return PriceBody(
        full_fen=price.full_fen,
        off_fen=price.off_fen,
        pay_fen=price.full_fen - price.off_fen,
        sample=price.sample,
        source=price.source.title if price.source else None,
    )
