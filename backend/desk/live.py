"""The ticket with which an open page hears that something has changed."""

from flask import Blueprint, Response, current_app

from backend.kernel.roles import Actor
from backend.web import live, strict_json
from backend.web.pages import page

pages = Blueprint("desk_live", __name__)


@pages.post("/live")
@page("desk.open")
def ticket(actor: Actor) -> Response:
    chat = current_app.config["SETTINGS"].chat_url.replace("ws", "http", 1)
    return strict_json.answer({"ticket": live.issue_ticket(actor), "events_url": f"{chat}/live/events"})
