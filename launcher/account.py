"""As whom the database servers run: PostgreSQL refuses to run as root, so root drops its rights."""

import os
import pwd
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Account:
    """An unprivileged account that root hands the servers to."""

    name: str
    user: int
    group: int

    def owns(self, path: Path) -> None:
        """Give one file or folder to this account."""
        os.chown(path, self.user, self.group)


def dropped() -> Account | None:
    """The account the servers run as when we are root; None when we simply run them as ourselves."""
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def spawn(
    command: Sequence[str | Path],
    account: Account | None,
    *,
    stdin: int | None = subprocess.DEVNULL,
    stdout: int | None = None,
    stderr: int | None = None,
    cwd: Path = Path("/"),
    env: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a command with the account's rights and no more, and with none of our environment unless `env` is given.

    It gets a session of its own, so that Ctrl-C at the terminal reaches us and not the servers: we stop them last.
    """
    return subprocess.Popen(
        [str(word) for word in command],
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        cwd=cwd,
        env=env or {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
        start_new_session=True,
        user=account.user if account else None,
        group=account.group if account else None,
        extra_groups=[] if account else None,
    )


def succeeds(command: Sequence[str | Path], account: Account | None) -> bool:
    """Whether the account can run the command at all: asked by running it, which no reading of modes can replace."""
    try:
        child = spawn(command, account, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except OSError:
        return False
    return child.wait() == 0


def can_reach(folder: Path, account: Account | None) -> bool:
    """Whether the account may step into an existing folder (every folder above it must let it pass)."""
    return account is None or succeeds(["/bin/sh", "-c", 'cd "$1"', "sh", folder], account)
