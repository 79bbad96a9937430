"""What a task is called on the list of who has it, and where its button leads. One line a kind."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TaskWording:
    """A kind of task as it is read: its section, what it says, its button and page (`{focus}` is the thing's id)."""

    section: str
    text: str
    button: str
    page: str


SECTIONS = (
    ("danger", "马上处理"),
    ("sign", "等我签字、答复"),
    ("follow", "要随访"),
    ("message", "未回消息"),
    ("other", "其他要办的"),
)

_FOLLOW = "/features/followup/pages/"
_CONTRACT = "/features/contracts/pages/requests?id={focus}"
_STATUS = "/features/referrals/pages/status?id={focus}"
_REFER = "/features/referrals/pages/refer?id={focus}"
_SLIP = "/features/first-visit/pages/receive?id={focus}"
_AUDIT = "/features/referrals/pages/audit?id={focus}&task={task}"
_SIGN = "/features/referrals/pages/sign?id={focus}"
_NEWS = "/features/referrals/pages/news?id={focus}"
_SAID = "/features/referrals/pages/said?id={answer}"
_PACKAGE = "/features/handover/pages/package?id={focus}"
_PAPER = "/features/handover/pages/paper-receive?id={focus}"
_RECEIVE = "/features/handover/pages/receive?id={focus}"
_RENEWALS = "/features/prescriptions/pages/renewals"
_COUNTER = "/features/prescriptions/pages/counter"
_TALK = "/features/chat/pages/conversation?id={focus}"

WORDING: dict[str, TaskWording] = {
    "danger_value": TaskWording("danger", "危险值", "打电话", _FOLLOW + "danger?id={focus}&task={task}"),
    "chat_danger": TaskWording("danger", "消息里说到", "去看", _TALK),
    "referral.announced": TaskWording("danger", "急诊病人正在路上", "去看", _STATUS),
    "referral.coming_back": TaskWording("sign", "下转的病人要回来，说好不排队，请备好", "去看", _STATUS),
    "referral.sign": TaskWording("sign", "转诊等您签字", "看并签", _SIGN),
    "referral.answer": TaskWording("sign", "转诊问能不能收", "答复", _STATUS),
    "referral.department": TaskWording("sign", "转来的病人没写科室，请分一个科", "", ""),
    "referral.said": TaskWording("sign", "服务台按电话记下了您的答复，请看对不对", "去看", _SAID),
    "referral.disowned": TaskWording("sign", "医生说没有这样答复过，请打电话核对", "去看", _STATUS),
    "referral.asked_again": TaskWording("sign", "医院上次的答复记错了，在重新问，先别动身", "去看", _STATUS),
    "referral.returned": TaskWording("sign", "转诊被退回，要您改", "去修改", _REFER),
    "referral.redirect": TaskWording("sign", "医院收不了，要换地方", "去换", _REFER),
    "referral.objected": TaskWording("sign", "转诊有不同意见", "去看", _STATUS),
    "referral.papers": TaskWording("sign", "急诊先走了，手续要补", "去补", _STATUS),
    "referral.consent": TaskWording("sign", "等病人签同意，没有手机的请您帮忙", "帮着签", _STATUS),
    "referral.take_over": TaskWording("sign", "转回来的病人都办好了，等您接", "看并接", _RECEIVE),
    "referral.to_see": TaskWording("sign", "转来的病人到了，看完把结果发回去", "去看", _STATUS),
    "referral.result": TaskWording("other", "转诊看完的结果还没发回来", "去看", _STATUS),
    "referral.outside_news": TaskWording("follow", "转到县外的病人没有消息，请问一问", "去记", _NEWS),
    "referral.added": TaskWording("other", "转诊材料有补充", "去看", _STATUS),
    "referral.informed": TaskWording("other", "开了转诊证明，告诉您一声", "", ""),
    "referral.drugs_missing": TaskWording("other", "转回来的病人要用，我们没有的药", "", ""),
    "referral.incoming": TaskWording("sign", "上面医院转回来的病人，等您接", "看并接", _PAPER),
    "referral.audit": TaskWording("other", "抽到一张转诊，请看该不该转", "", ""),
    "referral.audited": TaskWording("other", "您开的转诊被抽查，有要改的", "去看", _AUDIT),
    "referral.direct_visit": TaskWording("follow", "自己去了上面医院，问问怎么样、小结带回来没有", "", ""),
    "handoff.receive": TaskWording("sign", "村医介绍病人过来", "看并接", _SLIP),
    "handoff.see": TaskWording("sign", "您接了的病人还没看", "开始看", _SLIP),
    "prescription_renewal": TaskWording("sign", "药快吃完了，要不要接着开", "看并定", _RENEWALS),
    "prescription_review": TaskWording("sign", "长期处方等您审", "审方", _COUNTER),
    "prescription_returned": TaskWording("sign", "处方被药师退回，要您改", "去改", _RENEWALS),
    "prescription_frozen": TaskWording("sign", "病情有变，药先停住，等您定", "去看", _RENEWALS),
    "prescription_hold": TaskWording("other", "这份药先不要发", "去看", _COUNTER),
    "prescription_dispense": TaskWording("other", "审好的药，等您配", "去配", _COUNTER),
    "contract_request": TaskWording("sign", "申请签约", "去看", _CONTRACT),
    "follow_up_overdue": TaskWording("follow", "到期还没随访", "去随访", _FOLLOW + "form?id={focus}"),
    "consider_referral": TaskWording(
        "follow", "连着两次没控制住，要不要转诊", "处理", _FOLLOW + "plan?id={focus}&task={task}"
    ),
    "plan_advice": TaskWording("sign", "医院的医生提了建议，等您答复", "看并答复", _FOLLOW + "advice?id={focus}"),
    "tell_by_phone": TaskWording("message", "微信没通知到", "打电话", _FOLLOW + "call?task={task}"),
    "chat_waiting": TaskWording("message", "等您回话", "回话", _TALK),
    "contract_hand_over": TaskWording("other", "换了团队，情况要交接", "去看", _CONTRACT),
    "booking.displaced": TaskWording("sign", "医生停诊，病人要换时间", "", ""),
    "booking.help": TaskWording("follow", "约了几次没来，问问有什么难处", "", ""),
    "booking.practising_place": TaskWording("other", "坐诊医生的执业地点到期，门诊排不出来", "", ""),
    "booking.who_came": TaskWording("other", "这个门诊没人报到，请补登谁来了", "", ""),
    "booking.bed": TaskWording("sign", "有人要床，等您答复", "", ""),
    "booking.no_bed": TaskWording("sign", "医院没有床，要换一天或换一家", "去看", _STATUS),
    "booking.confirm": TaskWording("sign", "有人约了号，等服务台确认", "", ""),
    "holidays.unknown": TaskWording("other", "明年的放假安排还没填，号放不出去", "", ""),
}
"""A kind without a button has no page on the phone: it is done at the desk."""
DOWN: dict[str, TaskWording] = {
    "referral.answer": TaskWording("sign", "上面医院问能不能接回来", "看并答复", _RECEIVE),
    "referral.returned": TaskWording("sign", "下转被退回，要您改", "去修改", _PACKAGE),
    "referral.redirect": TaskWording("sign", "那边接不了，要换地方或再问", "去看", _PACKAGE),
    "referral.consent": TaskWording("sign", "等病人和家属同意回去", "帮着签", _PACKAGE),
}
"""The same kinds on the way down: other words, other pages."""
OWN: dict[str, TaskWording] = {
    "tell_by_phone": TaskWording("message", "微信没能提醒您", "去看", _FOLLOW + "call?task={task}"),
}
"""The same kinds where it is about nobody else: what was to be told to the clinician themselves."""
OTHER = TaskWording("other", "有一件事等着办", "", "")


def wording_of(kind: str, *, down: bool = False, own: bool = False) -> TaskWording:
    """Return the wording of a kind; an unknown one is still shown, never dropped."""
    found = DOWN.get(kind) if down else OWN.get(kind) if own else None
    if found is not None:
        return found
    found = WORDING.get(kind)
    if found is None:
        found = next((line for name, line in WORDING.items() if kind.startswith(name)), OTHER)
    return found
