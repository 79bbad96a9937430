"""Answering, ending and expiring contracts. One running contract a resident, never two: FD-01, XM-5.2c."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.sql.selectable import ForUpdateArg

from backend.alliance.queries import pack as pack_of
from backend.contracts.events import ContractActivated, ContractEnded
from backend.contracts.facts import may_always_switch
from backend.contracts.models import CareTeam, Contract
from backend.contracts.owners import office_of, phone_step, team_owner
from backend.contracts.queries import active_contract, taken, team_view, today
from backend.contracts.rules import ACCEPT_RULES, AcceptFacts
from backend.contracts.states import CONTRACTS, ContractAction, ContractStatus, DeclineReason, EndReason
from backend.kernel.clock import local_day
from backend.kernel.errors import Stale
from backend.kernel.roles import Actor
from backend.kernel.rules import require
from backend.notices.service import plan_notice
from backend.people.models import Resident
from backend.records.service import end_grants, grant
from backend.store import access, audit, clock
from backend.store.db import session
from backend.store.events import publish
from backend.web import live
from backend.worklist.service import close_tasks, open_task

HAND_OVER_WITHIN = timedelta(days=7)
_TURNSTILE = ForUpdateArg(key_share=True)  # NO KEY UPDATE: others may still point at the row, nobody else passes


def accept(actor: Actor, contract_id: UUID, *, version: int | None = None) -> list[Contract]:
    """Take the resident, or everybody of the household who asked together, all or none.

    Raises RuleBroken when the team is full or another contract runs, Conflict when it was answered before.
    """
    group = _group(actor, contract_id, ContractAction.ACCEPT, version)
    team = session().get_one(CareTeam, (actor.county_id, group[0].team_id), with_for_update=_TURNSTILE)
    for contract in group:
        _accept_one(actor, contract, team)
    _close_request(group[0], "accepted")
    return group


def decline(actor: Actor, contract_id: UUID, reason: DeclineReason, *, version: int | None = None) -> list[Contract]:
    """Say that the team cannot take them, and why; the resident is told to choose another."""
    group = _group(actor, contract_id, ContractAction.DECLINE, version)
    for contract in group:
        _move(actor, contract, ContractAction.DECLINE, decline_reason=reason)
        _tell(contract, "answered")
    _close_request(group[0], "declined")
    return group


def cancel(actor: Actor, contract_id: UUID) -> Contract:
    """Take one's own request back before the team has answered."""
    contract = access.authorize(Contract, contract_id, actor, "contract.cancel", lock=True)
    _move(actor, contract, ContractAction.CANCEL)
    if not any(one.status == ContractStatus.REQUESTED for one in _household(contract)):
        _close_request(contract, "cancelled")
    return contract


def end(actor: Actor, contract_id: UUID, reason: EndReason, *, version: int | None = None) -> Contract:
    """End a running contract today. Safety follow-up that is open goes on; sight of the record ends at once."""
    contract = access.authorize(Contract, contract_id, actor, "contract.end", lock=True)
    _check_version(contract, version)
    end_contract(actor, contract, ContractAction.END, reason, today(), next_team_id=None)
    return contract


def add_months(day: date, months: int) -> date:
    """Return the same day so many months later, or the month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for number in range(day.day, 27, -1):
        try:
            return date(year, month + 1, number)
        except ValueError:
            continue
    return date(year, month + 1, day.day)


def _accept_one(actor: Actor, contract: Contract, team: CareTeam) -> None:
    pack, day = pack_of(actor.county_id), today()
    # The resident's row is the turnstile of signing, too: nothing else of theirs moves meanwhile.
    resident = session().get_one(Resident, (actor.county_id, contract.resident_id), with_for_update=_TURNSTILE)
    running = active_contract(actor.county_id, contract.resident_id)
    replaces = running is not None and running.id == contract.replaces_id
    waiting = 0
    if running is not None and replaces and running.team_id != contract.team_id:
        notice = timedelta(days=pack.contracts.switch.notice_days)
        ready = local_day(contract.created_at) + notice
        if not may_always_switch(running, resident, pack.contracts.switch.always_when):
            waiting = (ready - day).days
    own_place = replaces and running is not None and running.team_id == team.id
    other = None if running is None or replaces else team_view(actor.county_id, running.team_id)
    facts = AcceptFacts(
        signed=taken(actor.county_id, [team.id]).get(team.id, 0) - own_place,
        cap=pack.contracts.cap.block,
        other_contract=other.name if other else None,
        waiting_days=waiting,
        ready_on=day + timedelta(days=max(waiting, 0)),
    )
    require(ACCEPT_RULES, facts, pack.source)
    months = pack.contracts.term.months
    until = add_months(day, months)
    if running is not None and replaces:
        renewed = running.team_id == contract.team_id
        if renewed and running.until_on is not None:
            until = add_months(running.until_on, months)  # nobody loses the days that were left
        reason = EndReason.RENEWED if renewed else EndReason.SWITCHED
        end_contract(actor, running, ContractAction.REPLACE, reason, day, next_team_id=contract.team_id)
        session().flush()
    contract.from_on, contract.until_on = day, until
    _move(actor, contract, ContractAction.ACCEPT)
    session().flush()
    activate(contract, running)
    _tell(contract, "answered")


def activate(contract: Contract, replaced: Contract | None) -> None:
    """Give the team sight of the record and tell the house, once a contract runs."""
    grant(contract.county_id, contract.resident_id, "contract", contract.id, [f"team:{contract.team_id}"])
    publish(
        ContractActivated(
            county_id=contract.county_id,
            contract_id=contract.id,
            resident_id=contract.resident_id,
            team_id=contract.team_id,
            replaces_id=replaced.id if replaced is not None else None,
        )
    )


def end_contract(
    actor: Actor,
    contract: Contract,
    action: ContractAction,
    reason: EndReason,
    day: date,
    *,
    next_team_id: UUID | None,
) -> None:
    """End a contract on a day, its sight of the record with it, and tell the house who goes on."""
    assert contract.from_on is not None
    contract.until_on = max(contract.from_on, day)
    contract.ended_at, contract.end_reason = clock.now(), reason
    _move(actor, contract, action)
    end_grants(contract.county_id, "contract", contract.id)
    publish(
        ContractEnded(
            county_id=contract.county_id,
            contract_id=contract.id,
            resident_id=contract.resident_id,
            team_id=contract.team_id,
            reason=reason,
            next_team_id=next_team_id,
        )
    )
    if reason is EndReason.SWITCHED:
        _ask_hand_over(contract, next_team_id)


def _ask_hand_over(contract: Contract, next_team_id: UUID | None) -> None:
    # Plans, chats and open referrals stay; the old team tells the new one what is not in the record.
    open_task(
        contract.county_id,
        "contract_hand_over",
        team_owner(contract.county_id, contract.team_id),
        dedupe_key=f"contract.hand_over:{contract.id}",
        due_at=clock.now() + HAND_OVER_WITHIN,
        focus=("contract", contract.id),
        resident_id=contract.resident_id,
        ladder=[office_of(contract.institution).step(24 * 60)],
        detail={"next_team": str(next_team_id)},
    )


def _move(
    actor: Actor, contract: Contract, action: ContractAction, *, decline_reason: DeclineReason | None = None
) -> None:
    before = ContractStatus(contract.status)
    contract.status = CONTRACTS.next(before, action, actor)
    contract.version += 1
    if action in {ContractAction.ACCEPT, ContractAction.DECLINE}:
        contract.decided_by, contract.decided_at = actor.practitioner_id, clock.now()
        contract.decline_reason = decline_reason
    audit.record(
        session(),
        actor,
        f"contract.{action}",
        "contract",
        contract.id,
        resident_id=contract.resident_id,
        before=before,
        after=contract.status,
        detail={"reason": decline_reason or contract.end_reason},
    )
    for topic in (f"resident:{contract.resident_id}", f"team:{contract.team_id}"):
        live.hint(contract.county_id, topic, "contract", contract.id)


def _tell(contract: Contract, what: str) -> None:
    plan_notice(
        contract.county_id,
        "task_waiting",
        dedupe_key=f"contract.{what}:{contract.id}",
        focus=("contract", contract.id),
        resident_id=contract.resident_id,
        page="features/contracts/pages/mine",
        fallback=phone_step(contract.county_id, contract.team_id),
    )


def _group(actor: Actor, contract_id: UUID, action: ContractAction, version: int | None) -> list[Contract]:
    """The contract, and with a household everybody who still waits; locked in order of id."""
    asked = access.authorize(Contract, contract_id, actor, "contract.answer")
    household = _household(asked, lock=True)
    CONTRACTS.next(ContractStatus(asked.status), action, actor)  # answered before: said first, before any rule
    _check_version(asked, version)
    return [one for one in household if one.status == ContractStatus.REQUESTED]


def _household(contract: Contract, *, lock: bool = False) -> list[Contract]:
    same = (
        Contract.id == contract.id if contract.household_id is None else Contract.household_id == contract.household_id
    )
    query = select(Contract).where(Contract.county_id == contract.county_id, same).order_by(Contract.id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return list(session().scalars(query))


def _close_request(contract: Contract, outcome: str) -> None:
    for one in _household(contract):
        close_tasks(one.county_id, ("contract", one.id), outcome, kind="contract_request")


def _check_version(contract: Contract, version: int | None) -> None:
    if version is not None and version != contract.version:
        raise Stale("stale", "这份约刚有变化，请刷新后再办。")
