"""What a person may know about their own data: who looked at it, and when. PIPL art. 44-45."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import func, select

from backend.kernel.roles import Actor
from backend.people import places
from backend.people.models import Account, Practitioner, PractitionerRole, RelatedPerson, Resident
from backend.people.schemas import AccessRow
from backend.store.audit import AuditEvent
from backend.store.db import session
from backend.web.paging import PageQuery, fetch_page

_THINGS = {
    "resident": "基本资料",
    "record": "病历",
    "visit": "就诊记录",
    "handoff": "转介单",
    "result": "化验检查结果",
    "reading": "血压血糖等测量",
    "stay": "住院记录",
    "referral": "转诊",
    "certificate": "转诊证明",
    "attachment": "转诊带去的照片和药",
    "arrival": "到院登记",
    "direct_visit": "自己去外面看病的登记",
    "contract": "签约",
    "conversation": "聊天",
    "message": "聊天",
    "appointment": "预约",
    "follow_up": "随访",
    "follow_up_plan": "随访",
    "sent_down": "转回来以后的随访",
    "plan_advice": "医院医生的建议",
    "prescription": "处方",
    "dispense": "取药",
    "task": "待办",
    "claim": "档案连到微信",
    "hand_over_code": "交接码",
    "related_person": "家人代办",
    "authority": "书面委托",
}
_LOOKS = frozenset({"read", "list", "search", "download"})


def access_log(actor: Actor, resident: Resident, page: PageQuery) -> tuple[list[AccessRow], str | None]:
    """Return a page of everything that was read or done about a resident, the newest first."""
    query = select(AuditEvent).where(
        AuditEvent.county_id == actor.county_id,
        AuditEvent.resident_id == resident.id,
        AuditEvent.account_id.is_not(None),
    )
    rows, cursor = fetch_page(query, AuditEvent.id, page)
    people = _people(actor.county_id, {row.account_id for row in rows})
    family = _family(actor.county_id, resident)
    items = []
    for row in rows:
        who, where = people.get(row.account_id, ("", ""))
        own = row.account_id == actor.account_id or row.account_id in family
        if not where:
            who = "您自己" if row.account_id == actor.account_id else family.get(row.account_id, "手机上的人")
        items.append(AccessRow(at=row.created_at, who=who, where=where, what=_what(row.action), own_family=own))
    return items, cursor


def _what(action: str) -> str:
    resource, _, verb = action.partition(".")
    thing = _THINGS.get(resource, "档案")
    if action == "resident.look_up":
        return "凭证件找到了您的档案"
    return f"看了{thing}" if verb in _LOOKS else f"办理了{thing}"


def _people(county_id: str, accounts: Iterable[UUID]) -> dict[UUID, tuple[str, str]]:
    """Return name and institution of staff by account, also of accounts that went over to their owner's WeChat."""
    final = func.coalesce(Account.merged_into, Account.id).label("final")
    went = {
        row.id: row.final
        for row in session().execute(
            select(Account.id, final).where(Account.county_id == county_id, Account.id.in_(list(accounts)))
        )
    }
    rows = session().execute(
        select(Account.id, Practitioner.name, PractitionerRole.institution)
        .join(
            Practitioner, (Practitioner.county_id == Account.county_id) & (Practitioner.id == Account.practitioner_id)
        )
        .join(
            PractitionerRole,
            (PractitionerRole.county_id == Account.county_id)
            & (PractitionerRole.practitioner_id == Account.practitioner_id),
        )
        .where(Account.county_id == county_id, Account.id.in_(set(went.values())))
        .order_by(PractitionerRole.id.desc())
    )
    # The first place is the main one; it comes last and stays.
    named = {row.id: (row.name, places.institution_name(county_id, row.institution)) for row in rows}
    return {account: named[last] for account, last in went.items() if last in named}


def _family(county_id: str, resident: Resident) -> dict[UUID | None, str]:
    rows = session().execute(
        select(RelatedPerson.account_id, RelatedPerson.name, RelatedPerson.relation).where(
            RelatedPerson.county_id == county_id, RelatedPerson.resident_id == resident.id
        )
    )
    return {row.account_id: f"{row.name}（{row.relation}）" for row in rows}
