"""The access token, fetched once for everybody.

`stable_token` in its normal mode gives every asker the same token while it lives, so a second fetch does no
harm; it is only wasteful. Within a process a lock lets one thread ask. Between processes a lock in Valkey does,
and a token is published only by whoever still holds that lock. Without Valkey each process asks for itself.
"""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import redis

# WeChat hands out a new token in the last 300 seconds of the old one, and both work: ask a little after that.
RENEW_BEFORE_SECONDS = 240
SHORTEST_SECONDS = 30
LOCK_MILLISECONDS = 15_000
LOCK_PATIENCE_SECONDS = 8.0
LOCK_PAUSE_SECONDS = 0.05

# Take the lock unless somebody has published another token than the refused one: {lock taken, token, ms left}.
_TAKE_TURN = """
local token, left = redis.call('GET', KEYS[2]), redis.call('PTTL', KEYS[2])
if token and token ~= ARGV[2] then return {0, token, left} end
local held = redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[3])
return {held and 1 or 0, '', 0}
"""
# Publish and let go, but only while the lock is still ours: a process that was frozen must not publish an old token.
_END_TURN = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] ~= '' then redis.call('SET', KEYS[2], ARGV[2], 'EX', ARGV[3]) end
return redis.call('DEL', KEYS[1])
"""


class Cache(Protocol):
    """What is needed of a Valkey client."""

    def eval(self, script: str, numkeys: int, *keys_and_args: str) -> Any:
        """Run a script on the server."""
        ...


@dataclass(frozen=True)
class Grant:
    """A token and how many seconds it lives."""

    token: str = field(repr=False)
    seconds: int = 7200

    @property
    def use_for(self) -> int:
        """Seconds to use it before asking again."""
        return max(SHORTEST_SECONDS, self.seconds - RENEW_BEFORE_SECONDS)


@dataclass(frozen=True)
class Token:
    """A token in use. The generation tells whether this process has renewed it since."""

    value: str = field(repr=False)
    generation: int


class TokenKeeper:
    """Keeps the token of one AppID. `ask` fetches one and raises a WeChatError; `cache` may be None or dead."""

    def __init__(self, ask: Callable[[], Grant], cache: Cache | None, app_id: str) -> None:
        self._ask = ask
        self._cache = cache
        self._key = f"wechat:token:{app_id}"
        self._lock_key = f"{self._key}:lock"
        self._lock = threading.Lock()
        self._token = Token("", 0)
        self._good_until = 0.0

    def current(self) -> Token:
        """A token that should work; at most one thread of all processes asks WeChat for it."""
        token = self._token
        if token.value and time.monotonic() < self._good_until:
            return token
        return self.renewed(token)

    def renewed(self, refused: Token) -> Token:
        """The token that replaces a refused one: somebody's newer one where there is one, else freshly asked for."""
        with self._lock:
            if self._token.generation != refused.generation:
                return self._token
            return self._from_others_or_wechat(refused.value)

    def _from_others_or_wechat(self, refused: str) -> Token:
        holder = secrets.token_hex(16)
        held, theirs = self._wait_for_turn(holder, refused)
        if theirs is not None:
            return self._keep(theirs)
        published = ("", "0")
        try:
            grant = self._ask()
            published = (grant.token, str(grant.use_for))
            return self._keep(grant)
        finally:
            if held:
                self._script(_END_TURN, holder, *published)

    def _wait_for_turn(self, holder: str, refused: str) -> tuple[bool, Grant | None]:
        """Whether the lock is ours, or the token that somebody else published meanwhile."""
        give_up = time.monotonic() + LOCK_PATIENCE_SECONDS
        while True:
            turn = self._script(_TAKE_TURN, holder, refused, str(LOCK_MILLISECONDS))
            if turn is None:
                return False, None
            held, token, left = turn
            if token:
                text = token.decode() if isinstance(token, bytes) else str(token)
                return False, Grant(text, RENEW_BEFORE_SECONDS + max(left // 1000, 0))
            if held or time.monotonic() >= give_up:
                return bool(held), None
            time.sleep(LOCK_PAUSE_SECONDS)

    def _script(self, script: str, *arguments: str) -> Any:
        """The script's answer, or None without Valkey: then each process asks WeChat for itself."""
        if self._cache is None:
            return None
        try:
            return self._cache.eval(script, 2, self._lock_key, self._key, *arguments)
        except redis.RedisError:
            return None

    def _keep(self, grant: Grant) -> Token:
        self._good_until = time.monotonic() + grant.use_for
        self._token = Token(grant.token, self._token.generation + 1)
        return self._token
