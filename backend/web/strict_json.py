"""Reading JSON strictly: what two parsers could read differently is refused with its reason."""

import json
from typing import Any, NoReturn

from flask import Request, Response, request

from backend.kernel.errors import Invalid, Malformed

MAX_BYTES = 256 * 1024
MAX_FILE_BYTES = 8 * 1024 * 1024
MAX_DEPTH = 32


def read_body(limit: int = MAX_BYTES) -> bytes:
    """Return the raw body, refusing one that is too long. Raises Malformed."""
    incoming: Request = request
    if incoming.content_length is not None and incoming.content_length > limit:
        raise Malformed("body_too_large", "提交的内容太大了，请删减后再试。")
    body = incoming.stream.read(limit + 1)
    if len(body) > limit:
        raise Malformed("body_too_large", "提交的内容太大了，请删减后再试。")
    return body


def load(body: bytes) -> Any:
    """Parse JSON bytes. Raises Malformed for duplicates, NaN, NUL, surrogates, depth, encoding."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("json_encoding", "提交的内容不是 UTF-8 文字，请更新后再试。") from error
    if text.startswith("\ufeff"):
        raise Malformed("json_encoding", "提交的内容开头有多余的字节，请更新后再试。")
    _check_depth(text)
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except Malformed:
        raise
    except (ValueError, RecursionError) as error:
        raise Malformed("json_syntax", "提交的内容格式不对，请重新填写后再试。") from error
    _check_values(value)
    return value


def require_json_type() -> None:
    """Refuse a body that is not declared as JSON: a form of another site cannot post it."""
    if request.mimetype != "application/json":
        raise Invalid("content_type", "请用 application/json 提交。")


def _check_depth(text: str) -> None:
    depth, inside, escaped = 0, False, False
    for character in text:
        if inside:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                inside = False
        elif character == '"':
            inside = True
        elif character in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise Malformed("json_depth", "提交的内容层数太多，请重新填写后再试。")
        elif character in "]}":
            depth -= 1


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise Malformed("json_duplicate_key", f"同一项「{key[:40]}」填了两次。")
        found[key] = value
    return found


def _no_constant(name: str) -> NoReturn:
    raise Malformed("json_constant", f"「{name}」不是数字，请填一个普通的数。")


def _check_values(value: Any) -> None:
    if isinstance(value, str):
        if "\x00" in value:
            raise Malformed("json_nul", "文字里有不能用的空字符，请删掉后再试。")
        if any(0xD800 <= ord(character) <= 0xDFFF for character in value):
            raise Malformed("json_surrogate", "文字里有坏掉的字符，请重新输入。")
    elif isinstance(value, float):
        if value in (float("inf"), float("-inf")):
            raise Malformed("json_number", "有个数太大了，请检查后再填。")
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_values(key)
            _check_values(item)
    elif isinstance(value, list):
        for item in value:
            _check_values(item)


def dump(value: Any) -> bytes:
    """Write JSON the one way we write it: UTF-8, unescaped, no spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def answer(value: Any, status: int = 200) -> Response:
    """Return a JSON response."""
    return Response(dump(value), status=status, mimetype="application/json")
