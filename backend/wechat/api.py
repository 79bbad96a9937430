"""WeChat's pushes come in here, and the mini-program's word that a pop-up was accepted."""

import re
from pathlib import Path

import structlog
from flask import Blueprint, Response, abort, current_app, request

from backend.kernel.clock import machine_now
from backend.kernel.roles import Actor
from backend.store.db import session, transaction
from backend.web import strict_json
from backend.web.operations import operation
from backend.wechat import service
from backend.wechat.callback import LARGEST_BODY, CallbackKeys, PushRefused, answer_greeting, open_push
from backend.wechat.credits import Credit, Happening
from backend.wechat.door import callback_keys, templates
from backend.wechat.pushes import read_push
from backend.wechat.queries import credits_of
from backend.wechat.schemas import AcceptedBody, CreditAnswer, CreditsAnswer

routes = Blueprint("wechat", __name__)
log = structlog.get_logger()

_COUNTY = re.compile(r"[a-z][a-z0-9_]{0,31}")


@routes.get("/api/v1/subscribe-credits")
@operation("subscribe_credit.read", summary="看各类提醒还能发几次", tag="提醒", answer=CreditsAnswer)
def list_credits(actor: Actor) -> CreditsAnswer:
    return _answer(actor)


@routes.post("/api/v1/subscribe-credits")
@operation(
    "subscribe_credit.report",
    summary="报告在微信弹窗里同意了哪几类提醒",
    tag="提醒",
    body=AcceptedBody,
    answer=CreditsAnswer,
)
def report_accepted(actor: Actor, body: AcceptedBody) -> CreditsAnswer:
    person = service.person_of(session(), actor)
    accepted = [templates().templates[kind] for kind in set(body.templates)]
    for template in sorted(accepted, key=lambda one: one.template_id):
        service.happened(
            session(),
            actor.county_id,
            person,
            template.template_id,
            Happening.REPORTED_ACCEPT,
            long_term=template.long_term,
        )
    return _answer(actor)


def _answer(actor: Actor) -> CreditsAnswer:
    known = credits_of(session(), actor.county_id, service.person_of(session(), actor))
    answers = []
    for kind, template in templates().templates.items():
        credit = known.get(template.template_id, Credit(long_term=template.long_term))
        answers.append(
            CreditAnswer(
                kind=kind,
                template_id=template.template_id,
                remaining=credit.remaining,
                long_term=template.long_term,
            )
        )
    return CreditsAnswer(credits=answers)


@routes.get("/wechat/callback/<county>")
def greet(county: str) -> Response:
    """Answer the console's check of this address."""
    keys = _keys(county)
    try:
        return Response(answer_greeting(keys, request.args, machine_now()), mimetype="text/plain")
    except PushRefused as refused:
        return _refuse(refused)


@routes.post("/wechat/callback/<county>")
def hear(county: str) -> Response:
    """Take one push. WeChat repeats it until it hears `success`, so whatever fails here comes again."""
    keys = _keys(county)
    body = strict_json.read_body(LARGEST_BODY)
    try:
        push = read_push(open_push(keys, request.args, body, machine_now()))
    except PushRefused as refused:
        return _refuse(refused)
    with transaction() as current:
        service.hear(current, county, push)
    return Response("success", mimetype="text/plain")


def _keys(county: str) -> CallbackKeys:
    keys = callback_keys()
    counties = Path(current_app.config["SETTINGS"].counties_dir)
    if keys is None or not _COUNTY.fullmatch(county) or not (counties / county).is_dir():
        abort(404)
    return keys


def _refuse(refused: PushRefused) -> Response:
    log.warning("wechat_push_refused", reason=refused.reason)
    return Response(status=403)
