"""How often somebody may try something. Counted in Valkey; without it each process counts for itself."""

import hashlib
import threading
import time

import redis

from backend.kernel.errors import TooMany
from backend.web import live

_MOST_KEPT = 10_000
_lock = threading.Lock()
_counts: dict[str, tuple[int, int]] = {}


def hit(purpose: str, who: str, *, most: int, seconds: int) -> None:
    """Count one try of somebody. Raises TooMany after `most` tries in a window of so many seconds.

    Machine time. Who it is leaves this process as a digest only. A lost Valkey makes the brake coarser, never
    absent: what must not be guessed is also counted in PostgreSQL by the room that owns it.
    """
    window = int(time.time()) // seconds
    digest = hashlib.sha256(f"{purpose}\x00{who}".encode()).hexdigest()[:32]
    name = f"liandong:rate:{purpose}:{digest}:{window}"
    if _count(name, window, seconds) > most:
        minutes = max(1, seconds // 60)
        raise TooMany("too_often", f"试得太多了，请等 {minutes} 分钟再试。着急请找村医或卫生院。")


def _count(name: str, window: int, seconds: int) -> int:
    try:
        with live.valkey().pipeline() as pipe:
            pipe.incr(name)
            pipe.expire(name, seconds + 1)
            return int(pipe.execute()[0])
    except redis.RedisError:
        return _count_here(name, window)


def _count_here(name: str, window: int) -> int:
    with _lock:
        if len(_counts) >= _MOST_KEPT:
            _counts.clear()
        kept, count = _counts.get(name, (window, 0))
        count = count + 1 if kept == window else 1
        _counts[name] = (window, count)
        return count
