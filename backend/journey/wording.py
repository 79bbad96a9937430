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
_CONTRACT = "/features/contracts/pages/request?id={focus}"
_STATUS = "/features/referrals/pages/status?id={focus}"
_SIGN = "/features/referrals/pages/sign?id={focus}"

WORDING: dict[str, TaskWording] = {
    "danger_value": TaskWording("danger", "危险值", "处理", _FOLLOW + "danger?id={focus}&task={task}"),
    "referral.sign": TaskWording("sign", "转诊等您签字", "看并签", _SIGN),
    "referral.returned": TaskWording("sign", "转诊被退回，要您改", "去修改", _STATUS),
    "referral.redirect": TaskWording("sign", "医院收不了，要换地方", "去换", _STATUS),
    "referral.objected": TaskWording("sign", "转诊有不同意见", "去看", _STATUS),
    "referral.papers": TaskWording("sign", "急诊先走了，手续要补", "去补", _STATUS),
    "referral.consent": TaskWording("sign", "等病人签同意，没有手机的请您帮忙", "帮他签", _STATUS),
    "referral.answer": TaskWording("sign", "问能不能收", "答复", _STATUS),
    "referral.announced": TaskWording("danger", "急诊病人正在路上", "去看", _STATUS),
    "contract_request": TaskWording("sign", "申请签约", "去看", _CONTRACT),
    "contract_hand_over": TaskWording(
        "other", "换了团队，要交接", "去看", "/features/contracts/pages/request?id={focus}"
    ),
    "village_handoff": TaskWording("sign", "村医介绍病人过来", "接诊", "/features/referrals/pages/handoff?id={focus}"),
    "follow_up_overdue": TaskWording("follow", "到期还没随访", "去随访", _FOLLOW + "form?id={focus}"),
    "consider_referral": TaskWording(
        "follow", "两次没控制住，要不要转诊", "处理", _FOLLOW + "plan?id={focus}&task={task}"
    ),
    "tell_by_phone": TaskWording("follow", "微信没通知到，请打个电话", "打电话", _FOLLOW + "call?task={task}"),
}
OTHER = TaskWording("other", "有一件事等着办", "去看", "/pages/home/index")


def wording_of(kind: str) -> TaskWording:
    """Return the wording of a kind; an unknown one is still shown, never dropped."""
    found = WORDING.get(kind)
    if found is None:
        found = next((line for name, line in WORDING.items() if kind.startswith(name)), OTHER)
    return found
