"""要答复: the questions of other houses, and the case beside them. Every deed gives back the list as it is then."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, make_response, render_template

from backend.alliance.packs.sections.institutions import InstitutionEntry
from backend.alliance.queries import pack
from backend.booking import beds, queries_beds
from backend.booking.models_beds import BedRequest
from backend.booking.states import OPEN_BEDS
from backend.booking.views_beds import bed_body
from backend.desk import answer_rows, board_rows, department_rows, spoken_rows, stopped_rows, told_rows
from backend.desk.answer_rows import FILTERS
from backend.desk.forms import choice, day, marked, text
from backend.desk.frame import draw, may
from backend.desk.said import with_word
from backend.kernel.clock import local_day
from backend.kernel.errors import Malformed
from backend.kernel.roles import Actor, Role
from backend.referrals import along_tasks, service
from backend.referrals.along_api import picture_of
from backend.referrals.along_views import along_body
from backend.referrals.department_open import departments_of
from backend.referrals.lines import who_line
from backend.referrals.models import Referral
from backend.referrals.replies import Reply
from backend.referrals.tracks import tracks_of
from backend.referrals.views import referral_body
from backend.store import access, clock
from backend.store.db import session
from backend.web.list_traces import leave_trace
from backend.web.pages import page

pages = Blueprint("desk_answers", __name__, url_prefix="/answers")


@pages.get("")
@page("referral.answer")
def show(actor: Actor) -> str:
    return _list(actor)


@pages.get("/<uuid:referral_id>")
@page("referral.read")
def case(actor: Actor, referral_id: UUID) -> str:
    referral = access.authorize(Referral, referral_id, actor, "referral.read")
    along_tasks.looked(actor, referral)
    body, t = referral_body(referral, actor), tracks_of(referral)
    bed = queries_beds.bed_of_referral(actor.county_id, referral.id)
    entry = t.county.institutions.institution(referral.to_institution)
    return render_template(
        "desk/case.html",
        one=body,
        signed=answer_rows.signatures(t),
        open_step=next((step for step in body.steps if step.status == "open"), None),
        bed=bed_body(bed, actor) if bed else None,
        free=queries_beds.free_beds(actor.county_id, referral.to_institution, referral.to_department or ""),
        departments=[t.county.institutions.department(code) for code in entry.departments],
        open=department_rows.open_until(t),
        chosen=department_rows.chosen(t),
        wards=departments_of(t.county, referral.to_institution),
        reasons=t.county.referral.receiving.decline_reasons,
        others=[one for one in t.county.institutions.institutions if _sends_to(one, referral)],
        again=spoken_rows.disowned_before(referral),
        week=board_rows.next_days(actor.county_id, referral.to_institution, referral.to_department),
        along=along_body(referral, actor),
        today=local_day(clock.now()),
        decides=actor.has(*t.county.referral.receiving.decline_roles),
    )


@pages.get("/pictures/<uuid:attachment_id>")
@page("attachment.read")
def picture(actor: Actor, attachment_id: UUID) -> Response:
    return picture_of(actor, attachment_id)


@pages.post("/<uuid:referral_id>/accept")
@page("referral.answer")
def accept(actor: Actor, referral_id: UUID) -> Response:
    chosen = marked(referral_id)
    for one in chosen:
        service.answer_hospital(actor, one, _yes(actor, alone=len(chosen) == 1))
    said = f"{_whom(actor, chosen)}已答复可以来，对方医生和病人都收到了。"
    if len(chosen) > 1:
        said = f"{len(chosen)} 位都答复了可以来。"
    said += without_bed(actor, chosen)
    return done(actor, said)


@pages.post("/<uuid:referral_id>/pass-on")
@page("referral.answer")
def pass_on(actor: Actor, referral_id: UUID) -> Response:
    role = Role(choice("role", (Role.MEDICAL_OFFICE, Role.DEPARTMENT_HEAD, Role.SPECIALIST), Role.MEDICAL_OFFICE))
    chosen = marked(referral_id)
    for one in chosen:
        service.pass_on(actor, one, role)
    return done(actor, f"{_whom(actor, chosen)}已转给医务科，由他们定；到时限会提醒。")


@pages.post("/<uuid:referral_id>/decline")
@page("referral.answer")
def decline(actor: Actor, referral_id: UUID) -> Response:
    reply = Reply(accept=False, contact=actor.name, **no_fields())
    service.answer_hospital(actor, referral_id, reply)
    return done(actor, "已答复接不了，对方医生会和病人换一家。")


@pages.post("/<uuid:referral_id>/bed")
@page("bed.answer")
def hold_bed(actor: Actor, referral_id: UUID) -> Response:
    # The referral first, as a withdrawal does: neither waits for the other for ever.
    referral = access.authorize(Referral, referral_id, actor, "bed.answer", lock=True)
    row = keep_bed(actor, referral.id, text("bed", 20))
    if answer_rows.waits(actor, referral_id):
        service.answer_hospital(actor, referral_id, _yes(actor, alone=True))
    return done(actor, f"床留好了：{row.bed}。对方医生收到了。")


def _list(actor: Actor) -> str:
    which = choice("filter", tuple(code for code, _ in FILTERS), "all")
    everything = answer_rows.rows(actor)
    leave_trace(actor, "referral.answer_list", len(everything))
    return draw(
        "desk/answers.html",
        actor,
        "answers",
        part="desk/answers_list.html",
        which=which,
        filters=[(code, label, len(answer_rows.chosen(everything, code))) for code, label in FILTERS],
        rows=answer_rows.chosen(everything, which),
        emergencies=answer_rows.emergencies(actor),
        disputes=spoken_rows.disputes(actor),
        stopped_calls=stopped_rows.calls(actor),
        added=told_rows.added(actor),
        results=told_rows.results_due(actor),
        writes=may(actor, "referral.write_down"),
        confirmed=answer_rows.confirmed_today(actor),
        decides=actor.has(*pack(actor.county_id).referral.receiving.decline_roles),
    )


def keep_bed(actor: Actor, referral_id: UUID, bed: str) -> BedRequest:
    """Keep the bed that was asked for. Raises Malformed when none was."""
    row = queries_beds.bed_of_referral(actor.county_id, referral_id)
    if row is None:
        raise Malformed("no_bed_asked", "这位病人没有要床位；要收住院，请先用“换时间”改科室和日期，再办。")
    return beds.hold(actor, row.id, bed, row.version)


def without_bed(actor: Actor, chosen: list[UUID]) -> str:
    """Say whose bed is still to be kept: a yes is no bed, and nobody shall set out for a ward that keeps none."""
    waiting = [one for one in chosen if _waits_for_bed(actor, one)]
    if not waiting:
        return ""
    whose = "床" if len(chosen) == 1 else f"其中 {len(waiting)} 位的床"
    return f"{whose}还没有留，请到“床位”里留好，病人才出发。"


def _whom(actor: Actor, chosen: list[UUID]) -> str:
    """Say whom a key was pressed for, as the page may name them."""
    if len(chosen) > 1:
        return f"{len(chosen)} 位"
    referral = session().get_one(Referral, (actor.county_id, chosen[0]))
    return f"{who_line(referral, actor)}："


def where_to(actor: Actor) -> str:
    """Return where a patient reports in this house."""
    entry = pack(actor.county_id).institutions.institution(actor.institution or "")
    return f"到{entry.desk.place}{entry.desk.name}报到" if entry.desk else ""


def no_fields() -> dict[str, Any]:
    """Return what a form says about a no: the reason and the other way."""
    return {
        "reason": text("reason", 60) or None,
        "alternative_department": text("alternative_department", 60) or None,
        "alternative_institution": text("alternative_institution", 60) or None,
        "free_on": day("free_on"),
    }


def _waits_for_bed(actor: Actor, referral_id: UUID) -> bool:
    bed = queries_beds.bed_of_referral(actor.county_id, referral_id)
    return bed is not None and bed.status in OPEN_BEDS


def done(actor: Actor, said: str) -> Response:
    """Return the list as it is now, and a word about what was done."""
    return with_word(make_response(_list(actor)), said)


def _yes(actor: Actor, *, alone: bool) -> Reply:
    return Reply(
        accept=True,
        contact=actor.name,
        note=where_to(actor),
        department=(text("department", 60) or None) if alone else None,
        day=day("day") if alone else None,
    )


def _sends_to(entry: InstitutionEntry, referral: Referral) -> bool:
    return (
        entry.level not in ("village", "township") and entry.code != referral.to_institution and bool(entry.departments)
    )
