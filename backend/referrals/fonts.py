"""The two fonts of a PDF: everyday characters, and rare ones of names; each text is split between them."""

import threading
from itertools import groupby
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from backend.kernel.errors import Unavailable

COMMON, BOLD, RARE = "LiandongCommon", "LiandongBold", "LiandongRare"
_FILES = {COMMON: "common.ttf", BOLD: "common-bold.ttf", RARE: "rare.ttf"}
_FOLDER = Path(__file__).parents[1] / "web" / "static" / "build" / "fonts"
_lock = threading.Lock()


def font(name: str) -> TTFont:
    """Return a font, read once a process. Raises Unavailable when the fonts were not built on this machine."""
    with _lock:
        if name not in pdfmetrics.getRegisteredFontNames():
            path = _FOLDER / _FILES[name]
            if not path.is_file():
                raise Unavailable("fonts_missing", "打印要用的字体还没有准备好，请管理员运行一次 make run 再试。")
            pdfmetrics.registerFont(TTFont(name, str(path)))
        found: TTFont = pdfmetrics.getFont(name)
    return found


def runs(text: str, *, bold: bool = False) -> list[tuple[str, str]]:
    """Return a text in pieces of (font, characters); what no font has is drawn as a box with the rest readable."""
    everyday = BOLD if bold else COMMON
    known = font(everyday).face.charToGlyph

    def of(character: str) -> str:
        return everyday if ord(character) in known or ord(character) < 32 else RARE

    pieces = [(name, "".join(part)) for name, part in groupby(text, key=of)]
    for name, _ in pieces:
        font(name)
    return pieces


def missing(text: str) -> set[str]:
    """Return the characters that neither font can draw: for the test that none is lost."""
    common, rare = font(COMMON).face.charToGlyph, font(RARE).face.charToGlyph
    return {one for one in text if ord(one) >= 32 and ord(one) not in common and ord(one) not in rare}


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a text is, in points."""
    return float(sum(pdfmetrics.stringWidth(part, name, size) for name, part in runs(text, bold=bold)))
