"""The door for browsers of this machine: who may call, and how a refusal is worded."""

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, jsonify, request

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Refusal(Exception):
    """A call that cannot be answered, with a sentence for the person at the browser."""

    def __init__(self, status: int, text: str) -> None:
        self.status = status
        super().__init__(text)


def install(app: Flask) -> None:
    """Open the door."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(ValueError, _malformed)
    app.after_request(_let_the_browser_in)


def body() -> dict[str, Any]:
    """The JSON object that was sent; raises Refusal."""
    found = request.get_json(force=True, silent=True)
    if not isinstance(found, dict):
        raise Refusal(400, "要一个 JSON 对象")
    return found


def _refused(error: Refusal) -> tuple[Response, int]:
    return jsonify(error=str(error)), error.status


def _malformed(error: ValueError) -> tuple[Response, int]:
    return jsonify(error=str(error)), 400


def _let_the_browser_in(response: Response) -> Response:
    """Pages of this machine may call the front door; WeChat's own addresses are for servers only."""
    origin = request.headers.get("Origin", "")
    if request.path.startswith("/mock/") and urlsplit(origin).hostname in LOOPBACK:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Headers"] = "Content-Type"
        response.headers["Access-Control-Allow-Methods"] = "GET, POST"
        response.headers["Access-Control-Max-Age"] = "600"
        response.headers["Vary"] = "Origin"
    response.headers["Cache-Control"] = "no-store"
    return response
