"""Tying a health record to a WeChat account, and the one-time codes handed over in person for it."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from backend.alliance.queries import source_lookup
from backend.kernel.clock import local_day, machine_now
from backend.kernel.errors import Forbidden, Invalid
from backend.kernel.ids import new_id
from backend.kernel.roles import Actor, Assurance
from backend.kernel.rules import require
from backend.people import privacy
from backend.people.models import Account, HandOverCode, RelatedPerson, Resident
from backend.people.queries import resident_needs_guardian
from backend.people.rules import CLAIM, FAMILY, ClaimFacts, FamilyFacts
from backend.store import audit, clock
from backend.store.db import session
from backend.store.vault import vault
from backend.web import rates

CODE_LIFE = timedelta(minutes=15)
_CODE_DIGITS = 8


def phone_index(phone: str) -> bytes:
    """Return the lookup value of a normalised phone."""
    return vault().blind_index("phone", phone)


def claim_by_phone(actor: Actor, phone: str) -> UUID:
    """Tie the one record with this phone to the account. Raises RuleBroken with what to do instead."""
    account = _lock_account(actor)
    found = (
        session()
        .scalars(
            select(Resident)
            .where(
                Resident.county_id == actor.county_id,
                Resident.phone_index == phone_index(phone),
                Resident.died_on.is_(None),
            )
            .limit(2)
        )
        .all()
    )
    one = found[0] if len(found) == 1 else None
    require(CLAIM, _claim_facts(actor, account, one, found=len(found), in_person=False), source_lookup(actor.county_id))
    assert one is not None
    return _tie(actor, account, one, Assurance.PHONE)


def issue_in_person(
    actor: Actor, resident: Resident, purpose: str, relation: str = "", holder_name: str = ""
) -> tuple[str, datetime]:
    """Return a code that staff hand over after looking at papers. Raises Forbidden for one's own family."""
    if resident.id in {actor.resident_id, *actor.proxied, *actor.guarded}:
        raise Forbidden("own_family", "自己和自家人的交接码，请同事看过证件来给。")
    return issue_code(actor, resident, purpose, relation, holder_name, papers_seen_by=actor.practitioner_id)


def issue_code(
    actor: Actor,
    resident: Resident,
    purpose: str,
    relation: str = "",
    holder_name: str = "",
    *,
    papers_seen_by: UUID | None = None,
) -> tuple[str, datetime]:
    """Return a one-time code of eight digits and its end; an older unused one of the same purpose is void.

    Raises Forbidden for a guardian's code that no staff hands over, TooMany for handing out codes by the dozen.
    """
    if purpose != "proxy" and papers_seen_by is None:
        raise Forbidden("staff_only", "监护人要带户口簿等证明，由村医或卫生院当面登记。")
    rates.hit("hand-over-issue", str(actor.account_id), most=60, seconds=3600)
    now = machine_now()
    session().execute(
        update(HandOverCode)
        .where(
            HandOverCode.county_id == actor.county_id,
            HandOverCode.resident_id == resident.id,
            HandOverCode.purpose == purpose,
            HandOverCode.used_at.is_(None),
            HandOverCode.expires_at > now,
        )
        .values(expires_at=now)
    )
    assert actor.account_id is not None
    end = now + CODE_LIFE
    while True:
        code = f"{secrets.randbelow(10**_CODE_DIGITS):0{_CODE_DIGITS}d}"
        made = session().scalar(
            insert(HandOverCode)
            .values(
                county_id=actor.county_id,
                id=new_id(),
                resident_id=resident.id,
                code_hash=_code_hash(actor.county_id, code),
                issued_by=actor.account_id,
                practitioner_id=papers_seen_by,
                purpose=purpose,
                relation=relation,
                holder_name=holder_name,
                expires_at=end,
            )
            .on_conflict_do_nothing()  # eight digits were used before: draw again
            .returning(HandOverCode.id)
        )
        if made is not None:
            break
    detail = {"purpose": purpose}
    audit.record(
        session(), actor, "hand_over_code.issue", "hand_over_code", made, resident_id=resident.id, detail=detail
    )
    return code, end


def claim_by_code(actor: Actor, code: str) -> UUID:
    """Use a code once: it ties the own record, or makes the account a proxy or guardian. Returns the resident.

    Raises Invalid for a wrong or old code, RuleBroken, and TooMany after five tries in ten minutes.
    """
    rates.hit("hand-over", str(actor.account_id), most=5, seconds=600)
    account = _lock_account(actor)
    now = machine_now()
    row = (
        session()
        .execute(
            update(HandOverCode)
            .where(
                HandOverCode.county_id == actor.county_id,
                HandOverCode.code_hash == _code_hash(actor.county_id, code),
                HandOverCode.used_at.is_(None),
                HandOverCode.expires_at > now,
            )
            .values(used_at=now)
            .returning(
                HandOverCode.id,
                HandOverCode.resident_id,
                HandOverCode.purpose,
                HandOverCode.relation,
                HandOverCode.holder_name,
                HandOverCode.practitioner_id,
            )
        )
        .one_or_none()
    )
    if row is None:
        raise Invalid(
            "code_wrong", "交接码不对，或者已经用过、过了 15 分钟。请对着纸条再填一遍，或请给码的人重新给一个。"
        )
    resident = session().get(Resident, (actor.county_id, row.resident_id))
    assert resident is not None
    if row.purpose == "claim":
        facts = _claim_facts(actor, account, resident, found=1, in_person=True)
        require(CLAIM, facts, source_lookup(actor.county_id))
        _displace(actor, resident.id)
        return _tie(actor, account, resident, Assurance.IN_PERSON)
    _join_family(actor, account, resident, row.purpose, row.relation, row.holder_name, row.practitioner_id)
    return resident.id


def _join_family(
    actor: Actor, account: Account, resident: Resident, kind: str, relation: str, name: str, verified_by: UUID | None
) -> None:
    proxied = session().scalar(
        select(func.count())
        .select_from(RelatedPerson)
        .where(
            RelatedPerson.county_id == actor.county_id,
            RelatedPerson.account_id == account.id,
            RelatedPerson.kind == "proxy",
            RelatedPerson.revoked_at.is_(None),
        )
    )
    facts = FamilyFacts(
        kind=kind,
        own_record=account.resident_id == resident.id,
        proxied=proxied or 0,
        needs_guardian=resident_needs_guardian(resident, local_day(clock.now())),
        agreed=_agreed(actor),
    )
    require(FAMILY, facts, source_lookup(actor.county_id))
    row = RelatedPerson(
        county_id=actor.county_id,
        resident_id=resident.id,
        account_id=account.id,
        kind=kind,
        name=name,
        relation=relation,
        verified_by=verified_by,
    )
    session().add(row)
    session().flush()
    audit.record(
        session(),
        actor,
        "related_person.register",
        "related_person",
        row.id,
        resident_id=resident.id,
        detail={"kind": kind},
    )


def _claim_facts(
    actor: Actor, account: Account, resident: Resident | None, *, found: int, in_person: bool
) -> ClaimFacts:
    taken = resident is not None and session().scalar(
        select(Account.id).where(Account.county_id == actor.county_id, Account.resident_id == resident.id)
    )
    return ClaimFacts(
        found=found,
        in_person=in_person,
        taken=bool(taken) and taken != account.id,
        has_own=account.resident_id is not None,
        needs_guardian=resident is not None and resident_needs_guardian(resident, local_day(clock.now())),
        agreed=_agreed(actor),
    )


def _agreed(actor: Actor) -> bool:
    consents = privacy.live_consents(actor.county_id, actor.account_id)
    return privacy.agrees(consents, "notice") and privacy.agrees(consents, "health")


def _tie(actor: Actor, account: Account, resident: Resident, assurance: Assurance) -> UUID:
    account.resident_id, account.assurance = resident.id, assurance
    session().flush()
    detail = {"assurance": str(assurance)}
    audit.record(session(), actor, "claim.make", "resident", resident.id, resident_id=resident.id, detail=detail)
    return resident.id


def _displace(actor: Actor, resident_id: UUID) -> None:
    """Papers seen in person outweigh whoever had the record on their phone before."""
    gone = (
        session()
        .scalars(
            update(Account)
            .where(Account.county_id == actor.county_id, Account.resident_id == resident_id)
            .values(resident_id=None, assurance=Assurance.NONE)
            .returning(Account.id)
        )
        .all()
    )
    for account_id in gone:
        audit.record(session(), actor, "claim.displace", "account", account_id, resident_id=resident_id)


def _lock_account(actor: Actor) -> Account:
    """One claim of an account at a time, so that limits hold under races."""
    return (
        session()
        .scalars(
            select(Account)
            .where(Account.county_id == actor.county_id, Account.id == actor.account_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        .one()
    )


def _code_hash(county_id: str, code: str) -> bytes:
    # Keyed: eight digits are soon tried through by whoever holds only the database.
    return vault().blind_index("hand_over_code", f"{county_id}|{code}")
