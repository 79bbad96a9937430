"""The certificate on one A4 page: numbered rows, the place for the seal, the QR, the receipt below the fold."""

import io
from dataclasses import dataclass
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from backend.referrals.fonts import width
from backend.referrals.form_rows import LONG, Row, Since, rows
from backend.referrals.lettering import broken, draw_code, text
from backend.referrals.numbers import grouped

_LEFT, _RIGHT, _TOP = 15 * mm, A4[0] - 15 * mm, A4[1] - 12 * mm
_LABEL = 32 * mm
_RECEIPT = 62 * mm  # from the foot of the page
_SIZES = (10.5, 9.5, 8.5, 7.8)
_MOST_LINES = 4


@dataclass(frozen=True, slots=True)
class Print:
    """What is printed besides the frozen lines: what came since, today's state, the address in the QR."""

    facts: dict[str, Any]
    since: Since
    state: str
    qr: str
    signature: bytes | None  # the drawn signature of the consent


def certificate(page: Print) -> bytes:
    """Return the PDF. Raises Unavailable when the fonts are missing."""
    out = io.BytesIO()
    canvas: Any = Canvas(out, pagesize=A4, pageCompression=1, invariant=1)
    canvas.setTitle(f"{page.facts['title']} {page.facts['number']}")
    canvas.setAuthor("联动")
    start = _head(canvas, page)
    lines = rows(page.facts, page.since)
    size = next((size for size in _SIZES if _height(lines, size) <= start - _RECEIPT - 22 * mm), _SIZES[-1])
    foot = _body(canvas, lines, start, size)
    _seal(canvas, page, foot)
    _receipt(canvas, page.facts)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _head(canvas: Canvas, page: Print) -> float:
    facts = page.facts
    text(canvas, A4[0] / 2, _TOP - 16, f"{facts['title']}（{facts['direction']}）", 18, bold=True, centre=True)
    text(canvas, A4[0] / 2, _TOP - 34, f"编号 {grouped(facts['number'])}", 11, centre=True)
    emergency = "急诊绿色通道 ☑" if facts["emergency"] else "急诊绿色通道 □"
    text(canvas, _LEFT, _TOP - 16, emergency.replace("☑", "√"), 9.5)
    text(canvas, _LEFT, _TOP - 32, f"打印时：{page.state}", 9.5)
    if facts["sample"]:
        text(canvas, _LEFT, _TOP - 46, "样式为本县设置（样例）", 8.5)
    draw_code(canvas, page.qr, _RIGHT - 24 * mm, _TOP - 24 * mm, 24 * mm)
    return float(_TOP - 27 * mm)


def _height(lines: list[Row], size: float) -> float:
    return sum(_row_height(line, size) for line in lines)


def _row_height(line: Row, size: float) -> float:
    return len(_wrapped(line, size)) * size * 1.32 + 4


def _wrapped(line: Row, size: float) -> list[str]:
    found = broken(line.text, size, _RIGHT - _LEFT - _LABEL - 6)
    if line.number in LONG and len(found) > _MOST_LINES:
        return [*found[: _MOST_LINES - 1], found[_MOST_LINES - 1][:-4] + "…见附页"]
    return found


def _body(canvas: Canvas, lines: list[Row], start: float, size: float) -> float:
    canvas.setLineWidth(0.5)
    y = start
    for line in lines:
        height = _row_height(line, size)
        canvas.line(_LEFT, y, _RIGHT, y)
        text(canvas, _LEFT + 2, y - size - 1, f"{line.number} {line.label}", min(size, 9.5))
        for place, words in enumerate(_wrapped(line, size)):
            text(canvas, _LEFT + _LABEL, y - size - 1 - place * size * 1.32, words, size)
        y -= height
    canvas.line(_LEFT, y, _RIGHT, y)
    for x in (_LEFT, _LEFT + _LABEL - 3, _RIGHT):
        canvas.line(x, start, x, y)
    return y


def _seal(canvas: Canvas, page: Print, foot: float) -> None:
    y = max(foot - 6 * mm, _RECEIPT + 12 * mm)
    text(canvas, _RIGHT - 60 * mm, y, page.facts["seal"], 10)
    text(canvas, _RIGHT - 60 * mm, y - 14, "（盖章处，无电子签章）", 8.5)
    if page.signature is not None:
        from reportlab.lib.utils import ImageReader  # noqa: PLC0415  only when somebody drew one

        text(canvas, _LEFT, y, "患者或监护人签名", 9.5)
        picture = ImageReader(io.BytesIO(page.signature))
        canvas.drawImage(picture, _LEFT + 30 * mm, y - 24, 32 * mm, 12 * mm, preserveAspectRatio=True, anchor="w")


def _receipt(canvas: Canvas, facts: dict[str, Any]) -> None:
    canvas.setDash(3, 3)
    canvas.line(_LEFT, _RECEIPT, _RIGHT, _RECEIPT)
    canvas.setDash()
    text(canvas, A4[0] / 2, _RECEIPT - 15, f"20 回执（接收机构填）　编号 {grouped(facts['number'])}", 10, centre=True)
    lines = (
        ("到达时间", "核验人"),
        ("接诊科室、医生", "处理（门诊 / 住院 / 转他院 / 未到）"),
        ("预计住院日", "回复电话"),
        ("签名", "盖章"),
    )
    for place, pair in enumerate(lines):
        y = _RECEIPT - 34 - place * 11 * mm
        for x, label in zip((_LEFT, A4[0] / 2 + 4 * mm), pair, strict=True):
            text(canvas, x, y, label, 9.5)
            start = x + width(label, 9.5) + 4
            canvas.line(start, y - 2, x + 84 * mm, y - 2)
