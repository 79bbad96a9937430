"""How the referred patients' share of a session becomes places with times. XM-5.4b, MS-4.2.1. Pure."""

from dataclasses import dataclass
from datetime import time

_SHORTEST = 15
_ROUND = 5


@dataclass(frozen=True, slots=True)
class Slice:
    """Some places at one time of the day, in the county's wall time."""

    start: time
    places: int


def share(capacity: int, percent: int) -> int:
    """Return how many places of a session are kept: never less than the percentage promises."""
    return -(-capacity * percent // 100)


def spread(start: time, end: time, places: int) -> tuple[Slice, ...]:
    """Spread places evenly over a session, on times people can remember (every five minutes).

    A quarter of an hour is the shortest step; beyond that several places share a time. Earlier times get the rest.
    """
    if places < 1:
        return ()
    length = (end.hour * 60 + end.minute) - (start.hour * 60 + start.minute)
    steps = max(1, min(places, length // _SHORTEST))
    step = max(_ROUND, length // steps // _ROUND * _ROUND)
    each, more = divmod(places, steps)
    first = start.hour * 60 + start.minute
    return tuple(
        Slice(time(*divmod(first + number * step, 60)), each + (1 if number < more else 0)) for number in range(steps)
    )
