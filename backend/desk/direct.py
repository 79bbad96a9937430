"""自己去的: somebody went above without a referral and told it at the desk or by phone. MS-4.2.3d, MS-4.2.3e."""

from uuid import UUID

from flask import Blueprint, Response, make_response, render_template, request
from sqlalchemy import select

from backend.alliance.queries import pack
from backend.desk import door
from backend.desk.forms import choice, day, text, uuid
from backend.desk.frame import draw
from backend.desk.said import with_word
from backend.kernel.clock import local_day
from backend.kernel.errors import Invalid
from backend.kernel.roles import Actor
from backend.people import residents
from backend.referrals import direct
from backend.referrals.direct import Going
from backend.referrals.direct_api import direct_body, read_choices
from backend.referrals.models_direct import DirectVisit
from backend.store import access, clock
from backend.store.db import session
from backend.web.list_traces import leave_trace
from backend.web.pages import page
from backend.worklist.models import Task
from backend.worklist.service import complete_task, open_tasks

pages = Blueprint("desk_direct", __name__, url_prefix="/direct")
KINDS = {"visit": "门诊", "stay": "住院"}
MOST = 100


@pages.get("")
@page("direct_visit.register")
def show(actor: Actor) -> str:
    return _page(actor)


@pages.post("/who")
@page("direct_visit.register")
def who(actor: Actor) -> str:
    said = text("q", 400)
    county = pack(actor.county_id)
    return render_template(
        "desk/direct_form.html",
        people=residents.look_up(actor, door.papers(said)),
        said=said,
        options=read_choices(county),
        kinds=KINDS,
        today=local_day(clock.now()),
    )


@pages.post("")
@page("direct_visit.register")
def register(actor: Actor) -> Response:
    went_on = day("went_on")
    if went_on is None:
        raise Invalid("no_day", "请写哪天去的，记不清的写大概那天。")
    going = Going(
        resident_id=uuid("resident_id"),
        hospital=text("other", 60) or text("hospital", 60),
        level=text("level", 60),
        kind=choice("kind", tuple(KINDS), "visit"),
        went_on=went_on,
        reason=text("reason", 60),
        by_phone=request.form.get("by_phone") == "yes",
        late_reason=text("late_reason", 60) or None,
    )
    made = direct.register(actor, going)
    kind = "补登记" if made.late else "登记"
    return with_word(
        make_response(_page(actor)), f"{kind}好了，编号 {made.number}。这不是转诊证明，请把变化讲给病人听。"
    )


@pages.post("/<uuid:task_id>/asked")
@page("task.complete")
def asked(actor: Actor, task_id: UUID) -> Response:
    complete_task(actor, task_id, "asked")
    return with_word(make_response(_page(actor)), "记下了：问过了。")


def _page(actor: Actor) -> str:
    county = pack(actor.county_id)
    rows = list(
        session().scalars(
            access.scoped_query(DirectVisit, actor, "direct_visit.read").order_by(DirectVisit.id.desc()).limit(MOST)
        )
    )
    to_ask = [task for task in open_tasks(actor) if task.kind == direct.TASK]
    waiting = _visits(actor.county_id, to_ask)
    leave_trace(actor, "direct_visit.list", len(rows) + len(to_ask))
    return draw(
        "desk/direct.html",
        actor,
        "direct",
        part="desk/direct_list.html",
        today=local_day(clock.now()),
        rows=[direct_body(row) for row in rows],
        to_ask=[(task, direct_body(waiting[task.focus_id])) for task in to_ask if task.focus_id in waiting],
        kinds=KINDS,
        options=read_choices(county),
    )


def _visits(county_id: str, tasks: list[Task]) -> dict[UUID | None, DirectVisit]:
    """Return what one's own tasks are about; a task is somebody's to do, so its person is theirs to know."""
    ids = [task.focus_id for task in tasks]
    found = session().scalars(select(DirectVisit).where(DirectVisit.county_id == county_id, DirectVisit.id.in_(ids)))
    return {row.id: row for row in found}
