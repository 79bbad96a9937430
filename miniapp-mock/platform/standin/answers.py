"""How WeChat answers: always with 200, an error in `errcode`."""

import secrets
from typing import Any

from flask import Response, current_app, jsonify, request

from standin.world import World

MESSAGES = {
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40013: "invalid appid",
    40029: "invalid code",
    40037: "invalid template_id",
    40097: "invalid args",
    40125: "invalid appsecret",
    40129: "invalid scene",
    40163: "code been used",
    40165: "invalid weapp pagepath",
    41001: "access_token missing",
    41030: "invalid page",
    42001: "access_token expired",
    43101: "user refuse to accept the msg",
    44002: "empty post data",
    45009: "reach max api daily quota limit",
    47001: "data format error",
    61010: "code is expired",
}


def world() -> World:
    """The memory of the running stand-in."""
    found: World = current_app.extensions["world"]
    return found


def error(errcode: int, message: str | None = None) -> Response:
    """An error as WeChat words it, with a request id at its end."""
    return jsonify(errcode=errcode, errmsg=f"{message or MESSAGES[errcode]} rid: {secrets.token_hex(4)}-0")


def caller_error(given: Any) -> int:
    """0 where AppID and secret are ours."""
    settings = world().settings
    if given.get("appid") != settings.app_id:
        return 40013
    same = secrets.compare_digest(str(given.get("secret") or "").encode(), settings.app_secret.encode())
    return 0 if same else 40125


def body_under_token() -> tuple[dict[str, Any], Response | None]:
    """The JSON body, and the refusal where the token or the body is wrong."""
    refused = world().tokens.error_of(request.args.get("access_token"))
    if refused:
        return {}, error(refused)
    body = request.get_json(force=True, silent=True)
    return (body, None) if isinstance(body, dict) else ({}, error(47001))
