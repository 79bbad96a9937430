"""What belongs to a referral besides itself: the place held, the bed, and what a stay would cost."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select

from backend.alliance.queries import pack
from backend.booking.models import Appointment
from backend.booking.queries import place_of_referral
from backend.booking.queries_beds import bed_of_referral
from backend.booking.schemas import AppointmentBody
from backend.booking.schemas_beds import BedBody
from backend.booking.states import AppointmentStatus
from backend.booking.views import appointment_body
from backend.booking.views_beds import bed_body
from backend.insurance.rules import StayFacts
from backend.insurance.service import ExplainedEstimate, explain_stay
from backend.kernel.clock import age_on, local_day
from backend.kernel.roles import Actor
from backend.people.models import Resident
from backend.records.models import Stay
from backend.referrals.models import Referral
from backend.store import clock
from backend.store.db import session
from backend.web.openapi import SourceBody


class EstimateLine(BaseModel):
    """One line of an estimate with whose rule it is."""

    code: str
    text: str
    fen: int | None
    sample: bool
    source: SourceBody


class EstimateExample(BaseModel):
    """For a bill of so much: what the fund pays and what is left."""

    eligible_fen: int
    fund_fen: int
    own_fen: int


class EstimateBody(BaseModel):
    """What a stay would cost, before consent; `applies` is false where no stay is meant, and a line says so."""

    applies: bool
    deductible_fen: int
    lines: list[EstimateLine]
    examples: list[EstimateExample]
    covers: str
    agency_phone: str
    sample: bool
    if_stay: "EstimateBody | None" = None


class AroundBody(BaseModel):
    """The place held, the bed asked for, the estimate."""

    referral_id: UUID
    appointment: AppointmentBody | None
    bed: BedBody | None
    estimate: EstimateBody


def around_of(referral: Referral, actor: Actor) -> AroundBody:
    """Return what belongs to a referral; the caller has authorised."""
    place = place_of_referral(referral.county_id, referral.id)
    live = place if place is not None and place.status != AppointmentStatus.CANCELLED else None
    bed = bed_of_referral(referral.county_id, referral.id)
    return AroundBody(
        referral_id=referral.id,
        appointment=_appointment(live, actor),
        bed=bed_body(bed, actor) if bed else None,
        estimate=estimate_of(referral),
    )


def estimate_of(referral: Referral) -> EstimateBody:
    """Return the estimate of this referral; for an out-patient also what it would be if a stay became necessary."""
    facts = _facts(referral, referral.category)
    shown = _body(explain_stay(referral.county_id, facts))
    if not shown.applies and referral.category in {"outpatient", "examination"}:
        shown.if_stay = _body(explain_stay(referral.county_id, _facts(referral, "stay")))
    return shown


def _facts(referral: Referral, category: str) -> StayFacts:
    county = pack(referral.county_id)
    resident = session().get_one(Resident, (referral.county_id, referral.resident_id))
    today = local_day(clock.now())
    target = county.institutions.institution(referral.to_institution)
    source = county.institutions.institution(referral.from_institution)
    return StayFacts(
        level=target.level,
        on=today,
        age=age_on(resident.birth_on, today),
        insurance=resident.insurance,
        insured_here=resident.insured_here,
        direction=referral.direction,
        category=category,
        from_level=source.level,
        lower_charged_fen=_charged_below(referral, source.level),
        groups=frozenset(resident.key_groups),
        institution_kind=target.kind,
        second_stay=_stays_this_year(referral) > 0,
    )


def _charged_below(referral: Referral, level: str) -> int | None:
    """Return the deductible of the running stay below, when the person is referred out of one."""
    if referral.direction != "up" or referral.stay_id is None:
        return None
    today = local_day(clock.now())
    found = [one for one in pack(referral.county_id).insurance.stays if one.level == level and one.in_force(today)]
    return found[-1].deductible_fen if found else None


def _stays_this_year(referral: Referral) -> int:
    """Return how many stays of this year count for the second one: a township's bed is none of "县级以上"."""
    county, year = pack(referral.county_id), local_day(clock.now()).year
    counted = {
        level for one in county.insurance.reductions if one.when == "second_stay_of_year" for level in one.levels
    }
    houses = [one.code for one in county.institutions.institutions if one.level in counted]
    stays: Sequence[Any] = (
        session()
        .scalars(
            select(Stay.admitted_at).where(
                Stay.county_id == referral.county_id,
                Stay.resident_id == referral.resident_id,
                Stay.institution.in_(houses),
                Stay.id != referral.stay_id if referral.stay_id else Stay.id.is_not(None),
                # The stay it led to is the one that is estimated, not an earlier one.
                Stay.referral_id.is_distinct_from(referral.id),
            )
        )
        .all()
    )
    return sum(local_day(admitted).year == year for admitted in stays)


def _appointment(row: Appointment | None, actor: Actor) -> AppointmentBody | None:
    return appointment_body(row, actor) if row is not None else None


def _body(found: ExplainedEstimate) -> EstimateBody:
    return EstimateBody(
        applies=found.applies,
        deductible_fen=found.deductible_fen,
        lines=[
            EstimateLine(
                code=line.code,
                text=line.text,
                fen=line.fen,
                sample=line.sample,
                source=SourceBody(
                    id=line.source.id,
                    kind=line.source.kind,
                    title=line.source.title,
                    document=line.source.document,
                    section=line.source.section,
                    sample=line.source.sample,
                ),
            )
            for line in found.lines
        ],
        examples=[
            EstimateExample(eligible_fen=one.eligible_fen, fund_fen=one.fund_fen, own_fen=one.own_fen)
            for one in found.examples
        ],
        covers=found.covers,
        agency_phone=found.agency_phone,
        sample=found.sample,
    )
