"""登记簿: whom the house sent in a month and who came to it, as the clause asks; prints, and goes out as a table."""

from datetime import date

from flask import Blueprint, Response

from backend.desk import register_rows
from backend.desk.forms import choice, text
from backend.desk.frame import draw
from backend.kernel.clock import local_day
from backend.kernel.errors import Invalid
from backend.kernel.roles import Actor
from backend.oversight.months import months_back
from backend.store import clock
from backend.web.list_traces import leave_trace
from backend.web.pages import page
from backend.web.sheets import write_xlsx

pages = Blueprint("desk_registers", __name__, url_prefix="/registers")
BOOKS = {"out": "转出登记", "in": "转入登记"}
SHOWN = 300
"""Lines on the page; the table has them all."""


@pages.get("")
@page("arrival.read")
def show(actor: Actor) -> str:
    book, month = _asked()
    lines = _lines(actor, book, month, "referral.register")
    today = local_day(clock.now())
    return draw(
        "desk/registers.html",
        actor,
        "registers",
        book=book,
        books=BOOKS,
        month=month,
        months=months_back(today.replace(day=1), 12)[::-1],
        heads=register_rows.OUT if book == "out" else register_rows.IN,
        rows=zip(list(register_rows.sheet(book, lines[:SHOWN]))[1:], lines, strict=False),
        any_lines=bool(lines),
        count=len(lines),
        shown=SHOWN,
    )


@pages.get("/sheet")
@page("arrival.read")
def download(actor: Actor) -> Response:
    book, month = _asked()
    rows = register_rows.sheet(book, _lines(actor, book, month, "referral.register_sheet"))
    name = f"register-{book}-{actor.institution}-{month:%Y-%m}.xlsx"
    return Response(
        write_xlsx(f"{BOOKS[book]} {month:%Y-%m}", rows),
        mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _asked() -> tuple[str, date]:
    book = choice("book", tuple(BOOKS), "out")
    given = text("month", 7)
    if not given:
        return book, local_day(clock.now()).replace(day=1)
    try:
        month = date.fromisoformat(f"{given}-01")
    except ValueError as error:
        raise Invalid("no_month", "月份不对，请从列表里选一个月。") from error
    if not 2000 <= month.year <= 2200:
        raise Invalid("no_month", "月份不对，请从列表里选一个月。")
    return book, month


def _lines(actor: Actor, book: str, month: date, trace: str) -> list[register_rows.Line]:
    lines = register_rows.sent(actor, month) if book == "out" else register_rows.came(actor, month)
    leave_trace(actor, trace, len(lines), book=book, month=f"{month:%Y-%m}")
    return lines
