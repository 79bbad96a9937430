"""Identifiers: UUID v7, made in Python so that every PostgreSQL version serves."""

import os
import threading
import time
from uuid import UUID

_lock = threading.Lock()
_last = 0


def new_id() -> UUID:
    """Return a UUID v7 (RFC 9562), increasing within one process."""
    global _last  # noqa: PLW0603  one counter a process is the point
    with _lock:
        # 60 bits: milliseconds and a 12-bit sub-millisecond counter, never going back.
        stamp = (time.time_ns() // 1_000_000) << 12
        _last = max(stamp, _last + 1)
        stamp = _last
    random = int.from_bytes(os.urandom(8)) & ((1 << 62) - 1)
    value = (stamp >> 12) << 80 | 0x7 << 76 | (stamp & 0xFFF) << 64 | 0b10 << 62 | random
    return UUID(int=value)
