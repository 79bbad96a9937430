"""WeChat's addresses for who somebody is: login code, access token, phone number."""

import secrets

from flask import Blueprint, Response, jsonify, request

from standin.answers import body_under_token, caller_error, error, world

routes = Blueprint("login", __name__)


@routes.get("/sns/jscode2session")
def code_to_session() -> Response:
    """The openid behind a code of wx.login."""
    refused = caller_error(request.args)
    if refused or request.args.get("grant_type") != "authorization_code":
        return error(refused or 40002)
    openid, refused = world().login_codes.take(request.args.get("js_code"))
    if openid is None:
        return error(refused)
    world().saw(openid)
    return jsonify(openid=openid, session_key=secrets.token_urlsafe(16))


@routes.post("/cgi-bin/stable_token")
def stable_token() -> Response:
    """The token that is the same for every asker while it lives."""
    body = request.get_json(force=True, silent=True)
    if not isinstance(body, dict):
        return error(47001)
    refused = caller_error(body) or (0 if body.get("grant_type") == "client_credential" else 40002)
    if refused:
        return error(refused)
    token, refused = world().tokens.stable(force=body.get("force_refresh") is True)
    if token is None:
        return error(refused)
    return jsonify(access_token=token.value, expires_in=world().tokens.seconds_left(token))


@routes.get("/cgi-bin/token")
def classic_token() -> Response:
    """A new token of the old kind."""
    refused = caller_error(request.args)
    if refused or request.args.get("grant_type") != "client_credential":
        return error(refused or 40002)
    token = world().tokens.classic()
    return jsonify(access_token=token.value, expires_in=world().tokens.seconds_left(token))


@routes.post("/wxa/business/getuserphonenumber")
def phone_number() -> Response:
    """The number behind a code of the phone button."""
    body, refusal = body_under_token()
    if refusal is not None:
        return refusal
    number, refused = world().phone_codes.take(body.get("code"))
    if number is None:
        return error(40029 if refused else 47001)
    watermark = {"timestamp": int(world().clock.now()), "appid": world().settings.app_id}
    info = {"phoneNumber": number, "purePhoneNumber": number, "countryCode": "86", "watermark": watermark}
    return jsonify(errcode=0, errmsg="ok", phone_info=info)
