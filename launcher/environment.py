"""What every process is told: ports, addresses, secrets. What the person has set stays; the rest is made here."""

import json
import os
import secrets
import string
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from launcher.errors import LauncherError
from launcher.places import CHECKOUT, make_private
from launcher.ports import ADDRESS

DEFAULT_PORT = 8000
_HIGHEST_PORT = 65535 - 11
_LETTERS = string.ascii_letters + string.digits


@dataclass(frozen=True)
class Ports:
    """One number moves them all, so that two copies run side by side."""

    web: int

    @property
    def chat(self) -> int:
        """Sockets and server-sent events."""
        return self.web + 1

    @property
    def wechat_mock(self) -> int:
        """The stand-in for WeChat's own servers."""
        return self.web + 3

    @property
    def postgres(self) -> int:
        """The embedded database."""
        return self.web + 10

    @property
    def valkey(self) -> int:
        """The embedded Valkey."""
        return self.web + 11


def chosen_ports(environ: Mapping[str, str] = os.environ) -> Ports:
    """The ports that follow from `PORT`; a wrong number is refused."""
    given = environ.get("PORT", "").strip() or str(DEFAULT_PORT)
    if not given.isdecimal() or not 1024 <= int(given) <= _HIGHEST_PORT:
        raise LauncherError(
            f"PORT={given} is no port that can be used.", f"Give a number from 1024 to {_HIGHEST_PORT}."
        )
    return Ports(int(given))


def is_set(name: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a yes-or-no setting says yes."""
    return environ.get(name, "").strip().lower() in {"1", "true", "yes", "on"}


def for_processes(
    ports: Ports,
    state: Path,
    *,
    database_url: str,
    redis_url: str,
    embedded: bool,
    environ: Mapping[str, str] = os.environ,
) -> dict[str, str]:
    """The whole environment of the Procfile's processes."""
    web, wechat_mock = f"http://{ADDRESS}:{ports.web}", f"http://{ADDRESS}:{ports.wechat_mock}"
    production = is_set("LIANDONG_PRODUCTION", environ)
    made = {
        "PORT": str(ports.web),
        "CHAT_PORT": str(ports.chat),
        "LIANDONG_PUBLIC_URL": web,
        "LIANDONG_CHAT_URL": f"ws://{ADDRESS}:{ports.chat}",
        "LIANDONG_STATE": str(state),
        "LIANDONG_COUNTIES": str(CHECKOUT / "counties"),
        "LIANDONG_EMBEDDED": "1" if embedded else "",
        "LIANDONG_DEMO": "" if production else "1",
        "PROMETHEUS_MULTIPROC_DIR": str(_emptied(state / "metrics")),
        "PYTHONUNBUFFERED": "1",
    }
    if not production:
        made |= _kept_secrets(state)
    if uses_stand_in(environ):
        made |= {
            "WECHAT_MOCK_PORT": str(ports.wechat_mock),
            "WECHAT_API": wechat_mock,
            "WECHAT_MOCK_PUBLIC": wechat_mock,
        }
    # Seven processes import the same code: without the compiled files each would compile it again.
    given = {name: value for name, value in environ.items() if value and name != "PYTHONDONTWRITEBYTECODE"}
    path = f"{Path(sys.executable).parent}{os.pathsep}{environ.get('PATH', os.defpath)}"
    return made | given | {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "PATH": path}


_OURS = ("LIANDONG_", "WECHAT_", "DATABASE_URL", "REDIS_URL", "PORT", "CHAT_PORT")


def remember(state: Path, env: Mapping[str, str]) -> None:
    """Keep what the running processes were told, for commands typed beside them; readable by its owner only."""
    kept = make_private(state / "secrets") / "running.json"
    half = kept.with_suffix(".half")
    half.touch(0o600)
    half.write_text(json.dumps({name: value for name, value in env.items() if name.startswith(_OURS)}, indent=1))
    half.rename(kept)


def remembered(state: Path) -> dict[str, str]:
    """What the processes of this state were told at the last start. Raises LauncherError before the first."""
    kept = state / "secrets" / "running.json"
    if not kept.exists():
        raise LauncherError("Liandong has not been started here yet.", "Type: make run")
    told: dict[str, str] = json.loads(kept.read_text())
    return told


def uses_stand_in(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether WeChat is stood in for: it is as long as no real AppID is given."""
    return not environ.get("WECHAT_APP_ID", "").strip()


def _kept_secrets(state: Path) -> dict[str, str]:
    """Secrets of this state, made at the first run and readable by its owner only.

    Their beginning says that they are for a demonstration: production refuses such a key by name.
    """
    kept = make_private(state / "secrets") / "demo.json"
    if not kept.exists():
        made = {
            "LIANDONG_MASTER_KEY": f"demo-only-{secrets.token_hex(32)}",
            "WECHAT_APP_ID": f"wx{secrets.token_hex(8)}",
            "WECHAT_APP_SECRET": secrets.token_hex(16),
            "WECHAT_PUSH_TOKEN": secrets.token_hex(16),
            "WECHAT_PUSH_AES_KEY": "".join(secrets.choice(_LETTERS) for _ in range(43)),
        }
        half = kept.with_suffix(".half")
        half.touch(0o600)
        half.write_text(json.dumps(made, indent=1))
        half.rename(kept)
    stored: dict[str, str] = json.loads(kept.read_text())
    return stored


def _emptied(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.iterdir():
        left.unlink()
    return folder
