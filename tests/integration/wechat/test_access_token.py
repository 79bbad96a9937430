"""The token is fetched once for everybody, with Valkey or without, whoever dies meanwhile."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from backend.wechat.access_token import Grant, Token, TokenKeeper
from backend.wechat.errors import WeChatUnavailable
from tests.conftest import Servers
from tests.integration.wechat.rig import MESSAGE, SEND, TOKEN, Rig

APP = "wx-ours"
KEY = f"wechat:token:{APP}"


@pytest.fixture
def cache(running: Servers) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(running.redis_url) as client:
        client.delete(KEY, f"{KEY}:lock")
        yield client


class Counter:
    """Stands for WeChat's token address: counts, takes its time, gives a token."""

    def __init__(self, token: str = "T", seconds: int = 7200, takes: float = 0.05) -> None:
        self.asked = 0
        self._token, self._seconds, self._takes = token, seconds, takes
        self._lock = threading.Lock()

    def __call__(self) -> Grant:
        with self._lock:
            self.asked += 1
            number = self.asked
        time.sleep(self._takes)
        return Grant(f"{self._token}-{number}", self._seconds)


def _at_once(count: int, get: Callable[[int], Token]) -> set[str]:
    start = threading.Barrier(count)

    def one(number: int) -> str:
        start.wait()
        return get(number).value

    with ThreadPoolExecutor(count) as pool:
        return set(pool.map(one, range(count)))


def test_eight_cold_threads_fetch_exactly_one_token(rig: Rig) -> None:
    rig.token()
    rig.answers.post(SEND, json={"errcode": 0, "errmsg": "ok"})
    start = threading.Barrier(8)

    def send(_: int) -> str:
        start.wait()
        return rig.door.send(MESSAGE).outcome

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(send, range(8))) == {"sent"}
    assert (rig.calls(TOKEN), rig.calls(SEND)) == (1, 8)


def test_twenty_cold_threads_of_four_processes_fetch_exactly_one_token(cache: redis.Redis) -> None:
    ask = Counter()
    processes = [TokenKeeper(ask, cache, APP) for _ in range(4)]
    assert _at_once(20, lambda number: processes[number % 4].current()) == {"T-1"}
    assert ask.asked == 1


def test_threads_refused_together_renew_together(cache: redis.Redis) -> None:
    ask = Counter()
    processes = [TokenKeeper(ask, cache, APP) for _ in range(4)]
    refused = [process.current() for process in processes]
    found = _at_once(20, lambda number: processes[number % 4].renewed(refused[number % 4]))
    assert found == {"T-2"}
    assert ask.asked == 2


def test_without_valkey_each_process_asks_once_for_itself() -> None:
    for dead in (None, redis.Redis(port=1, socket_connect_timeout=0.2)):
        ask = Counter()
        process = TokenKeeper(ask, dead, APP)
        assert _at_once(8, lambda _, process=process: process.current()) == {"T-1"}
        assert ask.asked == 1


def test_token_that_runs_out_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    ask = Counter(seconds=7200, takes=0)
    process = TokenKeeper(ask, None, APP)
    clock = time.monotonic()
    monkeypatch.setattr("backend.wechat.access_token.time.monotonic", lambda: clock)
    assert process.current().value == "T-1"
    clock += 7200 - 240 - 1
    assert process.current().value == "T-1"
    clock += 2
    assert process.current().value == "T-2"


def test_published_token_ends_by_itself(cache: redis.Redis) -> None:
    TokenKeeper(Counter(seconds=7200, takes=0), cache, APP).current()
    assert cache.get(KEY) == b"T-1"
    assert 6900 < cache.ttl(KEY) <= 6960
    assert not cache.exists(f"{KEY}:lock")


def test_frozen_process_does_not_publish_its_old_token(cache: redis.Redis) -> None:
    def frozen() -> Grant:
        # Meanwhile its lock ran out, and another process fetched and published.
        cache.delete(f"{KEY}:lock")
        TokenKeeper(Counter("new", takes=0), cache, APP).current()
        return Grant("old", 7200)

    assert TokenKeeper(frozen, cache, APP).current().value == "old"
    assert cache.get(KEY) == b"new-1"


def test_failed_fetch_frees_the_turn_for_the_next(cache: redis.Redis) -> None:
    def broken() -> Grant:
        raise WeChatUnavailable("token", reached=False)

    with pytest.raises(WeChatUnavailable):
        TokenKeeper(broken, cache, APP).current()
    assert not cache.exists(f"{KEY}:lock")
    assert TokenKeeper(Counter(takes=0), cache, APP).current().value == "T-1"


def test_dead_holder_of_the_turn_blocks_nobody_for_ever(cache: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.wechat.access_token.LOCK_PATIENCE_SECONDS", 0.2)
    cache.set(f"{KEY}:lock", "dead", px=60_000)
    ask = Counter(takes=0)
    assert TokenKeeper(ask, cache, APP).current().value == "T-1"
    assert cache.get(f"{KEY}:lock") == b"dead"


def test_token_is_hidden_from_repr() -> None:
    assert "T-1" not in repr(Grant("T-1")) + repr(Token("T-1", 1))
