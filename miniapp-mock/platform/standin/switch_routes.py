"""Switches for demonstrations and tests, and where a link in a text message leads."""

from flask import Blueprint, Response, jsonify, redirect
from werkzeug.wrappers import Response as BaseResponse

from standin.answers import world
from standin.front_door import Refusal, body

routes = Blueprint("switches", __name__)


@routes.get("/mock/health")
def health() -> Response:
    """Whether the stand-in answers."""
    return jsonify(ok=True)


@routes.get("/mock/ledger")
def ledger() -> Response:
    """What the platform accepted, and how often it was asked for a token."""
    here = world()
    pushes = {"delivered": here.pusher.delivered, "given_up": here.pusher.given_up}
    return jsonify(sends=here.ledger.sends, token_fetches=here.tokens.fetched, pushes=pushes)


@routes.post("/mock/misbehave")
def misbehave() -> Response:
    """Let something go wrong: {path, mode, times, seconds?, errcode?}."""
    world().misbehaviour.plan(body())
    return jsonify(ok=True)


@routes.post("/mock/time")
def turn_time() -> Response:
    """Turn the platform's own time forward, so that its codes and tokens grow old."""
    world().clock.ahead += float(body().get("seconds", 0))
    return jsonify(ahead=world().clock.ahead)


@routes.get("/link/<name>")
def open_link(name: str) -> BaseResponse:
    """What a link in a text message does: it opens the mini-program at its page."""
    page = world().links.get(name)
    if page is None or not world().settings.h5_url:
        raise Refusal(404, "这个链接已经失效")
    return redirect(f"{world().settings.h5_url}#/{page}")
