"""What people read about long prescriptions; every text stands here once."""

from datetime import date

from backend.prescriptions.states import DeclineReason, PrescriptionStatus, RenewalStatus

ASSESSMENT = {
    "diagnosis_clear": "诊断还不明确",
    "regimen_stable": "用药还没有稳定",
    "adherence_good": "没有按时吃药",
    "condition_controlled": "病情没有控制好",
    "long_term_needed": "不用长期吃药",
}
"""The five points of LP-01, in the words of what is missing."""

TITLE_TEXT = {
    "rural": "乡村医生",
    "assistant": "执业助理医师",
    "resident": "住院医师",
    "attending": "主治医师",
    "associate_chief": "副主任医师",
    "chief": "主任医师",
}

STATUS_TEXT = {
    PrescriptionStatus.ISSUED: "医生开好了，等药师审",
    PrescriptionStatus.RETURNED: "药师退回，请医生改",
    PrescriptionStatus.REVIEWED: "药师审过了，药房在配",
    PrescriptionStatus.DISPENSED: "药配好了，可以取",
    PrescriptionStatus.COLLECTED: "药已取走",
    PrescriptionStatus.FROZEN: "先停住，等医生决定",
    PrescriptionStatus.STOPPED: "已停用",
}

RENEWAL_TEXT = {
    RenewalStatus.WAITING: "等医生看过再决定",
    RenewalStatus.RENEWED: "医生已接着开",
    RenewalStatus.DECLINED: "医生这次不接着开",
    RenewalStatus.ENDED: "不用接着开了",
}

DECLINE_TEXT = {
    DeclineReason.GOAL_NOT_MET: "没有达标，要调药",
    DeclineReason.OTHER_ILLNESS: "有了别的病，要换药",
    DeclineReason.SIDE_EFFECT: "吃药后不舒服",
    DeclineReason.NOT_TAKEN: "药没有按时吃",
    DeclineReason.NEEDS_EXAMINATION: "要先做检查",
    DeclineReason.REFERRED_UP: "要到上面的医院看",
    DeclineReason.NOT_NEEDED: "不用再吃了",
}

PAPER_TEXT = {
    "id_card": "身份证",
    "social_card": "社保卡",
    "household_book": "户口本",
}


def pickup_text(status: PrescriptionStatus, place: str, opens: date, village_doctor: str, today: date) -> str:
    """Say when and where to collect the drugs (取药时间), or why not now."""
    if status is PrescriptionStatus.DISPENSED:
        return f"药在村医{village_doctor}那里，可以取了" if village_doctor else f"药配好了，可以到{place}取"
    if status in {PrescriptionStatus.ISSUED, PrescriptionStatus.REVIEWED}:
        if today < opens:
            return f"取药时间：{opens.month} 月 {opens.day} 日起，在{place}"
        return f"药师和药房在办，配好了告诉您，在{place}取"
    if status is PrescriptionStatus.FROZEN:
        return "先不要取药，等医生看过再说"
    return ""
