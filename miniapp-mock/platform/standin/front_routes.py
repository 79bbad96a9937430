"""What the mini-program in the browser does with WeChat itself: who one is, codes, the pop-up, the inbox."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from standin.answers import world
from standin.front_door import Refusal, body
from standin.people import Person

routes = Blueprint("front", __name__)

MOST_TEMPLATES = 5


def _person(openid: object) -> Person:
    person = world().people.get(openid)
    if person is None:
        raise Refusal(404, "没有这个微信号")
    return person


@routes.get("/mock/people")
def list_people() -> Response:
    """Everybody who has WeChat in a county, for the chooser."""
    return jsonify([person.shown for person in world().people.of(request.args.get("county"))])


@routes.post("/mock/people")
def put_people() -> Response:
    """Put people in; whoever loads the demonstration does."""
    return jsonify(stored=world().people.put(body().get("people")))


@routes.post("/mock/login-code")
def login_code() -> Response:
    """A code as wx.login gives it."""
    return jsonify(code=world().login_codes.give(_person(body().get("openid")).openid))


@routes.post("/mock/phone-code")
def phone_code() -> Response:
    """A code for the number bound to this WeChat, or for another one the person types."""
    given = body()
    number = str(given.get("phone") or "") or _person(given.get("openid")).phone
    if not (number.isascii() and number.isdigit() and 5 <= len(number) <= 15):
        raise Refusal(409, "这个微信没有绑定手机号，请输入一个")
    return jsonify(code=world().phone_codes.give(number))


@routes.post("/mock/subscribe")
def subscribe() -> Response:
    """The person ticks these templates in WeChat's pop-up."""
    given = body()
    person, wanted = _person(given.get("openid")), given.get("template_ids")
    known = world().settings.templates
    if not isinstance(wanted, list) or not 1 <= len(wanted) <= MOST_TEMPLATES:
        raise Refusal(400, f"一次订阅 1 到 {MOST_TEMPLATES} 个模板")
    accepted = list(dict.fromkeys(one for one in wanted if isinstance(one, str) and one in known))
    if len({known[one].long_term for one in accepted}) > 1:
        raise Refusal(400, "一次性和长期模板不能一起订阅")
    for template_id in accepted:
        world().ledger.accept(person.openid, template_id)
    _tell(person, "subscribe_msg_popup_event", "SubscribeMsgPopupEvent", accepted, "accept", {"PopupScene": "0"})
    return jsonify(accepted=accepted)


@routes.post("/mock/revoke")
def revoke() -> Response:
    """The person turns these templates off in WeChat's settings."""
    given = body()
    person, named = _person(given.get("openid")), given.get("template_ids")
    revoked = [one for one in named if one in world().settings.templates] if isinstance(named, list) else []
    for template_id in revoked:
        world().ledger.revoke(person.openid, template_id)
    _tell(person, "subscribe_msg_change_event", "SubscribeMsgChangeEvent", revoked, "reject", {})
    return jsonify(revoked=revoked)


def _tell(person: Person, event: str, name: str, templates: list[str], status: str, more: dict[str, str]) -> None:
    entries = [{"TemplateId": one, "SubscribeStatusString": status} | more for one in templates]
    world().pusher.subscribe_event(person.county, person.openid, event, name, entries)


@routes.get("/mock/inbox")
def inbox() -> Response:
    """The person's 服务通知, the newest first, labelled as on the card."""
    cards = []
    for send in world().ledger.of(request.args.get("openid", ""))[:100]:
        template = world().settings.templates.get(send["template"])
        labels = template.labels if template else {}
        fields = {labels.get(keyword, keyword): value for keyword, value in send["values"].items()}
        title = template.title if template else send["template"]
        cards.append(_card(send, title, fields))
    return jsonify(cards)


def _card(send: dict[str, Any], title: str, fields: dict[str, str]) -> dict[str, Any]:
    return {"at": send["at"], "template": send["template"], "title": title, "fields": fields, "page": send["page"]}
