"""A slip for whoever carries no phone: when, where, what to bring, and the number to show, on a quarter of A4."""

import io
from typing import Any

from reportlab.lib.pagesizes import A6
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from backend.booking.instants import say
from backend.booking.schemas import AppointmentBody
from backend.referrals.lettering import broken, draw_code, text

_LEFT, _TOP = 8 * mm, A6[1] - 14 * mm
_ROOM = A6[0] - 2 * _LEFT
_CODE = 24 * mm


def slip(row: AppointmentBody) -> bytes:
    """Return the PDF. Raises Unavailable when the fonts are missing."""
    out = io.BytesIO()
    canvas: Any = Canvas(out, pagesize=A6, pageCompression=1, invariant=1)
    canvas.setTitle("看病的时间")
    canvas.setAuthor("联动")
    y = float(_TOP)
    for words, size, bold in _lines(row):
        # What stands beside the code is shorter by it.
        room = _ROOM - _CODE - 2 * mm if y > _TOP - _CODE else _ROOM
        for line in broken(words, size, room):
            text(canvas, _LEFT, y, line, size, bold=bold)
            y -= size * 1.35
        y -= 2
    draw_code(canvas, row.code_text, _LEFT + _ROOM - _CODE, _TOP - _CODE + 10, _CODE)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _lines(row: AppointmentBody) -> list[tuple[str, float, bool]]:
    who = row.person
    lines = [
        (f"{who.name}（{who.birth_year}年 {who.village}）", 11.0, True),
        (say(row.starts_at), 15.0, True),
        (row.institution_name, 12.0, True),
        (" · ".join(filter(None, (row.department_name, row.title, row.doctor and f"{row.doctor}医生"))), 10.0, False),
        (f"报到号 {row.code[:4]} {row.code[4:]}", 13.0, True),
        (f"到了先去：{row.report_to}", 10.0, True),
        *((f"准备：{thing}", 10.0, False) for thing in row.prepare),
        (f"带上：{'、'.join(row.bring)}", 10.0, False),
        *((f"怎么去：{step}", 9.0, False) for step in row.directions[:1]),
    ]
    if row.price:
        sample = "（样例）" if row.price.sample else ""
        lines.append((f"检查费 {row.price.pay_fen / 100:g} 元{sample}", 10.0, False))
    if row.phones:
        lines.append((f"来不了，请打 {row.phones[0]}", 10.0, True))
    return lines
