"""The staff console: every page of it hangs here."""

from flask import Blueprint

from backend.desk import (
    answers,
    arrivals,
    beds,
    bookings,
    bureau,
    down,
    live,
    overbook,
    search,
    session_page,
    sign_in,
    week,
)

routes = Blueprint("desk", __name__, url_prefix="/desk", template_folder="templates")
for _part in (sign_in, answers, arrivals, beds, down, week, session_page, bookings, overbook, bureau, search, live):
    routes.register_blueprint(_part.pages)
