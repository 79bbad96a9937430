"""The staff console: every page of it hangs here."""

from flask import Blueprint

from backend.desk import (
    answers,
    arrivals,
    audits,
    beds,
    bookings,
    bureau,
    day_list,
    down,
    live,
    overbook,
    pending,
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
for _part in (sign_in, answers, spoken, arrivals, beds, down, *_PLACES, registers, audits, bureau, search, live):
    routes.register_blueprint(_part.pages)
