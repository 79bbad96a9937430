"""床位: beds that were asked for, answered here, and those that are kept."""

from datetime import date
from uuid import UUID

from flask import Blueprint, Response, make_response

from backend.alliance.packs.sections.booking import BedQuota
from backend.alliance.queries import pack
from backend.booking import beds
from backend.booking.models import BedRequest
from backend.booking.states import BedStatus
from backend.booking.views import bed_body
from backend.desk.forms import number, text
from backend.desk.frame import draw
from backend.desk.said import with_word
from backend.kernel.clock import local_day
from backend.kernel.roles import Actor
from backend.records.views import department_name
from backend.referrals.models import Referral
from backend.referrals.sight import masked, may_name
from backend.referrals.tracks import tracks_of
from backend.store import access, clock
from backend.store.db import session
from backend.web.pages import page, wants_part

pages = Blueprint("desk_beds", __name__, url_prefix="/beds")


@pages.get("")
@page("bed.read")
def show(actor: Actor) -> str:
    return _list(actor)


@pages.post("/<uuid:bed_id>/hold")
@page("bed.answer")
def hold(actor: Actor, bed_id: UUID) -> Response:
    row = beds.hold(actor, bed_id, text("bed", 20), number("version"))
    return with_word(make_response(_list(actor)), f"床留好了：{row.bed}。")


@pages.post("/<uuid:bed_id>/pass-on")
@page("bed.answer")
def pass_on(actor: Actor, bed_id: UUID) -> Response:
    beds.pass_on(actor, bed_id, number("version"))
    return with_word(make_response(_list(actor)), "已转给医务科。")


@pages.post("/<uuid:bed_id>/decline")
@page("bed.answer")
def decline(actor: Actor, bed_id: UUID) -> Response:
    beds.decline(actor, bed_id, text("reason", 60), number("version"))
    return with_word(make_response(_list(actor)), "已答复没有床。")


def _list(actor: Actor) -> str:
    county, today = pack(actor.county_id), local_day(clock.now())
    rows = session().scalars(
        access.scoped_query(BedRequest, actor, "bed.read")
        .where(BedRequest.institution == actor.institution, BedRequest.status.in_(beds.LIVE))
        .order_by(BedRequest.status == BedStatus.HELD, BedRequest.needed_by, BedRequest.id)
    )
    kept = [one for one in county.booking.beds if one.institution == actor.institution]
    return draw(
        "desk/beds.html",
        actor,
        "beds",
        part="desk/beds_list.html",
        today=today,
        rows=[(bed_body(row, actor), _name(row, actor)) for row in rows],
        reasons=county.referral.receiving.decline_reasons,
        decides=actor.has(*county.referral.receiving.decline_roles),
        wards_oob=wants_part(),
        wards=[_ward(actor, one, today) for one in kept],
    )


def _ward(actor: Actor, one: BedQuota, today: date) -> tuple[str | None, BedQuota, tuple[int, int] | None]:
    free = beds.free_beds(actor.county_id, one.institution, one.department, today)
    return department_name(pack(actor.county_id), one.department), one, free


def _name(row: BedRequest, actor: Actor) -> str:
    referral = session().get(Referral, (row.county_id, row.referral_id))
    assert referral is not None
    return "" if may_name(tracks_of(referral), actor) else masked(referral)
