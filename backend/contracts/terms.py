"""What time does to contracts: told before the end, ended at the end. FD-01, FD-09."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.alliance.queries import pack as pack_of
from backend.contracts.models import Contract
from backend.contracts.owners import phone_step
from backend.contracts.queries import today
from backend.contracts.service import add_months, end_contract
from backend.contracts.states import ContractAction, ContractStatus, EndReason
from backend.kernel.roles import system_actor
from backend.notices.service import plan_notice


def expire(current: Session, county_id: str) -> int:
    """End every contract whose term is over, or carry it on where the county does so. Returns how many."""
    pack, actor = pack_of(county_id), system_actor(county_id)
    due = current.scalars(
        select(Contract)
        .where(
            Contract.county_id == county_id,
            Contract.status == ContractStatus.ACTIVE,
            Contract.until_on <= today(),
        )
        .order_by(Contract.until_on)
        .limit(500)
        .with_for_update(skip_locked=True)
    ).all()
    for contract in due:
        assert contract.until_on is not None
        if pack.contracts.term.ends_by_itself:
            end_contract(actor, contract, ContractAction.EXPIRE, EndReason.TERM, contract.until_on, next_team_id=None)
        else:
            contract.until_on = add_months(contract.until_on, pack.contracts.term.months)
    return len(due)


def remind(current: Session, county_id: str) -> int:
    """Plan a notice for everybody whose contract ends soon, once a term. Returns how many are new."""
    days = pack_of(county_id).contracts.term.tell_days_before
    day = today()
    due = current.execute(
        select(Contract.id, Contract.resident_id, Contract.team_id, Contract.until_on)
        .where(
            Contract.county_id == county_id,
            Contract.status == ContractStatus.ACTIVE,
            Contract.until_on > day,
            Contract.until_on <= day + timedelta(days=days),
        )
        .order_by(Contract.until_on)
    )
    planned = 0
    for contract_id, resident_id, team_id, until_on in due.all():
        made = plan_notice(
            county_id,
            "task_waiting",
            dedupe_key=f"contract.ends:{contract_id}:{until_on}",
            focus=("contract", contract_id),
            resident_id=resident_id,
            page="features/contracts/pages/mine",
            fallback=phone_step(county_id, team_id),
        )
        planned += made is not None
    return planned
