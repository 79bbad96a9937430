"""What stands under a name on a clinician's list: enough to act without opening it."""

from datetime import date
from typing import TypeVar
from uuid import UUID

from backend.alliance.queries import pack
from backend.contracts.models import CareTeam
from backend.followup.advice_rules import KINDS
from backend.followup.models import FollowUpPlan, FollowUpVisit
from backend.followup.plans import protocol_begun_with
from backend.followup.queries import practitioner_name
from backend.followup.rules import sign_texts
from backend.journey.saying import values_text
from backend.kernel.clock import SHANGHAI, local_day
from backend.referrals.models import ReferralAnswer
from backend.store import clock
from backend.store.base import Base
from backend.store.db import session
from backend.worklist.models import Task

Row = TypeVar("Row", bound=Base)

_NOT_TOLD = {
    "follow_up_due": "该随访了",
    "health_alert": "有健康提醒",
    "referral_moved": "转诊有新进展",
    "booking_confirmed": "号约好了",
    "booking_changed": "约的号有变动",
    "prescription_renewal": "该续药了",
    "chat_message": "回的话还没看到",
    "task_waiting": "有一件事等着办",
}
"""What WeChat could not tell, by kind of notice."""


def task_text(task: Task, plain: str) -> str:
    """Return the line of a task: the values of a danger, how late a look is, what could not be told."""
    match task.kind:
        case "danger_value":
            return _danger(task)
        case "chat_danger":
            return _heard(task, plain)
        case "tell_by_phone":
            what = _NOT_TOLD.get(str(task.detail.get("notice")), "有一件事")
            return f"微信没通知到：{what}" if task.resident_id else what
        case "follow_up_overdue":
            return _overdue(task, plain)
        case "consider_referral" if (plan := _of(FollowUpPlan, task.focus_id, task)) is not None:
            return f"{protocol_begun_with(plan).plain}：{plain}"
        case "plan_advice":
            place = pack(task.county_id).institutions.institution(str(task.detail["from"])).short_name
            return f"{place}的医生提了建议：{KINDS[str(task.detail['kind'])]}"
        case "contract_request" if (people := int(task.detail.get("people", 1))) > 1:
            return f"{plain}（一家 {people} 口）"
        case "contract_hand_over" if task.detail.get("next_team"):
            team = _of(CareTeam, UUID(task.detail["next_team"]), task)
            return f"{plain}给{team.name}" if team else plain
        case "booking.no_bed" if task.detail.get("free_on"):
            day = date.fromisoformat(task.detail["free_on"])
            return f"{plain}：最早 {day.month}月{day.day}日有"
        case _:
            return _of_referral(task, plain)


def _of_referral(task: Task, plain: str) -> str:
    match task.kind:
        case "referral.informed":
            until = date.fromisoformat(task.detail["until"])
            about = f"{task.detail['number']}，去{task.detail['to']}，到 {until.month}月{until.day}日"
            return f"{plain}：{about}"
        case "referral.answer" if task.detail.get("phone"):
            return "请打电话问县外的医院能不能收"
        case "referral.outside_news" if task.detail.get("stage") == "expired":
            return "转到县外的证明过期了，问问病人去了没有"
        case "referral.said" | "referral.disowned":
            return _said(task) or plain
        case "referral.drugs_missing":
            return f"{plain}：{'、'.join(task.detail.get('drugs', ()))}"
        case _:
            return plain


def _heard(task: Task, plain: str) -> str:
    wanted = set(task.detail.get("groups", ()))
    names = [group.name for group in pack(task.county_id).words.groups if group.code in wanted]
    return f"{plain}：{'、'.join(names)}" if names else plain


def _said(task: Task) -> str:
    answer = _of(ReferralAnswer, UUID(task.detail["answer_id"]), task)
    if answer is None:
        return ""
    what = "接不了" if answer.decline_reason else "可以来"
    by = practitioner_name(task.county_id, answer.written_by)
    said = f"{answer.contact}：“{what}”" + ("不是我说的" if task.kind == "referral.disowned" else "")
    return f"{said} · {by}记"


def _danger(task: Task) -> str:
    visit = _of(FollowUpVisit, task.focus_id, task)
    plan = _of(FollowUpPlan, visit.plan_id, task) if visit else None
    if visit is None or plan is None:
        return values_text(task.detail.get("measures", {}))
    measures: dict[str, float] = visit.answers.get("measures", {})
    dangerous = task.detail.get("measures", {})
    # Half a pressure says nothing: where one number is dangerous both are said.
    wanted = {"systolic", "diastolic"} if {"systolic", "diastolic"} & dangerous.keys() else set()
    said = values_text({code: value for code, value in measures.items() if code in dangerous or code in wanted})
    signs = "、".join(sign_texts(protocol_begun_with(plan), task.detail.get("signs", ())))
    by = practitioner_name(task.county_id, visit.done_by)
    at = task.created_at.astimezone(SHANGHAI)
    return " · ".join(part for part in (said, signs, f"{at:%H:%M} {by or '自己'}填的") if part)


def _overdue(task: Task, plain: str) -> str:
    visit = _of(FollowUpVisit, task.focus_id, task)
    plan = _of(FollowUpPlan, visit.plan_id, task) if visit else None
    if visit is None or plan is None:
        return plain
    days = (local_day(clock.now()) - visit.due_on).days
    return f"{protocol_begun_with(plan).plain} · {visit.due_on.month}月{visit.due_on.day}日到期，晚了 {days} 天"


def _of(model: type[Row], row_id: UUID | None, task: Task) -> Row | None:
    return session().get(model, (task.county_id, row_id)) if row_id else None
