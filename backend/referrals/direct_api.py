"""HTTP of who went above by themselves: what it changes, written down, read. MS-4.2.3d, MS-4.2.3e."""

from flask import Blueprint

from backend.alliance.packs.pack import Pack
from backend.alliance.queries import pack
from backend.kernel.roles import Actor
from backend.records.views import institution_name, person_of
from backend.referrals import direct
from backend.referrals.bodies import Named
from backend.referrals.direct import Going
from backend.referrals.direct_bodies import (
    DirectVisitBody,
    DirectVisitIn,
    DirectVisitOptions,
    DirectVisitPage,
    UpperHospital,
)
from backend.referrals.models_direct import DirectVisit
from backend.referrals.views import source_body
from backend.store import access
from backend.web.operations import operation
from backend.web.paging import PageQuery, fetch_page

routes = Blueprint("direct_visits", __name__)
TAG = "自己去的"


@routes.post("/direct-visits")
@operation(
    "direct_visit.register",
    summary="登记：没有转诊，自己去了上面的医院（不开证明）",
    tag=TAG,
    body=DirectVisitIn,
    answer=DirectVisitBody,
    status=201,
)
def register(actor: Actor, body: DirectVisitIn) -> DirectVisitBody:
    return direct_body(direct.register(actor, Going(**body.model_dump())))


@routes.get("/direct-visits")
@operation("direct_visit.read", summary="登记过的自己去的", tag=TAG, query=PageQuery, answer=DirectVisitPage)
def list_direct(actor: Actor, query: PageQuery) -> DirectVisitPage:
    rows, cursor = fetch_page(access.scoped_query(DirectVisit, actor, "direct_visit.read"), DirectVisit.id, query)
    return DirectVisitPage(items=[direct_body(row) for row in rows], next_cursor=cursor)


@routes.get("/direct-visits/options")
@operation("direct_visit.register", summary="登记要选的，和登记前要讲清的", tag=TAG, answer=DirectVisitOptions)
def read_options(actor: Actor) -> DirectVisitOptions:
    return read_choices(pack(actor.county_id))


def read_choices(county: Pack) -> DirectVisitOptions:
    """Return what a registration is written down with, and what is told before it."""
    rule, levels = county.referral.direct_visits, direct.upper_levels(county)
    words, source = direct.changes(county)
    return DirectVisitOptions(
        hospitals=[
            UpperHospital(name=one.name, level=one.level)
            for one in county.institutions.institutions
            if one.treats and one.level in levels
        ],
        levels=[Named(code=code, name=county.county.level(code).plain) for code in levels],
        reasons=[Named(code=one.code, name=one.text) for one in rule.reasons],
        late_reasons=[Named(code=one.code, name=one.text) for one in rule.late_reasons],
        late_after_days=rule.late_after_days,
        changes=words,
        source=source_body(county, source),
        rule=source_body(county, rule.source),
    )


def direct_body(row: DirectVisit) -> DirectVisitBody:
    """Return a registration as its person and whoever wrote it down read it."""
    county = pack(row.county_id)
    rule = county.referral.direct_visits
    words, source = direct.changes(county)
    texts = {one.code: one.text for one in (*rule.reasons, *rule.late_reasons)}
    return DirectVisitBody(
        id=row.id,
        person=person_of(row.county_id, row.resident_id),
        number=row.number,
        hospital=row.hospital,
        level_name=county.county.level(row.level).name,
        kind=row.kind,
        went_on=row.went_on,
        reason=texts.get(row.reason, row.reason),
        told_how=row.told_how,
        late=row.late,
        late_reason=texts.get(row.late_reason, row.late_reason) if row.late_reason else None,
        registered_on=row.registered_on,
        registered_at_name=institution_name(county, row.institution),
        changes=words,
        source=source_body(county, source),
    )
