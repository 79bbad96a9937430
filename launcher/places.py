"""Where Liandong keeps what it writes: the state folder, and the servers' part of it."""

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from launcher.account import Account, can_reach

CHECKOUT = Path(__file__).resolve().parent.parent
_SYSTEM_STATE = Path("/var/lib/liandong")
# A socket's whole path must fit in 108 bytes, its own name `.s.PGSQL.65535` included.
_LONGEST_SOCKET_FOLDER = 90


def state_folder() -> Path:
    """The state folder: `LIANDONG_STATE`, or `.liandong` in the checkout."""
    moved = os.environ.get("LIANDONG_STATE", "").strip()
    return Path(moved).expanduser().absolute() if moved else CHECKOUT / ".liandong"


def make_private(folder: Path) -> Path:
    """Make a folder that only its owner may enter."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def servers_folder(state: Path, account: Account | None) -> Path:
    """Where the servers' files of this state live: in it, or in a system folder when the account cannot get there.

    Root's own home is closed to other accounts, and nobody widens its rights here.
    """
    made = not state.exists()
    state.mkdir(parents=True, exist_ok=True)
    if made:
        state.chmod(0o711 if account is not None else 0o700)
    if can_reach(state, account):
        return state
    name = hashlib.sha256(str(state.resolve()).encode()).hexdigest()[:12]
    elsewhere = _SYSTEM_STATE / name
    elsewhere.mkdir(parents=True, exist_ok=True)
    for folder in (_SYSTEM_STATE, elsewhere):
        folder.chmod(0o711)
    return elsewhere


class SocketFolder:
    """A private folder for a socket, with a path short enough for one."""

    def __init__(self, wanted: Path, account: Account | None) -> None:
        self._temporary = len(os.fsencode(wanted)) > _LONGEST_SOCKET_FOLDER
        self.path = Path(tempfile.mkdtemp(prefix="liandong-")) if self._temporary else make_private(wanted)
        if account is not None:
            account.owns(self.path)

    def remove(self) -> None:
        """Take it away again when it was made only for this run."""
        if self._temporary:
            shutil.rmtree(self.path, ignore_errors=True)
