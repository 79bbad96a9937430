"""The staff console: every page of it hangs here."""

from flask import Blueprint

from backend.desk import (
    agreements,
    alarms,
    answers,
    arrivals,
    audits,
    beds,
    bookings,
    bureau,
    certificates,
    day_list,
    departments,
    direct,
    down,
    ledger,
    live,
    outflow,
    overbook,
    pending,
    promises,
    registers,
    schedules,
    search,
    session_page,
    sign_in,
    spoken,
    waiting,
    week,
)

routes = Blueprint("desk", __name__, url_prefix="/desk", template_folder="templates")
_PLACES = (week, day_list, schedules, session_page, bookings, overbook, pending, waiting)
_BUREAU = (bureau, outflow, alarms, promises, ledger, agreements)
_HOUSE = (
    sign_in,
    answers,
    departments,
    spoken,
    arrivals,
    beds,
    down,
    *_PLACES,
    direct,
    registers,
    audits,
    certificates,
)
for _part in (*_HOUSE, *_BUREAU, search, live):
    routes.register_blueprint(_part.pages)
