"""Writing Chinese on a page of paper: text in whichever font has it, lines that break where they may, a QR."""

import re

import segno
from reportlab.pdfgen.canvas import Canvas

from backend.referrals.fonts import runs, width

_TOKEN = re.compile(r"[!-~]{1,30}|.", re.DOTALL)
_NEVER_FIRST = frozenset("，。；：、！？）》”％,.;:)")


def text(
    canvas: Canvas, x: float, y: float, words: str, size: float, *, bold: bool = False, centre: bool = False
) -> None:
    """Write one line from its left end, or around its middle."""
    if centre:
        x -= width(words, size, bold=bold) / 2
    for name, part in runs(words, bold=bold):
        canvas.setFont(name, size)
        canvas.drawString(x, y, part)
        x += canvas.stringWidth(part, name, size)


def broken(words: str, size: float, room: float) -> list[str]:
    """Return a text as lines that fit into the room."""
    lines, line, used = [], "", 0.0
    for token in _TOKEN.findall(words):
        step = width(token, size)
        # Closing signs stay with what they close; a word or a number is not torn.
        if used + step > room and line and token not in _NEVER_FIRST:
            lines.append(line)
            line, used = "", 0.0
            if token.isspace():
                continue
        line, used = line + token, used + step
    return [*lines, line] if line or not lines else lines


def draw_code(canvas: Canvas, content: str, x: float, y: float, side: float) -> None:
    """Draw what a phone scans, as a square."""
    code = segno.make(content, error="m", micro=False)
    matrix = list(code.matrix)
    module = side / (len(matrix) + 4)
    for line, row in enumerate(matrix):
        for place, dark in enumerate(row):
            if dark:
                left = x + (place + 2) * module
                canvas.rect(left, y + side - (line + 3) * module, module + 0.05, module + 0.05, stroke=0, fill=1)
