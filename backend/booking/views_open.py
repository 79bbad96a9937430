"""Places without a referral as bodies of the API."""

from itertools import groupby
from uuid import UUID

from backend.alliance.queries import pack
from backend.booking import beside
from backend.booking.queries_open import open_places
from backend.booking.schemas import OpenDayBody, OpenPlaceBody, OpenPlacesBody, OpenPlacesQuery
from backend.booking.states import SlotPool
from backend.kernel.errors import NotFound
from backend.kernel.roles import Actor
from backend.people.models import Practitioner
from backend.records.views import department_name, institution_name
from backend.store import clock
from backend.store.db import session


def open_places_body(actor: Actor, query: OpenPlacesQuery, whom: UUID | None) -> OpenPlacesBody:
    """Return what may be booked at a hospital, or will be; people with a family doctor see their own pool too."""
    county = pack(actor.county_id)
    if all(entry.code != query.institution for entry in county.institutions.institutions):
        raise NotFound("no_such_institution", "没有这家医院，请重新选。")
    pools = beside.pools_of(actor.county_id, whom)
    rows = open_places(actor.county_id, query.institution, query.department, pools, day=query.day)
    quota, now = county.booking.quota, clock.now()
    source = county.source(quota.source)
    return OpenPlacesBody(
        institution=query.institution,
        institution_name=institution_name(county, query.institution) or "",
        contracted=SlotPool.CONTRACT in pools,
        release_text=f"每天 {quota.release_at:%-H:%M} 放 {quota.public_lead_days} 天后的号，"
        f"签约居民早 {quota.contract_lead_days - quota.public_lead_days} 天",
        checkout_minutes=county.booking.hold.checkout_minutes,
        source=source.title,
        sample=source.sample,
        days=[
            OpenDayBody(
                day=day,
                places=[
                    OpenPlaceBody(
                        slot_id=row.id,
                        session_id=row.session_id,
                        starts_at=row.starts_at,
                        pool=row.pool,
                        left=row.left,
                        open=row.opens_at is None or row.opens_at <= now,
                        opens_at=row.opens_at,
                        department=row.department,
                        department_name=department_name(county, row.department) or "",
                        title=row.title,
                        doctor=doctor_name(actor.county_id, row.practitioner_id),
                        expert=row.expert,
                        kind=row.kind,
                    )
                    for row in times
                ],
            )
            for day, times in groupby(rows, key=lambda row: row.day)
        ],
        **beside.other(actor, whom, query.institution, query.department),
    )


def doctor_name(county_id: str, practitioner_id: UUID | None) -> str | None:
    """Return who sees patients in a session, where it is one doctor's."""
    found = session().get(Practitioner, (county_id, practitioner_id)) if practitioner_id else None
    return found.name if found else None
