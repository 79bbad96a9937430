"""台账: drills, training, rounds and lessons, kept by who held them, seen by the bureau. XM-5.4d, MS-4.2.3c."""

from datetime import date
from uuid import UUID

from flask import Blueprint, Response, make_response, request

from backend.alliance.queries import pack
from backend.desk.bureau_month import month_asked, months_offered
from backend.desk.forms import day, number, text
from backend.desk.frame import draw, may
from backend.desk.said import with_word
from backend.kernel.clock import local_day
from backend.kernel.errors import Invalid
from backend.kernel.roles import Actor, Role
from backend.oversight import ledgers
from backend.oversight.ledgers import AWAY, Held
from backend.store import clock
from backend.web.pages import page

pages = Blueprint("desk_ledger", __name__, url_prefix="/ledger")


@pages.get("")
@page("ledger.read")
def show(actor: Actor) -> str:
    return _page(actor)


@pages.post("")
@page("ledger.write")
def write(actor: Actor) -> Response:
    held_on = day("held_on")
    if held_on is None:
        raise Invalid("no_day", "请写哪天办的。")
    kind = text("kind", 20)
    held = Held(
        kind=kind,
        held_on=held_on,
        led_by=text("led_by", 60),
        subject=text("subject", 120),
        took_part=number("took_part"),
        host=text("host", 64),
        patients=number("patients") if kind == "rounds" and request.form.get("patients") else None,
    )
    ledgers.write(actor, held)
    return with_word(make_response(_page(actor)), "记好了，卫健局看得到。")


@pages.post("/<uuid:ledger_entry_id>/strike")
@page("ledger.write")
def strike(actor: Actor, ledger_entry_id: UUID) -> Response:
    row = ledgers.strike(actor, ledger_entry_id, text("reason", 120))
    return with_word(make_response(_page(actor, row.held_on.replace(day=1))), "划掉了，不再算数；要改的请再记一次。")


def _page(actor: Actor, struck_in: date | None = None) -> str:
    county, month, bureau = pack(actor.county_id), struck_in or month_asked(), actor.has(Role.BUREAU)
    names = {one.code: one.short_name for one in county.institutions.institutions}
    kinds = county.alliances.ledgers
    rows = ledgers.entries(actor, month)
    writes = may(actor, "ledger.write") and actor.institution is not None
    return draw(
        "desk/ledger.html",
        actor,
        "ledger",
        part="desk/ledger_list.html",
        name=county.county.name if bureau else names.get(actor.institution or "", county.county.name),
        month=month,
        months=months_offered(),
        kinds=[(one, county.source(one.source)) for one in kinds],
        called={one.code: one.name for one in kinds},
        names=names,
        rows=rows,
        here=None if bureau else ledgers.held_here(actor, rows),
        counts=ledgers.month_counts(actor.county_id, month) if bureau else [],
        bureau=bureau,
        writes=writes,
        hosts=ledgers.lower_houses(county, actor.institution) if writes and actor.institution else [],
        away=AWAY,
        today=local_day(clock.now()),
    )
