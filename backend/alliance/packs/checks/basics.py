"""Small questions that several checks ask."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from backend.alliance.packs.positions import Path
from backend.alliance.packs.problems import Finding


def unique(section: str, path: Path, codes: Iterable[str], key: str = "code") -> Iterable[Finding]:
    """A finding for each code that stands a second time in the list."""
    seen: set[str] = set()
    for place, code in enumerate(codes):
        if code in seen:
            yield Finding(section, (*path, place, key), "duplicate", f"{code} 写了两次")
        seen.add(code)


def known(section: str, path: Path, codes: str | Iterable[str], among: Collection[str], what: str) -> Iterable[Finding]:
    """A finding for each code that the pack does not have; ``what`` says in Chinese of what kind."""
    single = isinstance(codes, str)
    for place, code in enumerate((codes,) if isinstance(codes, str) else codes):
        if code not in among:
            where = path if single else (*path, place)
            yield Finding(section, where, "unknown_reference", f"没有这个{what}：{code}")


def in_order(section: str, path: Path, first: object, last: object, text: str) -> Iterable[Finding]:
    """A finding when ``last`` comes before ``first`` (both of one kind that can be compared)."""
    if last < first:  # type: ignore[operator]
        yield Finding(section, path, "wrong_order", text)
