"""`@operation`: declares one API route — who may, what comes in, what goes out — and runs it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from uuid import UUID

from flask import Response, request
from pydantic import BaseModel, ValidationError

from backend.kernel.errors import LiandongError, Malformed
from backend.kernel.roles import Actor
from backend.store import access, idempotency
from backend.store.db import session, transaction
from backend.web import auth, list_traces, openapi, strict_json

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True, slots=True)
class Operation:
    """What a route declares; the tests of the whole house read it."""

    action: str
    public: bool
    idempotent: bool
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    answer: type[BaseModel] | None = None


def operation(
    action: str,
    *,
    summary: str,
    tag: str,
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    answer: type[BaseModel] | None = None,
    status: int = 200,
    public: bool = False,
    idempotent: bool | None = None,
    media_type: str | None = None,
    body_limit: int = strict_json.MAX_BYTES,
    before: Callable[[Any], Any] | None = None,
    at_once: Callable[..., idempotency.Answer | None] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare an API route.

    The view gets `actor` first, then path parameters, then `body=` / `query=` when declared,
    and returns the answer model (or a Response). One transaction spans the view. Public
    routes get an anonymous actor; every other needs the permission `action` in the catalogue.
    Unsafe routes of signed-in people need an Idempotency-Key unless idempotent=False.
    `before` gets the body and asks somebody outside (WeChat) while no session is open; its
    answer comes to the view as `prepared=`. A replay asks nobody.
    `at_once` gets a Wish and the path, and may answer the plainest case of a hot route without
    the transaction; None leaves it to the view, which must come to the same answer.
    """

    def declare(view: Callable[..., Any]) -> Callable[..., Any]:
        needs_key = (not public) if idempotent is None else idempotent
        declared = Operation(action, public, needs_key, body, query, answer)

        @wraps(view)
        def run(**path: Any) -> Response:
            raw = strict_json.read_body(body_limit) if request.method in UNSAFE else b""
            done = None if at_once is None else _try_at_once(at_once, body, raw, path)
            if done is not None:
                return _answered(done)
            outside: _Outside | None = None
            if before is not None:
                assert body is not None
                early = None if public else _look_early(action, raw, needs_key=needs_key)
                if early is not None:
                    return _replay(early)
                outside = _ask(before, _parse_body(body, raw))
            with transaction():
                actor = auth.anonymous() if public else auth.bearer_actor()
                if not public:
                    access.allow(actor, action)
                given = dict(path)
                slot = _slot(actor, raw) if needs_key and request.method in UNSAFE else None
                kept = idempotency.begin(session(), slot) if slot else None
                if kept is not None:
                    return _replay(kept)
                if body is not None:
                    given["body"] = _parse_body(body, raw)
                if query is not None:
                    given["query"] = _parse_query(query)
                if outside is not None:
                    given["prepared"] = outside.value()
                result = view(actor, **given)
                list_traces.trace_answer(actor, action, given.get("query"), result)
                response = _respond(result, status)
                if slot is not None:
                    idempotency.keep(session(), slot, _kept(response))
                return response

        run.operation = declared  # type: ignore[attr-defined]
        documented = openapi.document(
            run,
            summary=summary,
            tag=tag,
            body=body,
            query=query,
            answer=answer,
            status=status,
            public=public,
            needs_key=needs_key,
            media_type=media_type,
        )
        documented.operation = declared  # type: ignore[attr-defined]
        return documented

    return declare


@dataclass(frozen=True, slots=True)
class Wish:
    """A well-formed request that might be answered at once: who asks, under which key, what for."""

    credentials: auth.Credentials
    key: str
    body_hash: bytes
    body: Any


def _try_at_once(
    at_once: Callable[..., idempotency.Answer | None], model: type[BaseModel] | None, raw: bytes, path: dict[str, Any]
) -> idempotency.Answer | None:
    try:
        credentials = auth.bearer_credentials()
        key, fingerprint = _key(), _fingerprint(credentials.acting_for, raw)
        wish = Wish(credentials, key, fingerprint, None if model is None else _parse_body(model, raw))
    except (LiandongError, ValidationError):
        return None  # out of shape: the ordinary way says what, and in which order
    return at_once(wish, **path)


@dataclass(frozen=True, slots=True)
class _Outside:
    """What somebody outside answered; a refusal is kept until a twin's answer has been looked for."""

    answer: Any = None
    refusal: LiandongError | None = None

    def value(self) -> Any:
        if self.refusal is not None:
            raise self.refusal
        return self.answer


def _ask(before: Callable[[Any], Any], given: BaseModel) -> _Outside:
    try:
        return _Outside(before(given))
    except LiandongError as refusal:
        return _Outside(refusal=refusal)


def _look_early(action: str, raw: bytes, *, needs_key: bool) -> idempotency.Answer | None:
    """Refuse strangers, and find a kept answer, before anybody outside is asked."""
    with transaction():
        actor = auth.bearer_actor()
        access.allow(actor, action)
        return idempotency.look(session(), _slot(actor, raw)) if needs_key else None


def _slot(actor: Actor, raw: bytes) -> idempotency.Slot:
    assert actor.account_id is not None
    return idempotency.Slot(actor.county_id, actor.account_id, _key(), _fingerprint(actor.acting_for, raw))


def _key() -> str:
    key = request.headers.get("Idempotency-Key", "")
    if not (8 <= len(key) <= 255 and key.isascii() and key.isprintable()):
        raise Malformed("idempotency_key", "请求少了编号（Idempotency-Key），请更新小程序后再试。")
    return key


def _fingerprint(acting_for: UUID | None, raw: bytes) -> bytes:
    return idempotency.fingerprint(request.method, f"{request.full_path}|{acting_for or ''}", raw)


def _parse_body(model: type[BaseModel], raw: bytes) -> BaseModel:
    strict_json.require_json_type()
    strict_json.load(raw)
    # Strict, and as JSON: "28" is no number and 1 is no true, while a day is still written as text.
    return model.model_validate_json(raw, strict=True)


def _parse_query(model: type[BaseModel]) -> BaseModel:
    given: dict[str, Any] = {}
    for name, values in request.args.lists():
        if len(values) > 1:
            raise Malformed("query_twice", f"「{name[:40]}」给了两次。")
        if "\x00" in values[0]:
            raise Malformed("query_nul", "地址里有不能用的字符。")
        given[name] = values[0]
    return model.model_validate(given)


def _respond(result: Any, status: int) -> Response:
    if isinstance(result, Response):
        return result
    if result is None:
        return Response(status=204)
    assert isinstance(result, BaseModel)
    return _answered(rendered(result, status))


def rendered(result: BaseModel, status: int) -> idempotency.Answer:
    """Return an answer model as it goes out and is kept."""
    version = getattr(result, "version", None)
    etag = f'"{version}"' if isinstance(version, int) else None
    return idempotency.Answer(status, result.model_dump_json().encode(), etag)


def _answered(answer: idempotency.Answer) -> Response:
    response = Response(answer.body, status=answer.status, mimetype="application/json")
    if answer.etag:
        response.headers["ETag"] = answer.etag
    return response


def _kept(response: Response) -> idempotency.Answer:
    return idempotency.Answer(response.status_code, response.get_data(), response.headers.get("ETag"))


def _replay(kept: idempotency.Answer) -> Response:
    response = _answered(kept)
    response.headers["Idempotent-Replay"] = "true"
    return response


def expected_version() -> int | None:
    """Return the version the person looked at (If-Match), from 1 on, or None. Raises Malformed."""
    value = request.headers.get("If-Match")
    if value is None:
        return None
    digits = value.removeprefix("W/").strip('"')
    # Nothing has version 0: callers would take it for "no version was said".
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10 and int(digits) > 0):
        raise Malformed("if_match", "版本编号不对，请刷新后再试。")
    return int(digits)
