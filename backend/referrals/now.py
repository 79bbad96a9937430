"""Where a referral stands, who has it, since when, until when, and what comes next — in a villager's words."""

from collections.abc import Callable
from datetime import datetime

from backend.records.views import institution_name
from backend.referrals.bodies import NowBody
from backend.referrals.states import AnswerStatus, ReferralStatus, SignatureStatus
from backend.referrals.tracks import END_TEXT, Tracks
from backend.store import clock
from backend.worklist.service import open_task_of

_R = ReferralStatus


def now_of(t: Tracks) -> NowBody:
    """Return the one thing that is happening now; the patient's own part comes before what others do."""
    for rule in _NOW:
        found = rule(t)
        if found is not None:
            return found
    return _now(t, "draft", f"{t.doctor_name}在写转诊单", who=t.doctor_name, next_="写好后会请您看一遍")


def _ended(t: Tracks) -> NowBody | None:
    if t.referral.status not in (_R.WITHDRAWN, _R.REFUSED, _R.EXPIRED):
        return None
    text = END_TEXT.get(t.referral.end_reason or "", "这次不转了")
    return _now(
        t,
        "ended",
        "这次转诊结束了",
        detail=text,
        who=t.doctor_name,
        next_="有需要可以再找医生",
        since=t.referral.ended_at,
    )


def _arrived(t: Tracks) -> NowBody | None:
    if t.referral.status not in (_R.ARRIVED, _R.CLOSED):
        return None
    closed = t.referral.status == _R.CLOSED
    target = institution_name(t.county, t.referral.to_institution) or ""
    if t.referral.direction == "down":
        return _now(
            t,
            "taken_over",
            f"{target}接下您了",
            detail="交接资料都给了，随访已经排好",
            who=target,
            phone=_phone(t, t.referral.to_institution),
            next_="到日子会提醒您；不舒服随时可以回医院",
            since=t.referral.arrived_at,
        )
    title = "看完了，回到家门口的医生这里" if closed else f"您已到{target}"
    next_ = f"{t.doctor_name}接着照看您" if closed else f"看完后结果会发给{t.doctor_name}"
    return _now(
        t, "closed" if closed else "arrived", title, who=t.doctor_name, next_=next_, since=t.referral.arrived_at
    )


def _issued(t: Tracks) -> NowBody | None:
    if t.referral.status != _R.ISSUED or t.certificate is None or t.state is None:
        return None
    target = institution_name(t.county, t.referral.to_institution) or ""
    entry = t.county.institutions.institution(t.referral.to_institution)
    if t.referral.direction == "down":
        return _waiting(
            t, "referral.take_over", "take_over", f"都办好了，等{target}的医生接您", "接了才出院，您先安心住着"
        )
    return _now(
        t,
        "issued",
        f"证明开好了，可以去{target}",
        detail="签字下个上班日补上，不耽误您去看病" if t.state.late else "带身份证和医保卡，到了出示证明上的码",
        who=entry.desk.name if entry.desk else target,
        where=entry.desk.place if entry.desk else "",
        phone=entry.desk.phones[0] if entry.desk and entry.desk.phones else "",
        next_=f"{t.certificate.valid_until:%-m月%-d日} 前去都有效",
        since=t.referral.issued_at,
    )


def _returned(t: Tracks) -> NowBody | None:
    if t.referral.status != _R.RETURNED:
        return None
    return _waiting(t, "referral.returned", "returned", f"请{t.doctor_name}改一改", "改好会再送去签字，留的号不会丢")


def _consent(t: Tracks) -> NowBody | None:
    if t.referral.status != _R.SUBMITTED or t.consented:
        return None
    return _waiting(
        t,
        "referral.consent",
        "consent",
        "等您看一遍、签字同意",
        "您同意了，医院才能看到您的资料",
        who="您",
        phone=_doctor_phone(t),
    )


def _declined(t: Tracks) -> NowBody | None:
    if t.answer is None or t.answer.status != AnswerStatus.DECLINED:
        return None
    title = f"这家收不了，{t.doctor_name}在换一家"
    if t.referral.direction == "down":
        title = f"那边暂时接不了，您接着住，{t.doctor_name}在想办法"
    return _waiting(t, "referral.redirect", "declined", title, "换好会请您再看一遍")


def _signature(t: Tracks) -> NowBody | None:
    step = next((one for one in t.steps if one.status == SignatureStatus.OPEN), None)
    if step is None:
        return None
    return _now(
        t,
        "signature",
        f"等{step.title}签字",
        detail="号一直给您留着，慢了也不会丢" if t.referral.direction == "up" else "没办好之前您接着住，不用着急",
        who=step.title,
        where=institution_name(t.county, step.institution) or "",
        phone=_phone(t, step.institution),
        next_="都签好了，证明自己出来" if step is t.steps[-1] else f"然后{t.steps[step.step_order].title}签字",
        since=step.opened_at,
        due=step.due_at,
    )


def _answer(t: Tracks) -> NowBody | None:
    if t.answer is None or t.answer.status not in (AnswerStatus.ASKED, AnswerStatus.PASSED_ON):
        return None
    target = institution_name(t.county, t.answer.institution) or ""
    desk = "转诊服务台" if t.referral.direction == "up" else "那边的医生"
    return _now(
        t,
        "answer",
        f"等{target}答复",
        detail="科室正在定" if t.answer.status == AnswerStatus.PASSED_ON else f"{desk}在看",
        who=desk,
        where=target,
        phone=_phone(t, t.answer.institution),
        next_="答应了就能约优先号" if t.referral.direction == "up" else "有人接了您才出院",
        since=t.answer.created_at,
        due=t.answer.due_at,
    )


_NOW: tuple[Callable[[Tracks], NowBody | None], ...] = (
    _ended,
    _arrived,
    _issued,
    _returned,
    _consent,
    _declined,
    _signature,
    _answer,
)


def _waiting(
    t: Tracks, kind: str, code: str, title: str, next_: str, *, who: str | None = None, phone: str = ""
) -> NowBody:
    task = open_task_of(t.referral.county_id, ("referral", t.referral.id), kind)
    return _now(
        t,
        code,
        title,
        who=who or t.doctor_name,
        where=institution_name(t.county, t.referral.from_institution) or "",
        phone=phone or _doctor_phone(t),
        next_=next_,
        since=task.created_at if task else None,
        due=task.due_at if task else None,
    )


def _now(
    t: Tracks,
    code: str,
    title: str,
    *,
    detail: str = "",
    who: str = "",
    where: str = "",
    phone: str = "",
    next_: str = "",
    since: datetime | None = None,
    due: datetime | None = None,
) -> NowBody:
    at = clock.now()
    return NowBody(
        code=code,
        title=title,
        detail=detail,
        who=who,
        where=where,
        phone=phone,
        since=since,
        due_at=due,
        overdue=due is not None and due < at,
        calendar_known=due is None or t.county.holidays.known(due.date()),
        next=next_,
    )


def _doctor_phone(t: Tracks) -> str:
    return t.doctor.phone if t.doctor else ""


def _phone(t: Tracks, institution: str) -> str:
    entry = t.county.institutions.institution(institution)
    phones = entry.desk.phones if entry.desk else entry.phones
    return phones[0] if phones else ""
