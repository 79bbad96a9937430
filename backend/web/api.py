"""The web's own routes: live tickets, the OpenAPI document and its page."""

from flask import Blueprint, Response, current_app, render_template_string
from pydantic import BaseModel

from backend.kernel.permissions import Permission, Relation, permission
from backend.kernel.roles import Actor, Role
from backend.web import live, openapi, strict_json
from backend.web.operations import operation

routes = Blueprint("web", __name__, url_prefix="/api")

PERMISSIONS: tuple[Permission, ...] = (
    permission("live.listen", {role: {Relation.ANY} for role in Role if role is not Role.ANONYMOUS}),
)


class TicketAnswer(BaseModel):
    """A one-time ticket and the socket's address."""

    ticket: str
    url: str
    events_url: str


@routes.post("/v1/live/tickets")
@operation(
    "live.listen",
    summary="取一张实时提示的入场券",
    tag="实时",
    answer=TicketAnswer,
    status=201,
    idempotent=False,
)
def make_ticket(actor: Actor) -> TicketAnswer:
    chat = current_app.config["SETTINGS"].chat_url
    return TicketAnswer(
        ticket=live.issue_ticket(actor),
        url=f"{chat}/live/socket",
        events_url=chat.replace("ws", "http", 1) + "/live/events",
    )


@routes.get("/openapi.json")
def document() -> Response:
    """Return the OpenAPI document."""
    return strict_json.answer(openapi.specification())


_PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>联动 接口文档</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<link rel="icon" href="/static/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/static/docs.css"><link rel="stylesheet" href="/static/build/fonts/fonts.css">
<main><h1>联动 接口文档</h1>
<p>给写程序对接的人看。完整描述：<a href="/api/openapi.json">openapi.json</a>（OpenAPI 3.1）。
每个改动请求都要带 <code>Idempotency-Key</code>；出错一律是 <code>application/problem+json</code>。</p>
{% for tag, rows in tags.items() %}<h2>{{ tag }}</h2><table><tbody>
{% for method, path, text, bearer in rows %}<tr><td class="m {{ method }}">{{ method }}</td>
<td><code>{{ path }}</code></td><td>{{ text }}</td><td>{{ '要登录' if bearer else '公开' }}</td></tr>
{% endfor %}</tbody></table>{% endfor %}</main></html>"""


@routes.get("/docs")
def docs() -> str:
    """Show every operation on one page, for integrators."""
    tags: dict[str, list[tuple[str, str, str, bool]]] = {}
    for path, operations in openapi.specification()["paths"].items():
        for method, row in operations.items():
            name = (row.get("tags") or ["其他"])[0]
            summary = str(row.get("summary", ""))
            tags.setdefault(name, []).append((method.upper(), path, summary, bool(row.get("security"))))
    return render_template_string(_PAGE, tags=tags)
