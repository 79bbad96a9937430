"""Signing in and out: login, password and the code of the second factor. The cookie is nobody's but the browser's."""

from dataclasses import asdict
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, jsonify, make_response, redirect, render_template, request

from backend.alliance.queries import county_ids, pack
from backend.config import Settings
from backend.desk.frame import home_of
from backend.kernel.errors import LiandongError, NotFound
from backend.kernel.roles import Actor
from backend.people.demo.door import Played, code_of, played, typed
from backend.people.service import desk_sign_in, desk_sign_out
from backend.store.db import session
from backend.web.auth import DESK_COOKIE
from backend.web.pages import page

pages = Blueprint("desk_sign_in", __name__)


@pages.get("/")
@page("desk.open")
def start(actor: Actor) -> Response:
    return make_response(redirect(home_of(actor), code=303))


@pages.get("/nothing")
@page("desk.open")
def nothing(actor: Actor) -> str:
    county = pack(actor.county_id).county.name
    return render_template("desk/nothing.html", home=home_of(actor), who=actor.name, county=county)


@pages.get("/sign-in")
@page("desk.open", public=True)
def ask(actor: Actor) -> str:
    del actor
    return _draw(None, typed(chosen) if (chosen := _chosen()) else {})


@pages.get("/sign-in/code")
@page("desk.open", public=True)
def code(actor: Actor) -> Response:
    """Give the next dynamic code of somebody who is offered: in a demonstration only."""
    del actor
    chosen = _chosen()
    if not chosen:
        raise NotFound("nobody_offered", "这里没有可以试用的人，请输手机上的动态码。")
    response = jsonify(asdict(code_of(chosen)))
    response.headers["Cache-Control"] = "no-store"
    return response


@pages.post("/sign-in")
@page("desk.open", public=True)
def sign_in(actor: Actor) -> Response:
    del actor
    given = {name: request.form.get(name, "").strip()[:200] for name in ("login", "county")}
    try:
        token = desk_sign_in(
            given["login"],
            request.form.get("password", "")[:200],
            request.form.get("code", "").replace(" ", "")[:20],
            county_id=given["county"] or None,
            replaces=request.cookies.get(DESK_COOKIE),
        )
    except LiandongError as error:
        # What was counted against this login stays counted; only what was tried is taken back.
        session().rollback()
        return Response(_draw(error, given), status=422, mimetype="text/html")
    response = make_response(redirect(_back() or "/desk/", code=303))
    secure = current_app.config["SETTINGS"].production
    response.set_cookie(DESK_COOKIE, token, httponly=True, samesite="Strict", secure=secure, path="/")
    return response


@pages.post("/sign-out")
@page("desk.open")
def sign_out(actor: Actor) -> Response:
    desk_sign_out(actor)
    response = make_response(redirect("/desk/sign-in", code=303))
    response.delete_cookie(DESK_COOKIE, path="/")
    return response


def _draw(error: LiandongError | None, given: dict[str, str]) -> str:
    return render_template(
        "desk/sign_in.html",
        error=error,
        counties=_counties(),
        given=given,
        back=_back(),
        offered=_offered(),
        play=_play(),
    )


def _offered() -> list[tuple[str, tuple[Played, ...]]]:
    """Whom one may play, by county: in a demonstration only."""
    settings: Settings = current_app.config["SETTINGS"]
    if settings.production or not settings.demo:
        return []
    counties = county_ids(session())
    return [(pack(county_id).county.name, people) for county_id in counties if (people := played(county_id))]


def _chosen() -> str:
    wanted = request.args.get("play", "")
    return next((one.login for _, people in _offered() for one in people if one.login == wanted), "")


def _play() -> dict[str, str | int]:
    """Whose code counts down on the page; nobody's where nobody was chosen."""
    chosen = _chosen()
    return {"login": chosen, "left": code_of(chosen).left} if chosen else {}


def _back() -> str:
    # Only to a page of our own: never to another site.
    given = request.values.get("next", "")
    parts = urlsplit(given)
    inside = not parts.scheme and not parts.netloc and parts.path.startswith("/desk/") and "\\" not in given
    return given if inside else ""


def _counties() -> list[tuple[str, str]]:
    return [(county_id, pack(county_id).county.name) for county_id in county_ids(session())]
