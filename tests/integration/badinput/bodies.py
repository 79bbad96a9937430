"""Bodies and queries that have the right shape, made from the models themselves, and every place in them."""

import copy
import enum
import itertools
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from tests.integration.badinput import values

Path = tuple[str | int, ...]
_UNIONS = (Union, types.UnionType)
_PLAIN: dict[type, Any] = {
    str: "hypertension",
    int: 28,
    float: 1.0,
    Decimal: 1,
    bool: True,
    date: "2026-11-24",
    datetime: "2026-11-24T10:00:00+08:00",
    time: "08:30:00",
    UUID: "01900000-0000-7000-8000-000000000000",
}


@dataclass(frozen=True)
class Place:
    """One place of a body: where, what it is called, and of which kind."""

    path: Path
    name: str
    kind: type

    def __str__(self) -> str:
        return "/".join(str(part) for part in self.path)


def bare(annotation: Any) -> Any:
    """A field's type without Optional and Annotated; of several, the first."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation = get_args(annotation)[0]
        elif origin in _UNIONS:
            annotation = next(one for one in get_args(annotation) if one is not type(None))
        else:
            return annotation


def shaped(model: type[BaseModel], known: Mapping[str, Any]) -> dict[str, Any]:
    """What has the shape of a model: `known` by field name where given, else something plain of the type.

    Fields with a default are left out, unless their value is known.
    """
    given: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        if name in known:
            given[name] = known[name]
        elif field.is_required():
            given[name] = _plain(field, known)
    return given


def _plain(field: FieldInfo, known: Mapping[str, Any]) -> Any:
    return _of_type(bare(field.annotation), known)


def _of_type(kind: Any, known: Mapping[str, Any]) -> Any:
    origin = get_origin(kind)
    if origin is Literal:
        return get_args(kind)[0]
    if origin is list:
        return [_of_type(bare(get_args(kind)[0]), known)]
    if origin is dict:
        return {}
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return next(iter(kind)).value
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return shaped(kind, known)
    return _PLAIN[kind]


def places(model: type[BaseModel], before: Path = ()) -> Iterator[Place]:
    """Every place of a model, those inside lists and inner models too."""
    for name, field in model.model_fields.items():
        yield from _inside(bare(field.annotation), (*before, name), name)


def _inside(kind: Any, path: Path, name: str) -> Iterator[Place]:
    origin = get_origin(kind)
    if origin is list:
        yield Place(path, name, list)
        yield from _inside(bare(get_args(kind)[0]), (*path, 0), name)
    elif origin is dict:
        yield Place(path, name, dict)
        yield from _inside(bare(get_args(kind)[1]), (*path, "systolic"), name)
    elif origin is Literal or (isinstance(kind, type) and issubclass(kind, enum.Enum)):
        yield Place(path, name, enum.Enum)
    elif isinstance(kind, type) and issubclass(kind, BaseModel):
        yield Place(path, name, dict)
        yield from places(kind, path)
    else:
        yield Place(path, name, kind)


def fitting(place: Place) -> Iterator[tuple[str, Any]]:
    """Every nasty value for a place, with its name."""
    yield from values.WRONG_TYPES.items()
    if place.kind is str:
        yield from values.TEXTS.items()
        if "name" in place.name or place.name in {"household_head", "witness", "interpreter"}:
            yield from values.NAMES.items()
        elif "phone" in place.name or place.name == "contact":
            yield from values.PHONES.items()
        elif "number" in place.name or "digits" in place.name or place.name == "text":
            yield from values.ID_NUMBERS.items()
        else:
            yield from values.CODES.items()
    elif place.kind in {int, float, Decimal}:
        yield from values.NUMBERS.items()
    elif place.kind is date:
        yield from values.DATES.items()
    elif place.kind in {datetime, time}:
        yield from values.TIMES.items()
    elif place.kind is UUID:
        yield from values.IDS.items()
    elif place.kind in {enum.Enum, dict}:
        yield from values.CODES.items()


def with_value(body: Any, path: Path, value: Any, model: type[BaseModel], known: Mapping[str, Any]) -> Any:
    """The body with one place set, the containers on the way made where they were left out."""
    changed = copy.deepcopy(body)
    whole = changed
    for step, following in itertools.pairwise(path):
        if isinstance(whole, list):
            while len(whole) <= int(step):
                whole.append({} if isinstance(following, str) else [])
        elif not isinstance(whole.get(step), dict | list):
            whole[step] = _container(model, path, step, following, known)
        whole = whole[step]  # type: ignore[index]
    last = path[-1]
    if isinstance(whole, list):
        whole[: int(last) + 1] = [value]
    else:
        whole[last] = value
    return changed


def _container(
    model: type[BaseModel], path: Path, step: str | int, following: str | int, known: Mapping[str, Any]
) -> Any:
    if len(path) > 1 and path[0] == step and step in model.model_fields:
        kind = bare(model.model_fields[str(step)].annotation)
        if get_origin(kind) in {list, dict} or (isinstance(kind, type) and issubclass(kind, BaseModel)):
            return _of_type(kind, known)
    return {} if isinstance(following, str) else []
