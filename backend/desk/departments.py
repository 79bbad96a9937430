"""分科: the clerk says which department it goes to, where the doctor below had left it open."""

from uuid import UUID

from flask import Blueprint, Response

from backend.alliance.queries import pack
from backend.desk import answers
from backend.desk.forms import text
from backend.kernel.roles import Actor, Role
from backend.records.views import department_name
from backend.referrals import service
from backend.web.pages import page

pages = Blueprint("desk_departments", __name__, url_prefix="/answers")


@pages.post("/<uuid:referral_id>/department")
@page("referral.assign_department")
def assign(actor: Actor, referral_id: UUID) -> Response:
    row = service.assign_department(actor, referral_id, text("department", 60), text("instead_of", 60) or None)
    name = department_name(pack(row.county_id), row.department) or ""
    there = "科里的医生收到了，由他们答复"
    if row.passed_to_role == Role.MEDICAL_OFFICE:
        there = "这个科现在没有能答复的医生，已请医务科定"
    return answers.done(actor, f"分到{name}了：{there}。")
