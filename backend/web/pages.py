"""`@page`: declares one page or deed of the staff console — who may — and runs it: cookie, guard, one transaction."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import quote, urlsplit

import structlog
from flask import Response, current_app, g, make_response, redirect, request

from backend.kernel.errors import Forbidden, LiandongError, Malformed, Unauthenticated
from backend.kernel.roles import Actor
from backend.store import access, idempotency
from backend.store.db import session, transaction
from backend.store.vault import vault
from backend.web import auth, strict_json
from backend.web.htmx import wants_part
from backend.web.operations import UNSAFE, Operation
from backend.web.problems import STATUS, as_liandong_error

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Frame:
    """What surrounds every page: how a refusal is drawn, where one signs in, and who may come in at all."""

    problem: Callable[[LiandongError, int], str]
    sign_in: str
    opens: str  # the action without which no page opens


_frame: list[Frame] = []


def register_frame(frame: Frame) -> None:
    """Let the console say how a refusal looks; the web has no templates of its own."""
    _frame[:] = [frame]


def page(
    action: str, *, public: bool = False, body_limit: int = strict_json.MAX_BYTES
) -> Callable[[Callable[..., Any]], Callable[..., Response]]:
    """Declare a page.

    The view gets `actor` first, then path parameters, and returns HTML or a Response; one transaction spans it. A page
    that changes something (POST) checks the Origin, the form's guard word and takes each key once. Without a sign-in
    the person is led there; a refusal is drawn as a page, or for htmx as a note in its place. The permission
    `action` stands in the catalogue, as for an operation, and is asked beside the frame's own. `body_limit` is for a
    page that takes a file.
    """

    def declare(view: Callable[..., Any]) -> Callable[..., Response]:
        @wraps(view)
        def run(**path: Any) -> Response:
            try:
                return _guard(_run(view, action, path, public=public, body_limit=body_limit))
            except Unauthenticated:
                return _guard(_to_sign_in())
            except Exception as error:  # noqa: BLE001  every refusal is drawn; a bug is logged and drawn as one
                return _guard(_refusal(error))

        run.operation = Operation(action, public, idempotent=False)  # type: ignore[attr-defined]
        return run

    return declare


def guard_word() -> str:
    """Return the word that every form of this sign-in carries, so that no other site can post it (CSRF)."""
    actor: Actor | None = g.get("actor")
    if actor is None or actor.session_id is None:
        return ""
    return _word(actor)


def _run(view: Callable[..., Any], action: str, path: dict[str, Any], *, public: bool, body_limit: int) -> Response:
    with transaction():
        if request.method in UNSAFE:
            _check_origin()
            _check_size(body_limit)
        _check_text()
        actor = auth.anonymous() if public else auth.cookie_actor()
        g.actor = actor
        if public:
            return make_response(view(actor, **path))
        access.allow(actor, _frame[0].opens)
        access.allow(actor, action)
        if request.method not in UNSAFE:
            return make_response(view(actor, **path))
        given = request.headers.get("X-Guard-Word") or request.form.get("_guard", "")
        if not hmac.compare_digest(given.encode(), _word(actor).encode()):
            raise Forbidden("guard_word", "这一页放得太久了，请刷新后再办。")
        slot = _slot(actor)
        kept = idempotency.begin(session(), slot)
        if kept is not None:
            return Response(kept.body, status=kept.status, mimetype="text/html")
        response = make_response(view(actor, **path))
        idempotency.keep(session(), slot, idempotency.Answer(response.status_code, response.get_data(), None))
        return response


def _slot(actor: Actor) -> idempotency.Slot:
    key = request.headers.get("Idempotency-Key") or request.form.get("_key", "")
    if not (8 <= len(key) <= 255 and key.isascii() and key.isprintable()):
        raise Malformed("idempotency_key", "这一页没有装好，请刷新后再办。")
    assert actor.account_id is not None
    said = repr(sorted((name, values) for name, values in request.form.lists() if not name.startswith("_")))
    body_hash = idempotency.fingerprint(request.method, request.full_path, said.encode())
    return idempotency.Slot(actor.county_id, actor.account_id, key, body_hash)


def _check_origin() -> None:
    allowed = {request.host_url.rstrip("/"), current_app.config["SETTINGS"].public_url.rstrip("/")}
    if request.headers.get("Origin", "") not in allowed:
        raise Forbidden("origin", "这个请求不是从服务台页面来的，没有办。请从服务台重新打开。")


def _check_size(limit: int) -> None:
    if (request.content_length or 0) > limit:
        raise Malformed("body_too_large", "提交的内容太大了，请删减后再试。")


def _check_text() -> None:
    if any("\x00" in value for _, values in request.values.lists() for value in values):
        raise Malformed("form_nul", "填的内容里有不能用的字符，请删掉后再试。")


def _word(actor: Actor) -> str:
    return hmac.new(vault().derived("desk guard word"), str(actor.session_id).encode(), "sha256").hexdigest()


def _to_sign_in() -> Response:
    back = request.full_path.rstrip("?") if request.method == "GET" else ""
    if wants_part():
        # The page that was open, not the part it asked for; whether it is one of ours is asked at the sign-in.
        open_page = urlsplit(request.headers.get("HX-Current-URL", "")[:2000])
        back = open_page.path + (f"?{open_page.query}" if open_page.query else "")
    where = _frame[0].sign_in + (f"?next={quote(back)}" if back else "")
    if wants_part():
        response = Response(status=200)
        response.headers["HX-Redirect"] = where
        return response
    return make_response(redirect(where, code=303))


def _refusal(error: Exception) -> Response:
    ours = as_liandong_error(error)
    if ours is None:
        log.error("unexpected", route=str(request.url_rule), kind=type(error).__name__, exc_info=error)
        ours, status = LiandongError("unexpected", "服务出了点问题，我们已经记下。请过一会儿再试。"), 500
    else:
        status = STATUS[type(ours)]
    response = Response(_frame[0].problem(ours, status), status=status, mimetype="text/html")
    if wants_part():
        response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#problem", "innerHTML"
    return response


def _guard(response: Response) -> Response:
    # Our own pages may see where one came from: without it the browser hides the Origin of a form.
    response.headers["Referrer-Policy"] = "same-origin"
    return response
