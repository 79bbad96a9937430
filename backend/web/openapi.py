"""The only file that knows the OpenAPI library. It documents; parsing and checking are ours."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from pydantic import BaseModel
from spectree import Response as Documented
from spectree import SecurityScheme, SpecTree, Tag
from spectree.models import SecureType, SecuritySchemeData

from backend import __name__ as _package


class SourceBody(BaseModel):
    """Whose rule it is."""

    id: str
    kind: str
    title: str
    document: str
    section: str
    sample: bool


class ViolationBody(BaseModel):
    """One broken rule: what, whose, and what to do instead."""

    rule: str
    text: str
    instead: str
    pointer: str | None
    source: SourceBody


class ProblemBody(BaseModel):
    """RFC 9457 problem with a stable code and Chinese that says what to do."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    violations: list[ViolationBody]
    request_id: str


def _name(model: type[Any]) -> str:
    return model.__name__.replace("[", "Of").replace("]", "").replace(", ", "And")


spec = SpecTree(
    "flask",
    title="联动 Liandong API",
    version="1",
    openapi_version="3.1.0",
    path="api/openapi",
    mode="strict",
    annotations=False,
    naming_strategy=_name,
    page_templates={},
    security_schemes=[SecurityScheme(name="bearer", data=SecuritySchemeData(type=SecureType.HTTP, scheme="bearer"))],
)

_ERRORS = ("400", "401", "403", "404", "409", "412", "422", "429", "503")
_summaries: dict[str, str] = {}


def document(
    view: Callable[..., Any],
    *,
    summary: str,
    tag: str,
    body: type[BaseModel] | None,
    query: type[BaseModel] | None,
    answer: type[BaseModel] | None,
    status: int,
    public: bool,
    needs_key: bool,
    media_type: str | None,
) -> Callable[..., Any]:
    """Attach the documentation of one operation to its view."""
    name = f"{view.__module__.removeprefix(_package + '.')}.{view.__name__}"
    answers: dict[str, Any] = {f"HTTP_{code}": ProblemBody for code in _ERRORS}
    answers[f"HTTP_{status if answer is not None or media_type else 204}"] = answer
    view.__doc__ = summary
    _extras[name] = (needs_key, media_type, status)
    documented: Callable[..., Any] = spec.validate(
        json=body,
        query=query,
        resp=Documented(**answers),
        tags=(Tag(name=tag),),
        security={} if public else {"bearer": []},
        skip_validation=True,
        operation_id=name,
    )(view)
    return documented


_extras: dict[str, tuple[bool, str | None, int]] = {}


def install(app: Flask) -> None:
    """Bind the specification to an app."""
    spec.app = app  # our own route serves the document, mended; the library's is not registered


def specification() -> dict[str, Any]:
    """Return the OpenAPI document, with what the library does not say put right."""
    document_ = dict(spec.spec)
    for path in document_["paths"].values():
        for operation_ in path.values():
            _mend(operation_)
    return document_


def _mend(operation_: dict[str, Any]) -> None:
    needs_key, media_type, status = _extras[operation_["operationId"]]
    for code, response in operation_["responses"].items():
        content = response.get("content")
        if code >= "400" and content and "application/json" in content:
            response["content"] = {"application/problem+json": content["application/json"]}
    if media_type:
        schema = {"type": "string", "format": "binary"}
        operation_["responses"][str(status)] = {
            "description": "OK",
            "content": {media_type: {"schema": schema}},
        }
        if media_type == "text/html":  # a page says on a page that there is nothing
            operation_["responses"]["404"]["content"][media_type] = {"schema": schema}
    if (needs_key and "requestBody" in operation_) or needs_key:
        parameters = operation_.setdefault("parameters", [])
        if not any(p["name"] == "Idempotency-Key" for p in parameters):
            parameters.append(
                {
                    "name": "Idempotency-Key",
                    "in": "header",
                    "required": True,
                    "description": "A new value for each act, kept and sent again on a retry.",
                    "schema": {"type": "string", "minLength": 8, "maxLength": 255},
                }
            )
