"""Node from the wheel: npm's own scripts find both programs."""

import subprocess
import sys
from pathlib import Path

import pytest

from launcher import node


def test_npm_of_the_wheel_finds_itself_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program, npm = tmp_path / "wheel-node", tmp_path / "npm-cli.js"
    program.write_text('#!/bin/sh\necho "ran $*"\n')
    program.chmod(0o755)
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    shims = node._shims(program, npm)
    assert [shim.name for shim in shims] == ["node", "npm"]
    path = {"PATH": f"{shims[0].parent}:/usr/bin:/bin"}
    for command, answer in (("node a", "ran a\n"), ("npm run b", f"ran {npm} run b\n")):
        done = subprocess.run(["/bin/sh", "-c", command], env=path, capture_output=True, text=True, check=True)
        assert done.stdout == answer


@pytest.mark.parametrize("version", ["18.19.0", "22.1.0", ""])
def test_another_node_is_not_taken(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node, "_version", lambda program: version)
    monkeypatch.setattr(node.shutil, "which", lambda name: f"/usr/bin/{name}")
    assert node._on_machine() is None
