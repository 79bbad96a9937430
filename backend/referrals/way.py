"""The whole way of a referral, line by line: done, now, to come, or stopped."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from backend.records.states import Disposition
from backend.records.views import department_name, institution_name, practitioner_of
from backend.records.wards import FRONT_SHEET
from backend.referrals.bodies import MomentBody
from backend.referrals.department_open import is_open
from backend.referrals.outside_words import source_text
from backend.referrals.states import GIVEN, AnswerStatus, ReferralStatus, SignatureStatus
from backend.referrals.tracks import Tracks
from backend.referrals.voice import Listener, Voice
from backend.store import clock
from backend.worklist.queries import owner_name

_R = ReferralStatus


def way_of(t: Tracks, v: Voice) -> list[MomentBody]:
    """Return the way from the doctor's word to coming back, each line done, now, to come, or stopped."""
    ended = t.referral.status in (_R.WITHDRAWN, _R.REFUSED, _R.EXPIRED)
    lines = [
        _moment("advised", f"{_first_doctor(t)}建议{_up(t)}", t.referral.diagnosis_text, t.referral.created_at, True),
        *_changes(t),
        *([] if t.referral.submitted_at is None else _running(t, v)),
    ]
    if ended:
        lines = [line for line in lines if line.state == "done"]
        text = v.end_text(t.end_reason)
        lines.append(MomentBody(code="ended", title="到此为止", detail=text, state="stopped", at=t.referral.ended_at))
        return lines
    _mark_now(lines, _worked_on(t))
    return lines


def _first_doctor(t: Tracks) -> str:
    return _name_of(t, t.changes[0].from_practitioner_id) if t.changes else t.doctor_name


def _changes(t: Tracks) -> list[MomentBody]:
    reasons = {one.code: one.text for one in t.county.referral.reassign.reasons}
    return [
        _moment("reassigned", f"换{_name_of(t, to)}接手", reasons.get(one.reason, ""), one.created_at, True)
        for one in t.changes
        for to in [one.to_practitioner_id]
    ]


def _name_of(t: Tracks, practitioner_id: UUID) -> str:
    found = practitioner_of(t.referral.county_id, practitioner_id)
    return f"{found.name}医生" if found else "医生"


def _running(t: Tracks, v: Voice) -> list[MomentBody]:
    consent, answer = t.consent, t.answer
    target = institution_name(t.county, t.referral.to_institution) or ""
    said_yes = answer is not None and answer.status == AnswerStatus.ACCEPTED
    announced = answer is not None and answer.status == AnswerStatus.ANNOUNCED
    lines = [
        _moment("consent", _agreed(t, v), "", consent.given_at if consent else None, t.consented),
        *_departments(t, target),
        _moment(
            "answer",
            _answered(target, up=t.referral.direction == "up", said=said_yes, announced=announced),
            (answer.note or answer.contact) if answer and said_yes else "",
            (answer.said_at or answer.answered_at or answer.created_at) if answer else None,
            said_yes or announced,
        ),
    ]
    for step in t.steps:
        if step.step_order == 1 or step.status == SignatureStatus.VOID:
            continue
        signed = step.status in GIVEN
        detail = (
            "先去看病，下个上班日补签" if step.late and not signed else ("到时没签，我们会催" if not signed else "")
        )
        lines.append(_moment(step.code, f"{step.title}签字", detail, step.signed_at, signed))
    issued = t.certificate is not None
    arrived = t.referral.arrived_at is not None
    certificate = _moment("certificate", "转诊证明开好", _valid(t), t.referral.issued_at, issued)
    if t.referral.direction == "down":
        below = v.says(f"{target}接下您", f"{target}接下患者")
        detail = v.says("接了您才出院，随访当天排好", "接了才出院，随访当天排好")
        return [*lines, certificate, _moment("taken_over", below, detail, t.referral.arrived_at, arrived)]
    told = source_text(t.told[0]) if t.told else ""
    going = v.says(f"去{target}", f"患者去{target}")
    lines += [
        certificate,
        _moment(
            "arrive",
            going,
            told if arrived and told else "带身份证和医保卡，出示证明上的码",
            t.referral.arrived_at,
            arrived,
        ),
        *_in_bed(t),
        _moment("back", f"看完回到{t.doctor_name}这里", _back(t), t.referral.ended_at, t.referral.status == _R.CLOSED),
    ]
    return lines


def _agreed(t: Tracks, v: Voice) -> str:
    if t.consented:
        return v.says("您听明白了，签字同意", "患者听明白了，签字同意")
    # As below: what is still waited for does not read as if it were done.
    who = "您" if "consent" in v.actions or v.listener is Listener.PATIENT else v.patient
    return v.says(f"等{who}听明白、签字", "等患者听明白、签字")


def _answered(target: str, *, up: bool, said: bool, announced: bool) -> str:
    if announced:
        return "急诊已打过招呼"
    # A line that nobody has said yet does not read as if it were said.
    return f"{target}说可以{'来' if up else '接'}" if said else f"等{target}回话"


def _departments(t: Tracks, target: str) -> list[MomentBody]:
    # Only where nobody below had said which: chosen there, and chosen anew when the first was the wrong one.
    if t.answer is None:
        return []
    here = [one for one in t.departments if one.institution == t.answer.institution]
    lines = [
        _moment(
            "department",
            f"{target}{'改到' if one.from_department else '分到'}{department_name(t.county, one.to_department)}",
            "",
            one.created_at,
            True,
        )
        for one in here
    ]
    if is_open(t.referral, t.answer):
        lines.append(_moment("department", f"{target}定去哪个科", "转诊单上没写科室，由那边来分", None, False))
    return lines


def _worked_on(t: Tracks) -> set[str]:
    # The hospital is asked while the signatures run: both are now, whichever of them the headline names.
    working = {step.code for step in t.steps if step.status == SignatureStatus.OPEN}
    if t.answer is not None and t.answer.status in (AnswerStatus.ASKED, AnswerStatus.PASSED_ON):
        working.add("answer")
    return working


def _mark_now(lines: list[MomentBody], working: set[str]) -> None:
    first = next((place for place, line in enumerate(lines) if line.state == "next"), None)
    for place, line in enumerate(lines):
        if line.state == "next" and (place == first or line.code in working):
            lines[place] = line.model_copy(update={"state": "now"})


def _valid(t: Tracks) -> str:
    if t.certificate is None:
        return "同意、答复、签字都齐了，证明自己出来"
    return f"有效到 {t.certificate.valid_until:%-m月%-d日}" + ("，签字补办中" if t.state and t.state.late else "")


def _in_bed(t: Tracks) -> list[MomentBody]:
    # Only where it came to a bed: the doctor below sees that the patient lies there, and that they left.
    if t.stay is None:
        return []
    ward = department_name(t.county, t.stay.department) or ""
    left, to = t.stay.discharged_at, t.stay.disposition
    return [
        _moment("admitted", f"住进{ward}", "", t.stay.admitted_at, True),
        _moment("discharged", "出院", FRONT_SHEET[Disposition(to)][1] if to else "", left, left is not None),
    ]


def _back(t: Tracks) -> str:
    days = t.county.referral.limits.result_back_days
    if t.outside:
        late = t.chase is not None and (t.chase.level > 0 or t.chase.due_at < clock.now())
        asks = (
            f"还没有消息，已经催{owner_name(t.chase)}去问"
            if late and t.chase
            else "医院不在县里，结果要靠您和医院的纸告诉我们"
        )
        return source_text(t.told[0]) if t.told and t.told[0].ending else asks
    if t.chase is not None and (t.chase.level > 0 or t.chase.due_at < clock.now()):
        return f"过了 {days} 天还没发回来，已经催{owner_name(t.chase)}"
    return f"医院会把结果和用药发给{t.doctor_name}，{days} 天没发我们会催"


def _moment(code: str, title: str, detail: str, at: datetime | None, done: bool) -> MomentBody:
    state: Literal["done", "next"] = "done" if done else "next"
    return MomentBody(code=code, title=title, detail=detail, state=state, at=at if done else None)


def _up(t: Tracks) -> str:
    return "转上去" if t.referral.direction == "up" else "转回乡里"
