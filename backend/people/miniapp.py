"""Serves the mini-program as built for the browser, and tells it where it runs."""

from pathlib import Path

from flask import Blueprint, Response, current_app, redirect, send_from_directory
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from backend.alliance.queries import county_ids, pack
from backend.config import Settings
from backend.store.db import transaction
from backend.web import strict_json
from backend.wechat.door import templates

pages = Blueprint("miniapp", __name__, url_prefix="/app")

_YEAR = 365 * 24 * 3600
_NOT_BUILT = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>联动</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="stylesheet" href="/static/docs.css">
<main><h1>联动</h1><p>小程序的网页版还没有做好。在项目的文件夹里运行：</p>
<p><code>make run</code></p>
<p>或者只做这一步：<code>cd miniapp-mock &amp;&amp; npm ci &amp;&amp; npm run build:h5</code></p>
</main></html>"""


def built() -> Path:
    """Return the folder of the build for the browser; it may be missing."""
    return Path(current_app.root_path).parent / "miniapp-mock" / "dist" / "build" / "h5"


@pages.get("")
def without_slash() -> AnyResponse:
    """Lead to the address under which the page finds its parts."""
    return redirect("/app/", code=308)


@pages.get("/")
def index() -> Response:
    """Return the one page, or which command builds it."""
    if not (built() / "index.html").is_file():
        return Response(_NOT_BUILT, status=503, mimetype="text/html")
    return _sent("index.html", keep=0)


@pages.get("/environment.json")
def environment() -> Response:
    """Tell where WeChat's stand-in is (null for real WeChat), the counties, and the ids of the reminders."""
    settings: Settings = current_app.config["SETTINGS"]
    with transaction() as current:
        counties = [{"id": one, "name": pack(one).county.name} for one in county_ids(current)]
    book = {str(kind): template.template_id for kind, template in templates().templates.items()}
    answer = strict_json.answer({"mock": settings.wechat_mock_public or None, "counties": counties, "templates": book})
    answer.headers["Cache-Control"] = "no-store"
    return answer


@pages.get("/<path:name>")
def part(name: str) -> Response:
    """Return a part of the build; its name carries its digest, so it may be kept."""
    try:
        known = (built() / name).is_file()
    except OSError:  # a name longer than any file's
        known = False
    if not known:
        raise NotFound
    return _sent(name, keep=_YEAR if name.startswith("assets/") else 0)


def _sent(name: str, *, keep: int) -> Response:
    answer = send_from_directory(built(), name, max_age=keep)
    answer.headers["Cache-Control"] = f"public, max-age={keep}, immutable" if keep else "no-cache"
    return answer
