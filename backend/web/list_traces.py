"""The trace of a list with names: who had it on the screen, of what, how many people. I-19."""

import json
from typing import Any
from uuid import UUID

from flask import request
from pydantic import BaseModel

from backend.kernel.roles import Actor, Role
from backend.store import audit
from backend.store.db import session
from backend.store.vault import vault
from backend.web.htmx import wants_part

NAMES = frozenset({"person", "patient", "resident", "resident_name", "namesake"})
"""Fields of an item by which a list of the API names people."""
_OWN_LISTS = frozenset({Role.ANONYMOUS, Role.RESIDENT})


def leave_trace(actor: Actor, action: str, people: int, **about: str) -> None:
    """Write down that somebody read a list of people, once a page; an empty list is nobody's.

    A page that was opened refreshes its part; that it is one is the browser's word only, so a part without its page
    is written down too. `about` holds codes and days, never what was typed.
    """
    if people == 0 or (wants_part() and _seen(actor, action, about)):
        return
    audit.record(session(), actor, action, audit.LIST, None, detail=about | {"people": people})


def trace_answer(actor: Actor, action: str, asked: Any, answer: Any) -> None:
    """Write down that staff got an answer of the API with a list of people in it, each page of it once an hour.

    Pulled down to refresh is the same look; asked in another way, for more of them or for another word, it is another.
    Of one's own family nothing is written: one may know it. When the list was asked for one resident, that person
    finds the look among who looked.
    """
    items = getattr(answer, "items", None)
    if request.method != "GET" or request.view_args or actor.roles <= _OWN_LISTS or not items:
        return
    if not isinstance(items[0], BaseModel) or NAMES.isdisjoint(type(items[0]).model_fields):
        return
    resident_id: UUID | None = getattr(asked, "resident_id", None)
    about = {
        "list": str(request.url_rule),
        "page": request.args.get("cursor", ""),
        "of": "" if resident_id is None else str(resident_id),
        "asked": _asked(),
    }
    if not _seen(actor, action, about):
        detail = about | {"people": len(items)}
        audit.record(session(), actor, action, audit.LIST, None, resident_id=resident_id, detail=detail)


def _asked() -> str:
    """Return a keyed word for how the list was narrowed: it tells two questions apart, and not what was typed."""
    given = sorted((name, value) for name, value in request.args.items() if name not in {"cursor", "resident_id"})
    return vault().blind_index("list asked", json.dumps(given)).hex()[:16] if given else ""


def _seen(actor: Actor, action: str, about: dict[str, str]) -> bool:
    return audit.seen_lately(session(), actor, action, audit.LIST, None, about)
