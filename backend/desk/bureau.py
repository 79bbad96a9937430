"""卫健局: figures against the targets, what is missing, and the fund's list. XM-3, MS-1, XM-5.2a, XM-5.4c."""

from datetime import date

from flask import Blueprint, Response, current_app, request

from backend.alliance.queries import pack
from backend.desk.bureau_month import month_of, months_offered
from backend.desk.bureau_views import Board, board, sheet_rows
from backend.desk.forms import day, text
from backend.desk.frame import draw
from backend.kernel.clock import local_day
from backend.kernel.errors import Invalid
from backend.kernel.roles import Actor
from backend.oversight.months import month_end
from backend.oversight.samples import sample_list
from backend.oversight.settlement import Outcome, import_list
from backend.store import clock
from backend.store.db import session
from backend.web.pages import page
from backend.web.sheets import FORM_BYTES, write_xlsx

pages = Blueprint("desk_bureau", __name__, url_prefix="/bureau")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get("")
@page("oversight.read")
def show(actor: Actor) -> str:
    return _draw(actor, month_of(actor))


@pages.get("/sheet")
@page("oversight.read")
def download(actor: Actor) -> Response:
    month = month_of(actor)
    rows = sheet_rows(board(actor, month))
    return _file(write_xlsx(f"{month:%Y-%m}", rows), f"bureau-{actor.county_id}-{month:%Y-%m}.xlsx")


@pages.get("/sample")
@page("oversight.import")
def sample(actor: Actor) -> Response:
    if not current_app.config["SETTINGS"].demo:
        raise Invalid("no_sample", "正式使用时没有样例清单，请导入医保给的清单。")
    month = month_of(actor)
    return _file(sample_list(pack(actor.county_id), month), f"sample-{actor.county_id}-{month:%Y-%m}.xlsx")


@pages.post("/settlement")
@page("oversight.import", body_limit=FORM_BYTES)
def settlement(actor: Actor) -> Response:
    month = month_of(actor)
    given = request.files.get("list")
    if given is None or not given.filename:
        raise Invalid("no_file", "还没有选文件。请先选医保给的清单。")
    with given.stream:  # a large one lies in a file of its own until it is closed
        content = given.read()
    outcome = import_list(
        session(),
        actor,
        pack(actor.county_id),
        name=given.filename,
        content=content,
        month=month,
        complete_until=day("until") or month_end(month),
    )
    if outcome.errors:
        return Response(_draw(actor, month, outcome), status=422, mimetype="text/html")
    again = "，换掉了以前那份" if outcome.replaced else ""
    said = f"导入了 {outcome.lines} 行{again}。"
    return Response(_draw(actor, month, said=said), mimetype="text/html")


def _draw(actor: Actor, month: date, outcome: Outcome | None = None, *, said: str = "") -> str:
    today = local_day(clock.now())
    found: Board = board(actor, month)
    return draw(
        "desk/bureau.html",
        actor,
        "bureau",
        board=found,
        month=month,
        months=months_offered(),
        month_end=month_end(month),
        outcome=outcome,
        said=said,
        by_default=not text("month", 7),
        has_list=any(state.month == month and state.complete_until for state in found.lists),
        demo=current_app.config["SETTINGS"].demo,
        is_running=month == today.replace(day=1),
    )


def _file(content: bytes, name: str) -> Response:
    response = Response(content, mimetype=_XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
