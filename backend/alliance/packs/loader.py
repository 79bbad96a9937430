"""Reads a county pack from its folder; a wrong one is refused whole, with file, line and reason."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from backend.alliance.packs.base import PackModel
from backend.alliance.packs.checks import core_checks
from backend.alliance.packs.checks.origin import check_origin
from backend.alliance.packs.pack import Pack, assemble, registered_checks, registered_sections
from backend.alliance.packs.positions import Positions, locate
from backend.alliance.packs.problems import (
    Finding,
    PackProblem,
    PackRefused,
    from_pydantic,
    path_text,
)

SYNTAX_PLACE = re.compile(r"\(at line (\d+), column \d+\)")


def load_pack(folder: Path) -> Pack:
    """Read and check every section of the folder.

    Raises PackRefused with every problem found, each with file, line, code and Chinese reason.
    """
    folder = Path(folder)
    known = registered_sections()
    problems = list(_stray_files(folder, known))
    raw: dict[str, dict[str, Any]] = {}
    texts: dict[str, str] = {}
    for name in known:
        try:
            text = (folder / f"{name}.toml").read_text(encoding="utf-8")
            raw[name] = tomllib.loads(text)
            texts[name] = text
        except FileNotFoundError:
            problems.append(_problem(folder, name, 1, "missing_file", "缺少这个文件"))
        except UnicodeDecodeError:
            problems.append(_problem(folder, name, 1, "not_utf8", "文件要用 UTF-8 保存"))
        except tomllib.TOMLDecodeError as error:
            found = SYNTAX_PLACE.search(str(error))
            line = int(found.group(1)) if found else 1
            problems.append(_problem(folder, name, line, "syntax", f"写法有错：{error}"))

    models, findings = _validate(raw)
    findings.extend(check_origin(raw))
    if not problems and not findings:
        pack = assemble(models)
        findings.extend(_folder_name(folder, pack))
        for check in (*core_checks(), *registered_checks()):
            findings.extend(check(pack))
        if not findings:
            return pack
    places = {name: locate(texts[name]) for name in {finding.section for finding in findings} if name in texts}
    raise PackRefused([*problems, *(_place(folder, places, finding) for finding in findings)])


def pack_from_document(document: Mapping[str, Any]) -> Pack:
    """A pack from the JSON kept in PackVersion; ValidationError when the code has moved on."""
    models = {
        name: model.model_validate_json(json.dumps(document[name])) for name, model in registered_sections().items()
    }
    return assemble(models)


def _validate(raw: Mapping[str, Any]) -> tuple[dict[str, PackModel], list[Finding]]:
    models: dict[str, PackModel] = {}
    findings: list[Finding] = []
    for name, content in raw.items():
        try:
            models[name] = registered_sections()[name].model_validate(content)
        except ValidationError as error:
            findings.extend(from_pydantic(name, detail) for detail in error.errors())
    return models, findings


def _stray_files(folder: Path, known: Mapping[str, object]) -> Iterable[PackProblem]:
    if not folder.is_dir():
        yield PackProblem(str(folder), 1, "no_folder", "没有这个文件夹")
        return
    for path in sorted(folder.glob("*.toml")):
        if path.stem not in known:
            yield _problem(folder, path.stem, 1, "unknown_file", "不认识的文件，请检查名字")


def _folder_name(folder: Path, pack: Pack) -> Iterable[Finding]:
    if folder.resolve().name != pack.county.id:
        yield Finding("county", ("id",), "folder_name", f"文件夹要叫 {pack.county.id}")


def _problem(folder: Path, section: str, line: int, code: str, text: str) -> PackProblem:
    return PackProblem(str(folder / f"{section}.toml"), line, code, text)


def _place(folder: Path, places: Mapping[str, Positions], finding: Finding) -> PackProblem:
    positions = places.get(finding.section, Positions())
    return PackProblem(
        file=str(folder / f"{finding.section}.toml"),
        line=positions.line(finding.path),
        code=finding.code,
        text=finding.text,
        path=path_text(finding.path),
    )
