"""Cuts, joins and rewrites TrueType fonts; outlines are carried over as bytes and never redrawn."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph

# Ligatures, kerning and vertical setting: nothing that a name on a page or in a PDF needs.
_LAYOUT = ("GSUB", "GPOS", "GDEF", "BASE", "STAT", "vhea", "vmtx")
_PIECE = 512
# What a font tells its reader to make room for: of joined pieces the most that one of them needs.
_ROOM = ("maxPoints", "maxContours", "maxZones", "maxTwilightPoints", "maxStorage", "maxFunctionDefs")
_MORE_ROOM = ("maxStackElements", "maxSizeOfInstructions")


def characters(source: Path) -> set[int]:
    """The code points that a font can draw."""
    with TTFont(source, lazy=True) as font:
        return set(font.getBestCmap())


def strip(source: Path, target: Path) -> None:
    """Copy a font without its layout tables."""
    with TTFont(source, lazy=True) as font:
        for table in _LAYOUT:
            if table in font:
                del font[table]
        font.save(target)


def pieces(source: Path, points: Sequence[int], folder: Path, prefix: str) -> Iterator[tuple[Sequence[int], Path]]:
    """Cut the characters of a font into small files for pages; yields each part with its file."""
    parts = [points[start : start + _PIECE] for start in range(0, len(points), _PIECE)]
    files = [folder / f"{prefix}-{number:02d}.woff2" for number in range(len(parts))]
    with ProcessPoolExecutor() as workers:
        list(workers.map(_cut, [source] * len(parts), parts, files))
    yield from zip(parts, files, strict=True)


def join(files: Sequence[Path], target: Path, family: str) -> None:
    """Join the pieces of one font into one TrueType file, each character once."""
    whole = _Piece({}, {}, {})
    with ProcessPoolExecutor() as workers:
        for piece in workers.map(_read, files):
            for name in _ROOM + _MORE_ROOM:
                whole.room[name] = max(whole.room.get(name, 0), piece.room[name])
            whole.outlines.update(piece.outlines)
            whole.widths.update(piece.widths)
    with TTFont(files[0]) as first:
        _save(first, whole, family, target)


@dataclass(frozen=True)
class _Piece:
    """A font's outlines and widths by code point (0 is the box for what is missing), and the room they need."""

    outlines: dict[int, bytes]
    widths: dict[int, tuple[int, int]]
    room: dict[str, int]


def _save(first: TTFont, whole: _Piece, family: str, target: Path) -> None:
    """Write the joined font; measures and hinting programs are those that all pieces share."""
    names = {point: f"u{point:05X}" if point else ".notdef" for point in sorted(whole.outlines)}
    built = FontBuilder(first["head"].unitsPerEm, isTTF=True)
    built.font.recalcBBoxes = False  # it would unpack every outline
    built.setupGlyphOrder(list(names.values()))
    built.setupCharacterMap({point: name for point, name in names.items() if point})
    glyphs = {name: Glyph(whole.outlines[point]) for point, name in names.items()}
    built.setupGlyf(glyphs, calcGlyphBounds=False, validateGlyphFormat=False)
    built.setupHorizontalMetrics({name: whole.widths[point] for point, name in names.items()})
    built.setupHorizontalHeader(ascent=first["hhea"].ascent, descent=first["hhea"].descent)
    built.setupNameTable({"familyName": family, "styleName": "Regular"})
    built.setupOS2(sTypoAscender=first["hhea"].ascent, sTypoDescender=first["hhea"].descent)
    built.setupPost(keepGlyphNames=False)
    for table in ("fpgm", "prep", "cvt ", "gasp"):
        if table in first:
            built.font[table] = first[table]
    for name, most in whole.room.items():
        setattr(built.font["maxp"], name, most)
    for edge in ("xMin", "yMin", "xMax", "yMax"):
        setattr(built.font["head"], edge, getattr(first["head"], edge))
    built.save(target)


def _read(file: Path) -> _Piece:
    with TTFont(file) as font:
        outlines, where, widths = font.reader["glyf"], font["loca"].locations, font["hmtx"]
        found = _Piece({}, {}, {name: getattr(font["maxp"], name) for name in _ROOM + _MORE_ROOM})
        for point, name in {0: ".notdef", **font.getBestCmap()}.items():
            number = font.getGlyphID(name)
            found.outlines[point] = outlines[where[number] : where[number + 1]]
            found.widths[point] = widths[name]
        return found


def _cut(source: Path, points: Sequence[int], file: Path) -> None:
    options = Options(layout_features=[], drop_tables=[*Options._drop_tables_default, *_LAYOUT], hinting=False)
    with TTFont(source, lazy=True) as font:
        cutter = Subsetter(options)
        cutter.populate(unicodes=points)
        cutter.subset(font)
        font.flavor = "woff2"
        font.save(file)
