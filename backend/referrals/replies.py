"""What a hospital says to a question, yes or no: judged by whoever said it, and put on the question. MS-4.1a."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from backend.alliance.packs.sections.receiving import Receiving
from backend.alliance.packs.sections.referral import Handover
from backend.alliance.queries import pack
from backend.kernel.errors import Invalid
from backend.kernel.roles import Actor
from backend.kernel.rules import require
from backend.referrals.department_open import is_open
from backend.referrals.department_rules import MISSING, YesFacts
from backend.referrals.models import Referral, ReferralAnswer
from backend.referrals.states import ANSWERS, AnswerAction, AnswerStatus
from backend.referrals.track_rules import DECLINE_RULES, DeclineFacts


@dataclass(frozen=True, slots=True)
class Reply:
    """A yes with where and whom to ask, or a no with a reason and another way."""

    accept: bool
    department: str | None = None
    contact: str = ""
    note: str = ""
    day: date | None = None
    reason: str | None = None
    alternative_institution: str | None = None
    alternative_department: str | None = None
    free_on: date | None = None


def put_reply(
    speaker: Actor, referral: Referral, row: ReferralAnswer, reply: Reply, *, from_outside: bool, who: str
) -> None:
    """Put a yes or no on the question, by the rights of whoever said it. Raises RuleBroken for a no of a clerk.

    `who` is what the rule calls the one who said it.
    """
    if reply.accept:
        _accept(speaker, referral, row, reply)
    else:
        _decline(speaker, referral, row, reply, from_outside=from_outside, who=who)
    row.contact, row.note = reply.contact, reply.note


def take_back(referral: Referral, row: ReferralAnswer) -> None:
    """Undo what a yes changed on the referral, where nobody has changed it since."""
    for name, (before, after) in row.moved.items():
        if _plain(getattr(referral, name)) == after:
            setattr(referral, name, date.fromisoformat(before) if name == "wanted_on" and before else before)


def section_of(referral: Referral) -> Receiving | Handover:
    """Return whose reasons and roles count for a no: those of the way up, or of the way down."""
    section = pack(referral.county_id).referral
    return section.handover if referral.direction == "down" else section.receiving


def _accept(speaker: Actor, referral: Referral, row: ReferralAnswer, reply: Reply) -> None:
    county = pack(row.county_id)
    require((MISSING,), YesFacts(open=is_open(referral, row), said=reply.department is not None), county.source)
    changes: dict[str, Any] = {}
    if reply.department is not None:
        if reply.department not in county.institutions.institution(row.institution).departments:
            raise Invalid("no_department", "没有这个科，请从列表里选。")
        # Another department or day inside the hospital is the hospital's own business: signatures stand.
        row.department = changes["to_department"] = reply.department
    if reply.day is not None:
        changes["wanted_on"] = reply.day
    row.moved = {
        name: [_plain(getattr(referral, name)), _plain(value)]
        for name, value in changes.items()
        if getattr(referral, name) != value
    }
    for name, value in changes.items():
        setattr(referral, name, value)
    row.status = ANSWERS.next(AnswerStatus(row.status), AnswerAction.ACCEPT, speaker)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _decline(
    speaker: Actor, referral: Referral, row: ReferralAnswer, reply: Reply, *, from_outside: bool, who: str
) -> None:
    county = pack(row.county_id)
    down, section = referral.direction == "down", section_of(referral)
    if down and not any((reply.alternative_institution, reply.alternative_department, reply.free_on)):
        # On the way down there is always another way: the patient stays where they are.
        reply = replace(reply, alternative_institution=referral.from_institution)
    reason = next((one for one in section.decline_reasons if one.code == reply.reason), None)
    facts = DeclineFacts(
        # On the phone a hospital outside itself spoke; the doctor only writes it down.
        may_decline=from_outside or speaker.has(*section.decline_roles),
        who=who,
        deciders="接诊的医生或院领导" if down else "科室医生、科主任或医务科",
        reason_known=reason is not None,
        reasons=tuple(one.text for one in section.decline_reasons),
        needs_date=reason is not None and reason.needs_date,
        needs_department=reason is not None and reason.needs_department,
        date=reply.free_on is not None,
        department=reply.alternative_department is not None,
        another_way=any((reply.alternative_institution, reply.alternative_department, reply.free_on)),
    )
    require(DECLINE_RULES, facts, county.source)
    _known(row, reply)
    row.decline_reason = reply.reason
    row.alternative_institution, row.alternative_department = (
        reply.alternative_institution,
        reply.alternative_department,
    )
    row.free_on = reply.free_on
    row.status = ANSWERS.next(AnswerStatus(row.status), AnswerAction.DECLINE, speaker)


def _known(row: ReferralAnswer, reply: Reply) -> None:
    section = pack(row.county_id).institutions
    target = reply.alternative_institution or row.institution
    try:
        entry = section.institution(target)
    except KeyError as error:
        raise Invalid("no_institution", "本县的名单里没有这家医院，请从列表里选。") from error
    if reply.alternative_department is not None and reply.alternative_department not in entry.departments:
        raise Invalid("no_department", f"{entry.name}没有这个科，请从列表里选。")
