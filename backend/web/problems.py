"""Errors as RFC 9457 problems: one table from our errors to statuses, one body."""

from typing import Any

import structlog
from flask import Flask, Response, g, request
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from backend.kernel import errors
from backend.kernel.errors import LiandongError, Violation
from backend.web import strict_json

log = structlog.get_logger()

STATUS: dict[type[LiandongError], int] = {
    errors.Malformed: 400,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Stale: 412,
    errors.Invalid: 422,
    errors.RuleBroken: 422,
    errors.TooMany: 429,
    errors.Unavailable: 503,
}

_HTTP = {
    400: ("bad_request", "请求的格式不对，请刷新后再试。"),
    404: ("no_such_page", "没有这个地址，请回首页再找。"),
    405: ("method_not_allowed", "这个地址不能这样用，请回上一页。"),
    408: ("timeout", "网络太慢，没有收全，请再试一次。"),
    413: ("body_too_large", "提交的内容太大了，请删减后再试。"),
    414: ("address_too_long", "地址太长了，请回上一页。"),
    415: ("content_type", "请用 application/json 提交。"),
    429: ("too_many", "点得太快了，请过一会儿再试。"),
}

CONSTRAINTS: dict[str, tuple[str, str]] = {}
"""Constraint name -> (code, Chinese text); features add theirs so that the database may judge."""


def violation_body(violation: Violation) -> dict[str, Any]:
    """Return a violation as the API shows it."""
    source = violation.source
    return {
        "rule": violation.rule,
        "text": violation.text,
        "instead": violation.instead,
        "pointer": violation.pointer,
        "source": {
            "id": source.id,
            "kind": source.kind,
            "title": source.title,
            "document": source.document,
            "section": source.section,
            "sample": source.sample,
        },
    }


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    violations: list[dict[str, Any]] | None = None,
    extra: dict[str, Any] | None = None,
) -> Response:
    """Return an application/problem+json response."""
    body = {
        **(extra or {}),  # first: what RFC 9457 names is never replaced
        "type": f"/problems/{code}",
        "title": detail,
        "status": status,
        "detail": detail,
        "code": code,
        "violations": violations or [],
        "request_id": g.get("request_id", ""),
    }
    response = Response(strict_json.dump(body), status=status)
    response.mimetype = "application/problem+json"
    if status == 503:
        response.headers["Retry-After"] = "2"
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def as_liandong_error(error: Exception) -> LiandongError | None:
    """Translate what libraries raise into our own errors, or None for a real bug."""
    if isinstance(error, LiandongError):
        return error
    if isinstance(error, ValidationError):
        return _shape(error)
    if isinstance(error, IntegrityError):
        return _constraint(error)
    if isinstance(error, PoolTimeout | OperationalError):
        if "lock timeout" in str(error) or "deadlock detected" in str(error):
            return errors.Conflict("busy", "同一件事正有人在办，请过几秒再试。")
        return errors.Unavailable("database_away", "服务正在恢复，请过几秒再试，填好的内容还在。")
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return errors.Unavailable("database_away", "服务正在恢复，请过几秒再试，填好的内容还在。")
    return None


def _shape(error: ValidationError) -> LiandongError:
    from backend.web.wording import shape_violation  # noqa: PLC0415  keeps the table apart

    violations = [shape_violation(item) for item in error.errors()[:20]]
    return errors.Invalid("invalid", violations[0].text, violations=violations)


def _constraint(error: IntegrityError) -> LiandongError | None:
    name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    if name in CONSTRAINTS:
        return errors.Conflict(*CONSTRAINTS[name])
    return None


def respond(error: LiandongError) -> Response:
    """Return the problem of one of our errors."""
    return problem(
        STATUS[type(error)],
        error.code,
        error.message,
        violations=[violation_body(item) for item in error.violations],
        extra=error.extra,
    )


def install(app: Flask) -> None:
    """Let every error of the app become a problem; nothing internal leaves."""

    def handle(error: Exception) -> Response:
        ours = as_liandong_error(error)
        if ours is not None:
            return respond(ours)
        if isinstance(error, HTTPException) and error.code is not None and error.code < 500:
            code, text = _HTTP.get(error.code, ("refused", "这个请求办不了，请回上一页。"))
            response = problem(error.code, code, text)
            if error.code == 405 and error.response is None:
                response.headers["Allow"] = ", ".join(getattr(error, "valid_methods", None) or ())
            return response
        log.error("unexpected", route=str(request.url_rule), kind=type(error).__name__, exc_info=error)
        return problem(500, "unexpected", "服务出了点问题，我们已经记下。请过一会儿再试。")

    app.register_error_handler(Exception, handle)
