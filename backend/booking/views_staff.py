"""Sessions, and what a house has settled, as bodies of the API for the house whose they are."""

from datetime import date

from sqlalchemy import func, select

from backend.alliance.queries import pack
from backend.booking.models import ScheduleSession, Slot, WaitlistEntry
from backend.booking.models_schedule import ScheduleTemplate
from backend.booking.quota import quota_of
from backend.booking.schedule_schemas import QuotaBody, QuotaRow, TemplateBody
from backend.booking.schemas import SessionBody
from backend.booking.states import WaitStatus
from backend.booking.views_open import doctor_name
from backend.kernel.roles import Actor
from backend.records.views import department_name
from backend.store import access, clock
from backend.store.db import session


def session_body(row: ScheduleSession, actor: Actor) -> SessionBody:
    """Return a session with its counters, who waits for its day, and what this person may do."""
    county = pack(row.county_id)
    counts = (
        session()
        .execute(
            select(
                func.coalesce(func.sum(Slot.capacity), 0).label("capacity"),
                func.coalesce(func.sum(Slot.taken), 0).label("taken"),
                func.coalesce(func.sum(Slot.over), 0).label("added"),
            ).where(Slot.county_id == row.county_id, Slot.session_id == row.id)
        )
        .one()
    )
    waiting = session().scalar(
        select(func.count()).where(
            WaitlistEntry.county_id == row.county_id,
            WaitlistEntry.institution == row.institution,
            WaitlistEntry.department == row.department,
            WaitlistEntry.status == WaitStatus.WAITING,
            WaitlistEntry.from_on <= row.day,
            WaitlistEntry.until_on >= row.day,
        )
    )
    reason = county.booking.leave.reason(row.stop_reason) if row.stop_reason else None
    may_stop = not actor.roles.isdisjoint(access.catalogue.get("schedule.stop").grants)
    ahead = row.stopped_at is None and row.ends_at > clock.now()
    return SessionBody(
        id=row.id,
        institution=row.institution,
        department=row.department,
        department_name=department_name(county, row.department) or "",
        day=row.day,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        title=row.title,
        kind=row.kind,
        expert=row.expert,
        doctor=doctor_name(row.county_id, row.practitioner_id),
        capacity=counts.capacity,
        taken=counts.taken,
        added=counts.added,
        arrived=row.arrived,
        waiting=int(waiting or 0),
        stopped_at=row.stopped_at,
        stop_reason=reason.text if reason else None,
        actions=["stop"] if may_stop and ahead else [],
    )


def quota_body(county_id: str, institution: str, first: date, last: date) -> QuotaBody:
    """Return by department what was kept for referred patients, and the experts' share of it."""
    county = pack(county_id)
    quota = county.booking.quota
    source = county.source(quota.source)
    return QuotaBody(
        institution=institution,
        promised_percent=quota.referral_percent,
        promised_expert_percent=quota.referral_expert_percent,
        source=source.title,
        sample=source.sample,
        rows=[
            QuotaRow(
                department=row.department,
                department_name=department_name(county, row.department) or "",
                places=row.places,
                kept=row.kept,
                kept_percent=row.kept * 100 // row.places if row.places else 0,
                expert_kept=row.expert_kept,
                expert_percent=row.expert_kept * 100 // row.kept if row.kept else 0,
                taken=row.taken,
                given_back=row.given_back,
                added=row.added,
            )
            for row in quota_of(county_id, institution, first, last)
        ],
    )


def template_body(row: ScheduleTemplate, actor: Actor) -> TemplateBody:
    """Return what a house has settled about a session."""
    may_end = not actor.roles.isdisjoint(access.catalogue.get("schedule.write").grants)
    return TemplateBody(
        id=row.id,
        version=row.version,
        code=row.code,
        kind=row.kind,
        institution=row.institution,
        department=row.department,
        department_name=department_name(pack(row.county_id), row.department) or "",
        title=row.title,
        doctor=doctor_name(row.county_id, row.practitioner_id),
        from_institution=row.from_institution,
        weekdays=row.weekdays,
        on_day=row.on_day,
        every_weeks=row.every_weeks,
        from_on=row.from_on,
        until_on=row.until_on,
        start=f"{row.start_time:%H:%M}",
        end=f"{row.end_time:%H:%M}",
        capacity=row.capacity,
        expert=row.expert,
        place=row.place,
        ended_at=row.ended_at,
        actions=["end"] if may_end and row.ended_at is None else [],
    )
