"""`make help` names every target that a person may type, and the Procfile names every process."""

import re
import subprocess

from honcho.environ import parse_procfile

from launcher.places import CHECKOUT

PROMISED = {
    "run",
    "flask",
    "test",
    "bench",
    "prove",
    "lint",
    "types",
    "lock",
    "openapi",
    "permissions",
    "policy",
    "licences",
    "help",
}


def test_help_tells_every_promised_command() -> None:
    said = subprocess.run(["make", "help"], cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout
    assert set(re.findall(r"^  make (\S+)", said, re.MULTILINE)) == PROMISED


def test_procfile_names_every_process() -> None:
    names = list(parse_procfile((CHECKOUT / "Procfile").read_text()).processes)
    assert names == ["web", "chat", "relay", "clock", "wechat-mock"]
    assert names[0] == "web", "honcho gives $PORT itself to the first process only"
