"""Publishing events: `within` handlers run now, `after` handlers get an outbox message."""

import dataclasses
from collections.abc import Callable, Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Any, get_type_hints
from uuid import UUID

from backend.kernel.events import Event
from backend.kernel.ids import new_id
from backend.store.db import session
from backend.store.outbox import enqueue

Handler = Callable[[Any], None]


class When(StrEnum):
    """Within the same transaction, or after it, at least once, by the relay."""

    WITHIN = "within"
    AFTER = "after"


@dataclasses.dataclass(frozen=True, slots=True)
class Subscription:
    """One line of the table: this event, that handler, when."""

    event: type[Event]
    handler: Handler
    when: When

    @property
    def kind(self) -> str:
        """Return the outbox kind of an `after` subscription, stable across releases."""
        module = self.handler.__module__.removeprefix("backend.")
        return f"event:{self.event.__name__}:{module}.{self.handler.__qualname__}"


_table: dict[type[Event], list[Subscription]] = {}
_by_kind: dict[str, Subscription] = {}


def configure(subscriptions: Iterable[Subscription]) -> None:
    """Set the process's subscriptions; called once by create_app."""
    _table.clear()
    _by_kind.clear()
    for line in subscriptions:
        _table.setdefault(line.event, []).append(line)
        if line.when is When.AFTER:
            _by_kind[line.kind] = line


def after_kinds() -> frozenset[str]:
    """Return every outbox kind that events may produce."""
    return frozenset(_by_kind)


def publish(event: Event) -> None:
    """Tell the house. A `within` handler that fails makes the whole change fail."""
    for line in _table.get(type(event), ()):
        if line.when is When.WITHIN:
            line.handler(event)
        else:
            enqueue(
                session(),
                event.county_id,
                line.kind,
                f"{line.kind}:{event.event_id}",
                _dump(event),
            )


def messages(event: Event) -> list[dict[str, Any]]:
    """Return an event's outbox rows, for a hot statement that writes them itself (speed.md §1).

    Raises RuntimeError when a `within` handler is subscribed: such a statement cannot run it.
    """
    lines = _table.get(type(event), ())
    if any(line.when is When.WITHIN for line in lines):
        raise RuntimeError(f"{type(event).__name__} comes from one statement and is told afterwards only")
    return [
        {
            "id": str(new_id()),
            "kind": line.kind,
            "dedupe_key": f"{line.kind}:{event.event_id}",
            "payload": _dump(event),
        }
        for line in lines
    ]


def handle_after(kind: str, payload: dict[str, Any]) -> None:
    """Run the handler of an outbox message of ours. Raises KeyError for an unknown kind."""
    line = _by_kind[kind]
    line.handler(_load(line.event, payload))


def _dump(event: Event) -> dict[str, Any]:
    def plain(value: Any) -> Any:
        if isinstance(value, UUID):
            return str(value)
        if isinstance(value, datetime | date):
            return value.isoformat()
        if isinstance(value, tuple):
            return [plain(item) for item in value]
        return value

    return {field.name: plain(getattr(event, field.name)) for field in dataclasses.fields(event)}


def _load(kind: type[Event], payload: dict[str, Any]) -> Event:
    hints = get_type_hints(kind)
    return kind(**{name: _typed(hints[name], value) for name, value in payload.items()})


def _typed(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    candidates = getattr(hint, "__args__", (hint,))
    if UUID in candidates and not isinstance(value, list):
        return UUID(value)
    if datetime in candidates:
        return datetime.fromisoformat(value)
    if date in candidates:
        return date.fromisoformat(value)
    if isinstance(value, list):
        return tuple(UUID(item) if UUID in candidates else item for item in value)
    for candidate in candidates:
        if isinstance(candidate, type) and issubclass(candidate, StrEnum):
            return candidate(value)
    return value
