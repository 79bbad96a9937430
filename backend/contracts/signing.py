"""Asking for a contract: one person, or a household at once; renewing; changing team. MS-4.6, XM-5.2c."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from backend.alliance.packs.pack import Pack
from backend.alliance.packs.sections.contracts import Package
from backend.alliance.queries import pack as pack_of
from backend.contracts.events import ContractRequested
from backend.contracts.facts import Signer, SignUp, drawn_for, gather, left_lately
from backend.contracts.models import CareTeam, Contract
from backend.contracts.owners import office_of, team_owner
from backend.contracts.queries import active_contract, today
from backend.contracts.rules import SIGN_RULES
from backend.contracts.signature import MEDIA_TYPE, read_signature
from backend.contracts.states import ContractKind, ContractStatus
from backend.kernel.errors import Conflict, NotFound
from backend.kernel.ids import new_id
from backend.kernel.roles import Actor, Role
from backend.kernel.rules import require
from backend.people.models import Resident
from backend.store import access, audit, clock, files
from backend.store.db import session
from backend.store.events import publish
from backend.web import live
from backend.worklist.service import open_task

ANSWER_WITHIN = timedelta(days=2)
"""How long a team has to answer before the township's public-health office is asked."""
THEN_WITHIN_MINUTES = 24 * 60
_HELPERS = (Role.VILLAGE_DOCTOR, Role.FAMILY_DOCTOR, Role.TEAM_NURSE)


def sign(actor: Actor, wish: SignUp) -> list[Contract]:
    """Ask a team for a contract, for one person or for several of a household, all or none.

    Raises RuleBroken with every reason, NotFound for another's record or a team that is not there.
    """
    pack = pack_of(actor.county_id)
    team = session().get(CareTeam, (actor.county_id, wish.team_id))
    if team is None:
        raise NotFound("no_team", "没有这个医生小组，请回去重新选。")
    if len({person.resident_id for person in wish.people}) != len(wish.people):
        raise Conflict("same_person_twice", "同一个人选了两次，请去掉一个。")
    household_id = new_id() if wish.household else None
    made: list[Contract] = []
    # In order of id, so that two families that overlap wait for each other and never in a ring.
    for person in sorted(wish.people, key=lambda one: one.resident_id):
        resident = _lock_resident(actor, person.resident_id)
        package = _package(pack, person.package or wish.package)
        made.append(_sign_one(actor, wish, person, resident, team, package, pack, household_id))
    _tell_team(team, made)
    return made


def renew(actor: Actor, contract_id: UUID, signature: str) -> Contract:
    """Ask for another term with the same team and package; the old contract runs until the team accepts."""
    old = access.authorize(Contract, contract_id, actor, "contract.cancel")
    if old.status != ContractStatus.ACTIVE:
        raise Conflict("not_running", "这份约已经结束，请重新选小组签一份。")
    pack = pack_of(actor.county_id)
    if old.until_on is None or (old.until_on - today()).days > pack.contracts.term.tell_days_before:
        raise Conflict("too_early", f"到期前 {pack.contracts.term.tell_days_before} 天才能续签，到时会提醒您。")
    team = session().get_one(CareTeam, (actor.county_id, old.team_id))
    package = _package(pack, old.package_code)
    resident = _lock_resident(actor, old.resident_id)
    wish = SignUp(old.team_id, old.package_code, (Signer(old.resident_id, signature),))
    made = _sign_one(actor, wish, wish.people[0], resident, team, package, pack, None, renews=old)
    _tell_team(team, [made])
    return made


def _sign_one(
    actor: Actor,
    wish: SignUp,
    person: Signer,
    resident: Resident,
    team: CareTeam,
    package: Package,
    pack: Pack,
    household_id: UUID | None,
    *,
    renews: Contract | None = None,
) -> Contract:
    running = active_contract(actor.county_id, resident.id)
    facts = gather(actor, wish, person, resident, team, package, pack, running, renews)
    require(SIGN_RULES, facts, pack.source)
    contract = Contract(
        county_id=actor.county_id,
        resident_id=resident.id,
        team_id=team.id,
        institution=team.institution,
        village=resident.village,
        kind=ContractKind.HOUSEHOLD if household_id else ContractKind.INDIVIDUAL,
        household_id=household_id,
        package_code=package.code,
        package_version=package.version,
        pack_version=pack.version,
        total_fen=package.total_fen,
        fund_fen=package.fund_fen,
        public_health_fen=package.public_health_fen,
        resident_fen=package.resident_fen,
        replaces_id=running.id if running else left_lately(actor.county_id, resident.id, team.id),
        signed_how=facts.signed_by,
        signed_by=actor.account_id,
        guardian_name=wish.guardian_name or None,
    )
    sheet = files.put(
        session(),
        actor.county_id,
        name="signature.png",
        media_type=MEDIA_TYPE,
        content=read_signature(drawn_for(actor, wish, person, resident)),
        resident_id=resident.id,
    )
    session().flush()
    contract.signature_file = sheet.id
    session().add(contract)
    session().flush()
    audit.record(
        session(),
        actor,
        "contract.request",
        "contract",
        contract.id,
        resident_id=resident.id,
        after=ContractStatus.REQUESTED,
        detail={"team": str(team.id), "package": package.code, "signed_how": facts.signed_by},
    )
    return contract


def _lock_resident(actor: Actor, resident_id: UUID) -> Resident:
    # Everybody who signs for one person waits here, so that the second is told why and not by a constraint.
    family = {actor.resident_id, *actor.proxied, *actor.guarded}
    standing = actor
    if resident_id in family:
        standing = replace(actor, acting_for=None if resident_id == actor.resident_id else resident_id)
    try:
        return access.authorize(Resident, resident_id, standing, "contract.request", lock=True)
    except NotFound:
        if actor.has(*_HELPERS):
            raise
        raise NotFound("not_found", "没有找到这个人。家里人要先请村医登记，才能代签。") from None


def _package(pack: Pack, code: str) -> Package:
    try:
        package = pack.contracts.package(code)
    except KeyError as error:
        raise NotFound("no_package", "没有这个服务包，请回去重新选。") from error
    if not package.in_force(today()):
        raise Conflict("package_not_in_force", "这个服务包现在不签了，请另选一个。")
    return package


def _tell_team(team: CareTeam, made: Sequence[Contract]) -> None:
    first = made[0]
    open_task(
        team.county_id,
        "contract_request",
        team_owner(team.county_id, team.id),
        dedupe_key=f"contract.request:{first.household_id or first.id}",
        due_at=clock.now() + ANSWER_WITHIN,
        focus=("contract", first.id),
        resident_id=first.resident_id,
        ladder=[office_of(team.institution).step(THEN_WITHIN_MINUTES)],
        detail={"people": len(made)},
    )
    for contract in made:
        live.hint(team.county_id, f"team:{team.id}", "contract", contract.id)
        publish(
            ContractRequested(
                county_id=team.county_id,
                contract_id=contract.id,
                resident_id=contract.resident_id,
                team_id=team.id,
            )
        )
