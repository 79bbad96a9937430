"""Whose a task is and who gets it next, in names that a person knows."""

from typing import Any
from uuid import UUID

from backend.alliance.queries import pack
from backend.kernel.roles import Role
from backend.people.models import Practitioner
from backend.store.db import session
from backend.worklist.models import Task

ROLE_NAMES = {
    Role.VILLAGE_DOCTOR: "村医",
    Role.FAMILY_DOCTOR: "家庭医生",
    Role.TEAM_NURSE: "团队护士",
    Role.DEPARTMENT_HEAD: "科主任",
    Role.INSURANCE_AGENCY: "医保经办",
    Role.SPECIALIST: "专科医生",
    Role.WARD_DOCTOR: "管床医生",
    Role.DESK_CLERK: "转诊服务台",
    Role.MEDICAL_OFFICE: "医务科",
    Role.PHARMACIST: "药师",
    Role.DISPENSER: "药房",
    Role.PUBLIC_HEALTH: "公卫科",
    Role.BUREAU: "卫健局",
    Role.OPERATOR: "管理员",
}


def owner_name(task: Task) -> str:
    """Return who has a task now: a person's name, or the role at its place."""
    return _name(task.county_id, str(task.practitioner_id or ""), task.role, task.institution)


def next_owner_name(task: Task) -> str | None:
    """Return who gets it when nobody acts in time, or None on the last step."""
    if task.level >= len(task.ladder):
        return None
    step: dict[str, Any] = task.ladder[task.level]
    return _name(task.county_id, step.get("practitioner_id") or "", step.get("role"), step.get("institution"))


def _name(county_id: str, practitioner_id: str, role: str | None, institution: str | None) -> str:
    if practitioner_id:
        found = session().get(Practitioner, (county_id, UUID(practitioner_id)))
        return found.name if found else ""
    place = pack(county_id).institutions.institution(institution or "").short_name
    return f"{place}{ROLE_NAMES[Role(role or Role.OPERATOR)]}"
