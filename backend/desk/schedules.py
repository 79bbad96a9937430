"""排班: what this house and the pack have settled, and days off; a spreadsheet is read before it counts."""

from dataclasses import dataclass

from flask import Blueprint, Response, request

from backend.booking import schedule_import
from backend.booking.models_schedule import ScheduleTemplate
from backend.booking.schedule_import import COLUMNS, Read
from backend.booking.views_staff import template_body
from backend.desk import schedule_rows, week_rows
from backend.desk.frame import draw, may
from backend.kernel.errors import Forbidden, Invalid
from backend.kernel.roles import Actor
from backend.store import access
from backend.store.db import session
from backend.web.pages import page
from backend.web.sheets import write_xlsx

pages = Blueprint("desk_schedules", __name__, url_prefix="/schedules")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_EXAMPLE = ("neike-1", "心血管内科", "高血压门诊", "", "一、三", "", 1, "8:30", "11:30", 12, "否", "门诊楼二层", "", "")


@dataclass(frozen=True, slots=True)
class Preview:
    """A file as it was read, and whether it counts now."""

    name: str
    read: Read
    rows: list[schedule_rows.Planned]
    done: bool = False


@pages.get("")
@page("schedule.read")
def show(actor: Actor) -> str:
    return _draw(actor)


@pages.get("/sheet")
@page("schedule.write")
def sheet(actor: Actor) -> Response:
    response = Response(write_xlsx("排班", [COLUMNS, _EXAMPLE]), mimetype=_XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="schedule-{actor.county_id}.xlsx"'
    return response


@pages.post("/check")
@page("schedule.write")
def check(actor: Actor) -> Response:
    name, content = _file()
    read = schedule_import.read_schedule(actor, _house(actor), name, content)
    preview = Preview(name, read, schedule_rows.planned(actor, read))
    return Response(_draw(actor, preview), status=422 if read.errors else 200, mimetype="text/html")


@pages.post("/import")
@page("schedule.write")
def read_in(actor: Actor) -> Response:
    name, content = _file()
    read = schedule_import.read_schedule(actor, _house(actor), name, content)
    # What replaces what is seen before it is replaced.
    preview = Preview(name, read, schedule_rows.planned(actor, read), done=not read.errors)
    outcome = schedule_import.import_schedule(actor, _house(actor), name, content)
    said = "" if outcome.errors else f"导入了 {outcome.settled} 个门诊，几分钟内会排出时间来。"
    return Response(_draw(actor, preview, said), status=422 if outcome.errors else 200, mimetype="text/html")


def _file() -> tuple[str, bytes]:
    given = request.files.get("list")
    if given is None or not given.filename:
        raise Invalid("no_file", "还没有选文件。请先选排班的表格。")
    return given.filename, given.read()


def _house(actor: Actor) -> str:
    if actor.institution is None:
        raise Forbidden("no_house", "请先选在哪家医院上班。")
    return actor.institution


def _draw(actor: Actor, preview: Preview | None = None, said: str = "") -> str:
    own = access.scoped_query(ScheduleTemplate, actor, "schedule.read").where(ScheduleTemplate.ended_at.is_(None))
    return draw(
        "desk/schedules.html",
        actor,
        "places",
        own=[template_body(row, actor) for row in session().scalars(own.order_by(ScheduleTemplate.code))],
        settled=schedule_rows.of_pack(actor),
        rests=schedule_rows.rests(actor),
        unknown_year=schedule_rows.unknown_year(actor),
        writes=may(actor, "schedule.write"),
        columns=COLUMNS,
        needed=schedule_import.NEEDED,
        preview=preview,
        said=said,
        when=schedule_rows.weekdays_text,
        tab="schedules",
        tabs=week_rows.tabs(actor),
    )
