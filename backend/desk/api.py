"""The staff console: every page of it hangs here."""

from flask import Blueprint

from backend.desk import answers, arrivals, beds, board, bureau, down, live, search, sign_in

routes = Blueprint("desk", __name__, url_prefix="/desk", template_folder="templates")
for _part in (sign_in, answers, arrivals, beds, down, board, bureau, search, live):
    routes.register_blueprint(_part.pages)
