"""WeChat's addresses for what is said: notices, the opinion of a text, links."""

import secrets

from flask import Blueprint, Response, jsonify, request

from standin.answers import body_under_token, error, world
from standin.content_check import opinion
from standin.field_limits import first_misfit

routes = Blueprint("messages", __name__)

STATES = ("formal", "trial", "developer")
LONGEST_TEXT = 2500


@routes.post("/cgi-bin/message/subscribe/send")
def send() -> Response:
    """One notice to one person, against one credit."""
    body, refusal = body_under_token()
    if refusal is not None:
        return refusal
    here, page = world(), body.get("page")
    person, template = here.people.get(body.get("touser")), here.settings.templates.get(str(body.get("template_id")))
    if person is None:
        return error(40003)
    if template is None:
        return error(40037)
    if page and not here.has_page(str(page)):
        return error(41030)
    if body.get("miniprogram_state", "formal") not in STATES:
        return error(40097)
    misfit = first_misfit(list(template.labels), body.get("data"))
    if misfit is not None:
        return error(47003, f"argument invalid! data.{misfit}.value invalid")
    values = {keyword: body["data"][keyword]["value"] for keyword in template.labels}
    message_id = here.ledger.send(person.openid, template.id, values, str(page) if page else None)
    if message_id is None:
        return error(43101)
    entry = {"TemplateId": template.id, "MsgID": str(message_id), "ErrorCode": "0", "ErrorStatus": "success"}
    here.pusher.subscribe_event(
        person.county, person.openid, "subscribe_msg_sent_event", "SubscribeMsgSentEvent", [entry]
    )
    return jsonify(errcode=0, errmsg="ok", msgid=message_id)


@routes.post("/wxa/msg_sec_check")
def check_text() -> Response:
    """An opinion of a text that others will read."""
    body, refusal = body_under_token()
    if refusal is not None:
        return refusal
    person, text = world().people.get(body.get("openid")), body.get("content")
    if person is None:
        return error(40003)
    if body.get("scene") not in (1, 2, 3, 4):
        return error(40129)
    if not isinstance(text, str) or not text:
        return error(44002)
    if body.get("version") != 2 or len(text) > LONGEST_TEXT:
        return error(40097)
    if not world().seen_lately(person.openid):
        return error(61010)
    return jsonify(errcode=0, errmsg="ok", result=opinion(text), trace_id=secrets.token_hex(8))


@routes.post("/wxa/generate_urllink")
def url_link() -> Response:
    """A link that opens a page of the mini-program."""
    body, refusal = body_under_token()
    if refusal is not None:
        return refusal
    path = str(body.get("path") or "")
    if path and not world().has_page(path):
        return error(40165)
    days = body.get("expire_interval")
    if body.get("expire_type") != 1 or not isinstance(days, int) or not 1 <= days <= 30:
        return error(40097)
    name = secrets.token_urlsafe(8)
    query = str(body.get("query") or "")
    world().links[name] = f"{path}?{query}" if query else path
    return jsonify(errcode=0, errmsg="ok", url_link=f"{request.host_url}link/{name}")
