"""Every rule has a known source, and a clause of another county never gets in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from backend.alliance.packs.national import national_prefixes, national_rules
from backend.alliance.packs.positions import Path
from backend.alliance.packs.problems import Finding

SETTING_PREFIX = "S"
QUOTED = re.compile(r"(?<![A-Za-z0-9])([A-Z]{2,4})-\d+\.\d[\w.]*")


def check_origin(raw: Mapping[str, Mapping[str, Any]]) -> Iterable[Finding]:
    """Walk the raw sections: unknown sources, foreign clauses, unconfirmed national rules."""
    own = raw.get("county", {}).get("clause_prefix")
    if not isinstance(own, str):
        return
    if own in national_prefixes() or own == SETTING_PREFIX:
        yield Finding("county", ("clause_prefix",), "reserved_prefix", f"{own} 是国家规定或本县设置的字头，不能用")
        return
    declared, findings = _declared(raw.get("sources", {}), own)
    yield from findings
    for name, content in raw.items():
        for path, value in _strings(content, ()):
            if _names_source(name, path):
                yield from _one_source(name, path, value, own, declared)
            elif not (name == "sources" and path[-1] == "id"):
                yield from _quoted(name, path, value, own)


def _declared(sources: Mapping[str, Any], own: str) -> tuple[set[str], list[Finding]]:
    declared: set[str] = set()
    findings: list[Finding] = []
    for key, prefix in (("clauses", own), ("settings", SETTING_PREFIX)):
        entries = sources.get(key)
        for place, entry in enumerate(entries if isinstance(entries, list) else ()):
            source_id = entry.get("id") if isinstance(entry, dict) else None
            if not isinstance(source_id, str):
                continue
            path: Path = (key, place, "id")
            if source_id in declared:
                findings.append(Finding("sources", path, "duplicate", f"{source_id} 写了两次"))
            if source_id.split("-", 1)[0] != prefix:
                code = "foreign_clause" if key == "clauses" else "wrong_form"
                text = (
                    f"{source_id} 不是本县文件的条款，不能写进来"
                    if key == "clauses"
                    else f"本县设置要以 S- 开头：{source_id}"
                )
                findings.append(Finding("sources", path, code, text))
            declared.add(source_id)
    return declared, findings


def _strings(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _strings(inner, (*path, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _strings(inner, (*path, place))


def _names_source(section: str, path: Path) -> bool:
    return path[-1] == "source" or (section == "sources" and path[0] == "rules")


def _one_source(section: str, path: Path, value: str, own: str, declared: set[str]) -> Iterable[Finding]:
    prefix = value.split("-", 1)[0]
    national = national_rules().get(value)
    if value in declared and prefix in (own, SETTING_PREFIX):
        return
    if national is not None:
        if national.certainty == "unconfirmed":
            yield Finding(section, path, "unconfirmed_rule", f"国家规定 {value} 还没有核实，只能写成本县设置")
    elif prefix in (own, SETTING_PREFIX) or prefix in national_prefixes():
        yield Finding(section, path, "unknown_source", f"出处 {value} 没有写在 sources.toml 里")
    else:
        yield Finding(section, path, "foreign_clause", f"{value} 不是本县的条款；只能用本县条款、国家规定或本县设置")


def _quoted(section: str, path: Path, value: str, own: str) -> Iterable[Finding]:
    for match in QUOTED.finditer(value):
        if match.group(1) != own:
            yield Finding(section, path, "foreign_clause", f"文字里出现了别县的条款 {match.group(0)}")
