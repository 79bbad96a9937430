"""When a call to WeChat has to rest: a used-up quota, or a line that keeps breaking.

Kept in the memory of each process: a process that does not know yet learns it with one refused call.
"""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from backend.wechat.errors import QuotaUsedUp, WeChatUnavailable

BEIJING = ZoneInfo("Asia/Shanghai")
FAILURES_BEFORE_REST = 5
REST_AFTER_FAILURES = timedelta(seconds=15)


def beijing_midnight(now: datetime) -> datetime:
    """The next midnight in Beijing, when WeChat's day quotas start afresh."""
    tomorrow = now.astimezone(BEIJING).date() + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=BEIJING).astimezone(now.tzinfo)


def next_minute(now: datetime) -> datetime:
    """The start of the next minute, and up to five seconds more so that not everyone comes back at once."""
    start = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return start + timedelta(seconds=random.uniform(0, 5))  # noqa: S311 - spreads load, guards nothing


@dataclass
class _Rest:
    failures: int = 0
    until: datetime | None = None
    errcode: int | None = None


class Brakes:
    """One memory per process, asked before every call. `now` gives machine time."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._rests: dict[str, _Rest] = {}
        self._lock = threading.Lock()

    def check(self, call: str) -> None:
        """Raise QuotaUsedUp or WeChatUnavailable while the call rests; one caller at a time tries a broken line."""
        with self._lock:
            rest = self._rests.get(call)
            if rest is None or rest.until is None:
                return
            now = self._now()
            if now >= rest.until:
                rest.until = now + REST_AFTER_FAILURES if rest.failures >= FAILURES_BEFORE_REST else None
                return
            if rest.errcode is not None:
                raise QuotaUsedUp(call, rest.errcode, rest.until)
            raise WeChatUnavailable(call, reached=False)

    def quota_used_up(self, call: str, errcode: int, until: datetime) -> None:
        """Let the call rest until then."""
        with self._lock:
            self._rests[call] = _Rest(until=until, errcode=errcode)

    def line_broke(self, call: str) -> None:
        """Count a broken line; after five in a row the call rests for fifteen seconds."""
        with self._lock:
            rest = self._rests.setdefault(call, _Rest())
            rest.failures += 1
            if rest.failures >= FAILURES_BEFORE_REST:
                rest.until, rest.errcode = self._now() + REST_AFTER_FAILURES, None

    def answered(self, call: str) -> None:
        """Forget the broken lines: WeChat answered."""
        if call in self._rests:
            with self._lock:
                rest = self._rests.get(call)
                if rest is not None and rest.errcode is None:
                    del self._rests[call]
