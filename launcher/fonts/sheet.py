"""Style sheets that name a font's pieces and the characters in each: read from packages, written for ours."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

_FACE = re.compile(r"@font-face\s*\{(.*?)\}", re.DOTALL)
_FILE = re.compile(r"url\(\s*['\"]?([^'\")]+\.woff2)")
_RANGE = re.compile(r"unicode-range:\s*([^;}]+)")


@dataclass(frozen=True)
class Face:
    """One piece of a font: its file, and its characters as CSS writes them (`U+4E00-4E10, U+4E20`)."""

    file: Path
    unicode_range: str

    def points(self) -> Iterator[int]:
        """The code points of its range."""
        for part in self.unicode_range.split(","):
            first, _, last = part.strip().upper().removeprefix("U+").partition("-")
            yield from range(int(first, 16), int(last or first, 16) + 1)


def read(css: Path) -> list[Face]:
    """The pieces that a package's style sheet names."""
    found = []
    for body in _FACE.findall(css.read_text()):
        file, points = _FILE.search(body), _RANGE.search(body)
        if file and points:
            found.append(Face((css.parent / file.group(1)).resolve(), " ".join(points.group(1).split())))
    return found


def write(family: str, faces: Iterable[Face]) -> str:
    """A style sheet of one family. All pieces claim all weights: a browser never mixes pieces of different claims."""
    return "".join(
        f'@font-face{{font-family:"{family}";font-style:normal;font-weight:100 900;font-display:swap;'
        f'src:url("{face.file.name}") format("woff2");unicode-range:{face.unicode_range}}}\n'
        for face in faces
    )


def ranges(points: Iterable[int]) -> str:
    """Code points as CSS writes them, runs drawn together."""
    runs = groupby(enumerate(sorted(points)), key=lambda pair: pair[1] - pair[0])
    ends = [(run[0][1], run[-1][1]) for run in (list(group) for _, group in runs)]
    return ",".join(f"U+{first:X}" if first == last else f"U+{first:X}-{last:X}" for first, last in ends)
