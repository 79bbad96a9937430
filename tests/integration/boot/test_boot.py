"""Production refuses what is only fit for a demonstration, each by name."""

import dataclasses
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Pool, event

from backend.app import create_app
from backend.boot import check_settings
from backend.config import BadSettings, Settings, load_settings
from backend.store.vault import configure_vault

SAFE = Settings(
    database_url="postgresql+psycopg://db/x",
    redis_url="redis://r/0",
    master_key="bWFzdGVyIGtleSBvZiBhIHJlYWwgY291bnR5ISEhISE=",
    production=True,
    wechat_app_id="wx1",
    wechat_app_secret="s",
)


def test_sound_settings_pass() -> None:
    check_settings(SAFE)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"embedded": True}, "LIANDONG_EMBEDDED"),
        ({"demo": True}, "LIANDONG_DEMO"),
        ({"debug": True}, "LIANDONG_DEBUG"),
        ({"master_key": "demo-only-1234"}, "LIANDONG_MASTER_KEY"),
        ({"wechat_mock_public": "http://127.0.0.1:8003"}, "WECHAT_API"),
        ({"wechat_api": "http://127.0.0.1:8003"}, "WECHAT_API"),
    ],
)
def test_each_unsafe_setting_is_refused_by_name(change: dict[str, object], name: str) -> None:
    with pytest.raises(BadSettings, match=name):
        check_settings(dataclasses.replace(SAFE, **change))


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL", "LIANDONG_MASTER_KEY"])
def test_a_missing_setting_is_named(name: str) -> None:
    given = {"DATABASE_URL": "postgres://db/x", "REDIS_URL": "redis://r", "LIANDONG_MASTER_KEY": "k"}
    assert load_settings(given).database_url == "postgresql+psycopg://db/x"
    with pytest.raises(BadSettings, match=name):
        load_settings({key: value for key, value in given.items() if key != name})


def test_a_database_that_may_lose_bookings_is_refused(app: Flask, settings: Settings) -> None:
    """The tests' own server is volatile, and production must not start on it."""
    wanted = dataclasses.replace(SAFE, database_url=settings.database_url, redis_url=settings.redis_url)
    opened: list[Any] = []

    def note(connection: Any, _: object) -> None:
        opened.append(connection)

    event.listen(Pool, "connect", note)
    try:
        with pytest.raises(BadSettings, match=r"fsync|synchronous_commit|full_page_writes"):
            create_app(wanted)
        assert [one.closed for one in opened] == [True], "nothing stays open of what did not start"
    finally:
        event.remove(Pool, "connect", note)
        configure_vault(settings.master_key, settings.cipher)  # the process has one vault: the tests' own
