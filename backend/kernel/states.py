"""Status moves in one place: a typed table (status, action) -> (status, who may)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from backend.kernel.errors import Conflict, Forbidden
from backend.kernel.roles import Actor, Role

Status = TypeVar("Status", bound=StrEnum)
Action = TypeVar("Action", bound=StrEnum)


@dataclass(frozen=True)
class Move(Generic[Status]):
    """Where an action leads, and the roles that may take it."""

    to: Status
    who: frozenset[Role]


class Transitions(Generic[Status, Action]):
    """A status machine as data: the only place where a feature's statuses may change."""

    def __init__(
        self,
        entity: str,
        start: Iterable[Status],
        moves: Mapping[tuple[Status, Action], Move[Status]],
    ) -> None:
        self.entity = entity
        self.start = frozenset(start)
        self.moves = dict(moves)

    def next(self, status: Status, action: Action, actor: Actor) -> Status:
        """Return the status that follows.

        Raises Conflict when the action does not fit the status, Forbidden when the actor's
        roles may not take it.
        """
        move = self.moves.get((status, action))
        if move is None:
            raise Conflict(
                "illegal_move",
                "这一步现在做不了：事情已经往前走了，请刷新后看最新进展。",
                extra={"entity": self.entity, "present": status, "action": action},
            )
        if actor.roles.isdisjoint(move.who):
            raise Forbidden("role_may_not", "这一步要由别的岗位来做。")
        return move.to

    def actions_from(self, status: Status, actor: Actor) -> tuple[Action, ...]:
        """Return the actions this actor's roles may take now, for `actions` in answers."""
        return tuple(
            action
            for (origin, action), move in self.moves.items()
            if origin is status and not actor.roles.isdisjoint(move.who)
        )

    def statuses(self) -> frozenset[Status]:
        """Return every status the table knows."""
        reached = {move.to for move in self.moves.values()}
        return frozenset(reached | self.start | {origin for origin, _ in self.moves})


def move(to: Status, *who: Role) -> Move[Status]:
    """Write one line of a table."""
    return Move(to, frozenset(who))
