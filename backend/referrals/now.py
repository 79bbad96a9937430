"""Where a referral stands, who has it, since when, until when, and what comes next — in a villager's words."""

from collections.abc import Callable

from backend.records.views import institution_name
from backend.referrals.bodies import NowBody
from backend.referrals.models import Referral
from backend.referrals.now_parts import answering, doctor_phone, duty_phone, moment, phone_of, waited_for
from backend.referrals.outside_words import source_text, what_text
from backend.referrals.places import place_of
from backend.referrals.states import LIVE, AnswerStatus, ReferralStatus, SignatureStatus
from backend.referrals.tracks import Tracks
from backend.referrals.voice import Listener, Voice

_R = ReferralStatus


def now_of(t: Tracks, v: Voice) -> NowBody:
    """Return the one thing that is happening now, said to this listener; the patient's own part comes first."""
    for rule in _NOW:
        found = rule(t, v)
        if found is not None:
            return found
    return moment(
        t,
        "draft",
        v.says(f"{t.doctor_name}在写转诊单", f"{t.doctor_name}在写转诊单", treating="这张转诊单您还没交"),
        who=t.doctor_name,
        next_=v.says("写好后会请您看一遍", "写好后请患者看一遍", treating="写好、签字交上去，再请患者看一遍"),
        yours=v.treats,
    )


def _ended(t: Tracks, v: Voice) -> NowBody | None:
    if t.referral.status not in (_R.WITHDRAWN, _R.REFUSED, _R.EXPIRED):
        return None
    return moment(
        t,
        "ended",
        v.says("这次转诊结束了", f"{v.patient}的转诊结束了"),
        detail=v.end_text(t.end_reason),
        who=t.doctor_name,
        next_=v.says("有需要可以再找医生", f"{t.doctor_name}接着照看", treating="您接着照看，有需要可以再开"),
        since=t.referral.ended_at,
    )


def _arrived(t: Tracks, v: Voice) -> NowBody | None:
    if t.referral.status not in (_R.ARRIVED, _R.CLOSED):
        return None
    closed = t.referral.status == _R.CLOSED
    target = institution_name(t.county, t.referral.to_institution) or ""
    if t.outside and t.told:
        return _told(t, v, target)
    if t.referral.direction == "down":
        return moment(
            t,
            "taken_over",
            f"{target}接下{v.patient}了",
            detail="交接资料都给了，随访已经排好",
            who=target,
            phone=phone_of(t, t.referral.to_institution),
            next_=v.says(
                "到日子会提醒您；不舒服随时可以回医院",
                "到日子提醒患者；有危险的数会告诉管随访的医生",
                receiving="按计划随访；到日子会出现在“今天”里",
            ),
            since=t.referral.arrived_at,
        )
    if closed:
        title = v.says("看完了，回到家门口的医生这里", f"{v.patient}看完了，回来由{t.doctor_name}接着管")
        next_ = v.says(f"{t.doctor_name}接着照看您", f"{t.doctor_name}接着照看", treating="看看结果和用药，您接着照看")
    else:
        title = f"{v.patient}已到{target}"
        back = f"看完后结果会发给{t.doctor_name}"
        next_ = v.says(back, back, treating="看完后结果会发给您", receiving=f"看完请把结果和用药发回给{t.doctor_name}")
    # Until the result is written it is the hospital's to do.
    who, phone = (t.doctor_name, "") if closed else (target, phone_of(t, t.referral.to_institution))
    since = t.referral.ended_at if closed else t.referral.arrived_at
    return moment(t, "closed" if closed else "arrived", title, who=who, phone=phone, next_=next_, since=since)


def _told(t: Tracks, v: Voice, target: str) -> NowBody:
    closed, row = t.referral.status == _R.CLOSED, t.told[0]
    ask = "那边不会把结果发回来，看完了请告诉医生"
    return moment(
        t,
        "closed" if closed else "arrived",
        f"{v.patient}看完了，回来由{t.doctor_name}接着管" if closed else f"{v.patient}已到{target}",
        detail=f"{what_text(row)}：{source_text(row)}",
        who="" if v.treats else t.doctor_name,
        phone=doctor_phone(t),
        next_=v.says(f"{t.doctor_name}接着照看您", f"{t.doctor_name}接着照看", treating="看看结果和用药，您接着照看")
        if closed
        else v.says(ask, "那边不会把结果发回来，问到了请记下", treating="那边不会把结果发回来，过几天问问，问到了记下"),
        since=t.referral.ended_at if closed else t.referral.arrived_at,
    )


def goes_at_once(referral: Referral) -> bool:
    """Say whether the patient is to be in an emergency department now, whatever the papers still want. MS-4.2.1."""
    under_way = referral.status in LIVE and referral.arrived_at is None
    return referral.emergency and referral.direction == "up" and under_way


def _urgent(t: Tracks, v: Voice) -> NowBody | None:
    # Only the patient's side goes; signers and desks read their own part of the papers.
    if not v.home or not goes_at_once(t.referral):
        return None
    target = institution_name(t.county, t.referral.to_institution) or ""
    phone = t.county.county.emergency_phone
    later = "同意书到了再签也行，手续会自己跟上，不用等" if "consent" in v.actions else "手续会自己跟上，不用等"
    return moment(
        t,
        "go_now",
        f"现在就去急诊，病情重打 {phone}",
        detail=f"去{target}的急诊，不等签字、不等床位",
        who=target,
        where="值班电话",
        phone=duty_phone(t, t.referral.to_institution),
        urgent_phone=phone,
        next_=later,
    )


def _issued(t: Tracks, v: Voice) -> NowBody | None:
    if t.referral.status != _R.ISSUED or t.certificate is None or t.state is None:
        return None
    target = institution_name(t.county, t.referral.to_institution) or ""
    entry = t.county.institutions.institution(t.referral.to_institution)
    if t.referral.direction == "down":
        return waited_for(
            t,
            "referral.take_over",
            "take_over",
            v.says(
                f"都办好了，等{target}的医生接您",
                f"都办好了，等{target}的医生接{v.patient}",
                receiving=f"都办好了，请接下{v.patient}",
            ),
            v.says("接了才出院，您先安心住着", "那边接了，患者才出院", receiving="核对交接资料后接下，患者才出院"),
            yours=v.listener is Listener.RECEIVING,
        )
    until = f"到 {t.certificate.valid_until:%-m月%-d日} 当天都有效"
    carry = v.says("带身份证和医保卡，到了出示证明上的码", "患者带身份证和医保卡，到了出示证明上的码")
    if t.referral.category == "stay":
        # Whether a bed is kept is another room's to say; nobody shall stand before a full ward.
        carry = f"床位先打电话问清再出发，急的直接去。{carry}"
    return moment(
        t,
        "issued",
        v.says(f"证明开好了，可以去{target}", f"证明开好了，等{v.patient}去{target}"),
        detail=v.says("签字下个上班日补上，不耽误您去看病", "签字下个上班日补上，不耽误患者去看病")
        if t.state.late
        else carry,
        who=entry.desk.name if entry.desk else target,
        where=entry.desk.place if entry.desk else "",
        phone=entry.desk.phones[0] if entry.desk and entry.desk.phones else "",
        next_=v.says(until, until, receiving=f"人到了，请服务台扫码登记；{until}"),
        since=t.referral.issued_at,
    )


def _returned(t: Tracks, v: Voice) -> NowBody | None:
    if t.referral.status != _R.RETURNED:
        return None
    title = f"请{t.doctor_name}改一改"
    return waited_for(
        t,
        "referral.returned",
        "returned",
        v.says(title, title, treating="退回来了，请您改一改"),
        "改好会再送去签字，留的号不会丢",
        yours=v.treats,
    )


def _consent(t: Tracks, v: Voice) -> NowBody | None:
    if t.referral.status != _R.SUBMITTED or t.consented:
        return None
    asked = "consent" in v.actions
    helps = "help_consent" in v.actions
    # On the way down no hospital waits to see the papers: the house below does.
    there = "医院" if t.referral.direction == "up" else "那边的医生"
    if v.home:
        next_ = f"您同意了，{there}才能看到您的资料" if asked else f"要本人或监护人签；同意了，{there}才能看到资料"
    else:
        next_ = _HELP if helps else f"患者同意了，{there}才能看到姓名和资料"
    who = "您" if asked or v.listener is Listener.PATIENT else v.patient
    return waited_for(
        t,
        "referral.consent",
        "consent",
        f"等{who}看一遍、签字同意",
        next_,
        who=who,
        phone=doctor_phone(t),
        yours=asked,
    )


def _declined(t: Tracks, v: Voice) -> NowBody | None:
    if t.answer is None or t.answer.status != AnswerStatus.DECLINED:
        return None
    title = v.says(
        f"这家收不了，{t.doctor_name}在换一家",
        f"这家收不了，{t.doctor_name}在换一家",
        treating="这家收不了，请您换一家",
    )
    if t.referral.direction == "down":
        other = f"那边暂时接不了，{t.doctor_name}在想办法"
        title = v.says(
            f"那边暂时接不了，您接着住，{t.doctor_name}在想办法", other, treating="那边暂时接不了，请您另想办法"
        )
    next_ = v.says("换好会请您再看一遍", "换好请患者再看一遍")
    return waited_for(t, "referral.redirect", "declined", title, next_, yours=v.treats)


def _signature(t: Tracks, v: Voice) -> NowBody | None:
    step = next((one for one in t.steps if one.status == SignatureStatus.OPEN), None)
    if step is None:
        return None
    if t.referral.direction == "down":
        detail = v.says("没办好之前您接着住，不用着急", "没办好之前患者接着住")
    elif place_of(t.referral.county_id, t.referral.id):
        detail = v.says("号一直给您留着，慢了也不会丢", "号一直给患者留着，慢了也不会丢")
    else:
        detail = v.says("到时没签我们会催，不用您跑", "到时没签我们会催")
    return moment(
        t,
        "signature",
        "请您签字" if v.signs else f"等{step.title}签字",
        detail=detail,
        who=step.title,
        where=institution_name(t.county, step.institution) or "",
        phone=phone_of(t, step.institution),
        next_="都签好了，证明自己出来" if step is t.steps[-1] else f"{t.steps[step.step_order].title}签字",
        since=step.opened_at,
        due=step.due_at,
        yours=v.signs,
    )


def _answer(t: Tracks, v: Voice) -> NowBody | None:
    if t.answer is None or t.answer.status not in (AnswerStatus.ASKED, AnswerStatus.PASSED_ON):
        return None
    target = institution_name(t.county, t.answer.institution) or ""
    if t.outside_asked:
        return _phoning(t, v, target)
    desk = "转诊服务台" if t.referral.direction == "up" else "那边的医生"
    mine = "accept" in v.actions
    if t.referral.direction == "up":
        next_ = v.says("答应了就能约优先号", "答应了，患者就能约优先号")
    else:
        next_ = v.says("有人接了您才出院", "有人接了，患者才出院")
    return moment(
        t,
        "answer",
        "等您这边答复" if mine else f"等{target}答复",
        detail=answering(t, t.answer, desk),
        who=desk,
        where=target,
        phone=phone_of(t, t.answer.institution),
        next_=next_,
        since=t.answer.created_at,
        due=t.answer.due_at,
        yours=mine,
    )


def _phoning(t: Tracks, v: Voice, target: str) -> NowBody:
    assert t.answer is not None
    return moment(
        t,
        "answer",
        v.says(f"等{target}答复", f"等{target}答复", treating=f"请打电话问{target}能不能收"),
        detail=v.says(f"{t.doctor_name}打电话去问", f"{t.doctor_name}打电话去问", treating="问到了，在这里记下"),
        who=t.doctor_name,
        phone=doctor_phone(t),
        next_="那边说能来，再等签字，证明自己出来",
        since=t.answer.created_at,
        due=t.answer.due_at,
        yours=v.treats,
    )


_HELP = "患者自己签不了的，可以念给患者听，在您手机上签"
_NOW: tuple[Callable[[Tracks, Voice], NowBody | None], ...] = (
    _ended,
    _arrived,
    _urgent,
    _issued,
    _returned,
    _consent,
    _declined,
    _signature,
    _answer,
)
