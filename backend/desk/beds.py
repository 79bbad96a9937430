"""床位: who asked for a bed, the most urgent first; kept by name, promised for a day, passed on, or none with a way."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Blueprint, Response, make_response, render_template

from backend.alliance.packs.sections.booking import BedQuota
from backend.alliance.queries import pack
from backend.booking import beds, queries_beds
from backend.booking.ending import ways_instead
from backend.booking.models_beds import BedRequest
from backend.booking.schemas_beds import BedBody
from backend.booking.states import LIVE_BEDS, BedStatus
from backend.booking.views_beds import bed_body
from backend.desk.forms import day, number, text
from backend.desk.frame import draw
from backend.desk.said import with_word
from backend.desk.words import Left, left, near
from backend.kernel.clock import local_day
from backend.kernel.roles import Actor
from backend.records.views import department_name, institution_name, practitioner_of
from backend.referrals.models import Referral
from backend.referrals.sight import masked, may_name
from backend.referrals.tracks import tracks_of
from backend.referrals.waiting import office_of
from backend.store import access, clock
from backend.store.db import session
from backend.web.htmx import wants_part
from backend.web.list_traces import leave_trace
from backend.web.pages import page

pages = Blueprint("desk_beds", __name__, url_prefix="/beds")
MOST = 200


@dataclass(frozen=True, slots=True)
class Row:
    """One question: whose (a sex and an age before consent), and how long the house has to answer."""

    one: BedBody
    name: str
    about: str
    due: Left | None


@pages.get("")
@page("bed.read")
def show(actor: Actor) -> str:
    return _list(actor)


@pages.get("/<uuid:bed_id>")
@page("bed.read")
def case(actor: Actor, bed_id: UUID) -> str:
    return _case(actor, access.authorize(BedRequest, bed_id, actor, "bed.read"))


def _case(actor: Actor, row: BedRequest) -> str:
    referral = session().get_one(Referral, (row.county_id, row.referral_id))
    county = pack(row.county_id)
    return render_template(
        "desk/bed.html",
        row=_row(actor, row, clock.now()),
        referral=referral,
        from_name=institution_name(county, referral.from_institution),
        doctor=practitioner_of(row.county_id, referral.practitioner_id),
        free=queries_beds.free_beds(row.county_id, row.institution, row.department),
        reasons=county.referral.receiving.decline_reasons,
        ways=ways_instead(row),
        today=local_day(clock.now()),
    )


@pages.post("/<uuid:bed_id>/hold")
@page("bed.answer")
def hold(actor: Actor, bed_id: UUID) -> Response:
    row = beds.hold(actor, bed_id, text("bed", 20), number("version"))
    return with_word(make_response(_list(actor)), f"床留好了：{row.bed}。对方医生和病人都会收到。")


@pages.post("/<uuid:bed_id>/pass-on")
@page("bed.answer")
def pass_on(actor: Actor, bed_id: UUID) -> Response:
    row = beds.pass_on(actor, bed_id, number("version"))
    return with_word(_beside(actor, row), "已转给医务科，由他们定；到时限会提醒。")


@pages.post("/<uuid:bed_id>/wait")
@page("bed.answer")
def wait(actor: Actor, bed_id: UUID) -> Response:
    row = beds.wait(actor, bed_id, day("expected_on"), number("version"))
    said = f"{row.expected_on:%-m月%-d日}前没有床，已经告诉病人和对方医生；有床空出来，会按先后提醒您。"
    return with_word(_beside(actor, row), said)


@pages.post("/<uuid:bed_id>/decline")
@page("bed.answer")
def decline(actor: Actor, bed_id: UUID) -> Response:
    instead = text("instead", 60) or None
    beds.decline(actor, bed_id, text("reason", 60), number("version"), free_on=day("free_on"), instead=instead)
    return with_word(make_response(_list(actor)), "已答复没有床，原因和去处都告诉了病人和对方医生。")


def _beside(actor: Actor, row: BedRequest) -> Response:
    """Return the list with the case beside it as it is now: who waits stays chosen."""
    return make_response(_list(actor) + render_template("desk/bed_beside.html", case=_case(actor, row)))


def _list(actor: Actor) -> str:
    county, now = pack(actor.county_id), clock.now()
    found = session().scalars(
        access.scoped_query(BedRequest, actor, "bed.read")
        .where(BedRequest.institution == actor.institution, BedRequest.status.in_(LIVE_BEDS))
        .order_by(BedRequest.status == BedStatus.HELD, *queries_beds.ORDER)
        .limit(MOST)
    )
    rows = [_row(actor, row, now) for row in found]
    leave_trace(actor, "bed.list", len(rows))
    kept = [one for one in county.booking.beds if one.institution == actor.institution]
    return draw(
        "desk/beds.html",
        actor,
        "beds",
        part="desk/beds_list.html",
        today=local_day(now),
        rows=rows,
        asked=sum(row.one.status not in (BedStatus.HELD, BedStatus.WAITING) for row in rows),
        wards_oob=wants_part(),
        wards=[_ward(actor, one) for one in kept],
    )


def _row(actor: Actor, row: BedRequest, now: datetime) -> Row:
    referral = session().get_one(Referral, (row.county_id, row.referral_id))
    one = bed_body(row, actor)
    office = office_of(row.county_id, row.institution, now)
    due = left(office, now, one.due_at) if one.due_at else None
    if one.due_at and one.due_at > now and one.priority == "stat":
        due = Left(near(one.due_at, local_day(now)), "soon")  # by the clock: it waits for no office hours
    if one.person is None or not may_name(tracks_of(referral), actor):
        return Row(one, masked(referral), "同意后显示姓名", due)
    return Row(one, one.person.name, f"{one.person.birth_year}年 {one.person.village}", due)


def _ward(actor: Actor, one: BedQuota) -> tuple[str | None, BedQuota, tuple[int, int] | None]:
    free = queries_beds.free_beds(actor.county_id, one.institution, one.department)
    return department_name(pack(actor.county_id), one.department), one, free
