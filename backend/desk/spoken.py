"""电话答复: the clerk finds who spoke, writes down what was said, and settles what asks for a call."""

from uuid import UUID

from flask import Blueprint, Response, render_template, request

from backend.booking.displaced import KIND as DISPLACED
from backend.desk import answers
from backend.desk.forms import choice, day, text, uuid
from backend.desk.spoken_rows import choices
from backend.kernel.errors import Conflict
from backend.kernel.roles import Actor
from backend.referrals import service, spoken
from backend.referrals.answers import find, question
from backend.referrals.replies import Reply
from backend.referrals.waiting import DISOWNED
from backend.store import access
from backend.web.pages import page
from backend.worklist.models import Task
from backend.worklist.service import complete_task

pages = Blueprint("desk_spoken", __name__, url_prefix="/answers")


@pages.get("/<uuid:referral_id>/who")
@page("referral.write_down")
def who(actor: Actor, referral_id: UUID) -> str:
    asked, said = text("who", 60), choice("said", ("yes", "no"), "yes")
    # A yes may be for another department, whose doctor then says it; a no is said by the one that was asked.
    department = text("department", 60) or None if said == "yes" else None
    found = spoken.who_may_have_said(actor, find(actor.county_id, referral_id), department, asked, yes=said == "yes")
    chosen = request.args.get("said_by", "")
    return render_template("desk/said_by.html", people=choices(found), asked=asked, chosen=chosen)


@pages.post("/<uuid:referral_id>/spoken")
@page("referral.write_down")
def write_down(actor: Actor, referral_id: UUID) -> Response:
    question(actor, find(actor.county_id, referral_id), "referral.write_down")  # whose it is, before what was typed
    said_by, yes = uuid("said_by"), choice("said", ("yes", "no"), "yes") == "yes"
    bed = text("bed", 20) if yes else ""
    row = service.write_down(actor, referral_id, _yes(actor) if yes else _no(), said_by)
    if bed:
        answers.keep_bed(actor, referral_id, bed)
    what = "可以来" if yes else "接不了"
    said = f"记下了：{row.contact}说{what}。{row.contact}的手机上也会看到，说得不对会告诉您。"
    return answers.done(actor, said + (answers.without_bed(actor, [referral_id]) if yes else ""))


@pages.post("/sorted-out/<uuid:task_id>")
@page("task.complete")
def sorted_out(actor: Actor, task_id: UUID) -> Response:
    kind = access.authorize(Task, task_id, actor, "task.complete").kind
    if kind not in (DISOWNED, DISPLACED):
        raise Conflict("not_here", "这件事不在这里办，请打开它自己的那一页。")
    complete_task(actor, task_id, "handled")
    said = "电话打过了，记下了。" if kind == DISPLACED else "核对好了，这件事办完了。"
    return answers.done(actor, said)


def _yes(actor: Actor) -> Reply:
    return Reply(accept=True, note=answers.where_to(actor), department=text("department", 60) or None, day=day("day"))


def _no() -> Reply:
    return Reply(accept=False, **answers.no_fields())
