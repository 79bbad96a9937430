"""What the processes are told: the person's own settings stay, secrets are private and stay the same."""

import stat
from pathlib import Path

import pytest

from launcher.environment import chosen_ports, for_processes
from launcher.errors import LauncherError

URLS = {"database_url": "postgresql+psycopg://x@127.0.0.1/x", "redis_url": "redis://127.0.0.1/0"}


def told(state: Path, environ: dict[str, str]) -> dict[str, str]:
    return for_processes(chosen_ports(environ), state, embedded=True, environ=environ, **URLS)


def test_every_port_follows_from_one_number() -> None:
    ports = chosen_ports({"PORT": "9000"})
    assert (ports.web, ports.chat, ports.wechat_mock, ports.postgres, ports.valkey) == (9000, 9001, 9003, 9010, 9011)


@pytest.mark.parametrize("wrong", ["abc", "80", "65535", "-1", "9e3"])
def test_a_port_that_cannot_be_used_is_refused(wrong: str) -> None:
    with pytest.raises(LauncherError, match="PORT"):
        chosen_ports({"PORT": wrong})


def test_secrets_are_made_once_private_and_say_that_they_are_for_a_demonstration(tmp_path: Path) -> None:
    first, second = told(tmp_path, {}), told(tmp_path, {})
    assert first["LIANDONG_MASTER_KEY"].startswith("demo-only-")
    assert len(first["LIANDONG_MASTER_KEY"]) > 64
    assert first["LIANDONG_MASTER_KEY"] == second["LIANDONG_MASTER_KEY"]
    assert len(first["WECHAT_PUSH_AES_KEY"]) == 43
    assert stat.S_IMODE((tmp_path / "secrets" / "demo.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    other = told(tmp_path / "other", {})
    assert other["LIANDONG_MASTER_KEY"] != first["LIANDONG_MASTER_KEY"]


def test_what_the_person_has_set_stays(tmp_path: Path) -> None:
    env = told(tmp_path, {"LIANDONG_MASTER_KEY": "own", "WECHAT_APP_ID": "wxreal", "LIANDONG_DEMO": "0"})
    assert (env["LIANDONG_MASTER_KEY"], env["WECHAT_APP_ID"], env["LIANDONG_DEMO"]) == ("own", "wxreal", "0")
    assert "WECHAT_API" not in env


def test_without_an_app_of_its_own_wechat_is_stood_in_for(tmp_path: Path) -> None:
    env = told(tmp_path, {"PORT": "9100"})
    assert env["WECHAT_API"] == "http://127.0.0.1:9103"


def test_production_gets_no_secret_that_nobody_chose(tmp_path: Path) -> None:
    env = told(tmp_path, {"LIANDONG_PRODUCTION": "1"})
    assert "LIANDONG_MASTER_KEY" not in env
    assert env["LIANDONG_DEMO"] == ""
