"""What is wrong with a pack: file, line, English code and Chinese reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic_core import ErrorDetails

from backend.alliance.packs.positions import Path


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault found by a check, before its line is known."""

    section: str
    path: Path
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class PackProblem:
    """A fault with its place; ``path`` is the key in the file."""

    file: str
    line: int
    code: str
    text: str
    path: str = ""

    def __str__(self) -> str:
        """One line for an operator's screen."""
        return f"{self.file}:{self.line}: [{self.code}] {self.text}"


class PackRefused(Exception):
    """A pack with faults; nothing of it is taken over."""

    def __init__(self, problems: Iterable[PackProblem]) -> None:
        """Keep every problem, in the order of files and lines."""
        self.problems = tuple(sorted(problems, key=lambda p: (p.file, p.line, p.code)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def path_text(path: Path) -> str:
    """A key path as a person writes it: chains[0].steps[1].order."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def from_pydantic(section: str, error: ErrorDetails) -> Finding:
    """A Chinese finding for a fault that pydantic found."""
    path = tuple(part for part in error["loc"] if part != "[key]")
    code, text = _reason(error["type"], error.get("ctx", {}), error.get("input"))
    name = path_text(path)
    return Finding(section, path, code, f"{name}：{text}" if name else text)


def _reason(kind: str, context: dict[str, object], value: object) -> tuple[str, str]:
    if kind == "missing":
        return "missing_key", "这一项必须写"
    if kind == "extra_forbidden":
        return "unknown_key", "没有这一项，请检查是否写错"
    if kind in ("literal_error", "enum"):
        return "not_allowed", f"只能写 {context.get('expected')}，现在写的是 {value!r}"
    if kind == "string_pattern_mismatch":
        return "wrong_form", f"写法不对：{value!r}"
    if kind in ("greater_than_equal", "greater_than"):
        return "out_of_range", f"不能小于 {context.get('ge', context.get('gt'))}，现在是 {value!r}"
    if kind in ("less_than_equal", "less_than"):
        return "out_of_range", f"不能大于 {context.get('le', context.get('lt'))}，现在是 {value!r}"
    if kind in ("string_too_short", "too_short"):
        return "empty", "不能空着"
    if kind in ("string_too_long", "too_long"):
        return "too_long", "写得太长"
    if kind.endswith(("_type", "_parsing", "_exact")) or kind == "int_from_float":
        return "wrong_type", f"类型不对（{kind}）：{value!r}"
    return "wrong_value", f"不能用的值（{kind}）：{value!r}"
