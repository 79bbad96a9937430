"""How the demonstration's people sign in: who has done so before, and the passwords and codes of the staff."""

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kernel.clock import age_on
from backend.kernel.roles import Assurance, Role
from backend.people.demo.population import AS_OF
from backend.people.demo.shape import DemoClinician, DemoResident, Population
from backend.people.models import Account, PrivacyConsent
from backend.people.privacy import current_notice
from backend.people.secrets import hash_secret
from backend.store.vault import vault
from backend.wechat.queries import openid_index

PASSWORD = "liandong-demo"  # noqa: S105  printed by `flask demo people`; production has no demo people
PIN = "201688"
NEWCOMERS = frozenset({"li-weidong", "wu-chunhua", "zhang-yan", "dao-chengzhong", "ban-yueliang", "zhang-kun"})
"""Story people who have never signed in: with them the first day is played."""
_AT_A_PC = frozenset({Role.DESK_CLERK, Role.BUREAU, Role.OPERATOR})


def openid_of(county_id: str, key: str) -> str:
    """The WeChat identity of an invented person, for the stand-in and for accounts."""
    return f"demo-{county_id}-{key}"


def login_of(county_id: str, key: str) -> str:
    """The staff login, such as `xinmi.desk-day`; different in every county, so that a desk need not ask which."""
    return f"{county_id}.{key}"


def totp_secret(county_id: str, key: str) -> str:
    """The TOTP secret of an invented member of staff, in base32; the same on every machine."""
    digest = hashlib.sha256(f"liandong demo totp {county_id} {key}".encode()).digest()
    return base64.b32encode(digest[:20]).decode()


def carries_wechat(clinician: DemoClinician) -> bool:
    """Whether a clinician works in the mini-program; hospital desks, bureau and operator sit at a PC.

    A township's registrar has no desk of their own and signs on the phone.
    """
    return any(
        place.role not in _AT_A_PC or (place.role is Role.DESK_CLERK and place.institution.startswith("th-"))
        for place in clinician.places
    )


def signed_in_before(population: Population) -> frozenset[str]:
    """The keys of the residents who have claimed their record: grown up, with a phone that is theirs alone."""
    phones = Counter(one.phone for one in population.residents if one.phone)
    return frozenset(
        one.key
        for one in population.residents
        if one.phone
        and phones[one.phone] == 1
        and age_on(one.birth_on, AS_OF) >= 18
        and not one.lacks_capacity
        and not _is_newcomer(one)
    )


def write_accounts(
    current: Session, population: Population, residents: dict[str, UUID], clinicians: dict[str, UUID]
) -> dict[str, UUID]:
    """Write everybody's account with the consents they gave; returns the ids by key."""
    county_id = population.county_id
    accounts: dict[str, UUID] = {}
    # One hash for all: the password is printed on every console, and a hash each would take seconds.
    password, pin = hash_secret(PASSWORD), hash_secret(PIN)
    for one in population.clinicians:
        row = _account(county_id, one.key, with_wechat=carries_wechat(one))
        row.practitioner_id, row.assurance = clinicians[one.key], Assurance.STAFF
        row.login, row.password_hash, row.pin_hash = login_of(county_id, one.key), password, pin
        vault().seal(row, "totp", totp_secret(county_id, one.key))
        current.add(row)
        accounts[one.key] = row.id
    acting = {relation.acting for relation in population.relations}
    for key in sorted(signed_in_before(population) | acting):
        row = _account(county_id, key, with_wechat=True)
        row.resident_id, row.assurance = residents[key], Assurance.PHONE
        current.add(row)
        accounts[key] = row.id
    current.flush()
    _agree(current, county_id, accounts.values())
    return accounts


def _is_newcomer(resident: DemoResident) -> bool:
    # Besides the story's, one household in five has not tried it yet.
    return resident.key in NEWCOMERS or (not resident.story and resident.household.endswith(("3", "7")))


def _account(county_id: str, key: str, *, with_wechat: bool) -> Account:
    row = Account(county_id=county_id)
    if with_wechat:
        openid = openid_of(county_id, key)
        row.openid_index = openid_index(openid)
        vault().seal(row, "openid", openid)
    return row


def _agree(current: Session, county_id: str, accounts: Iterable[UUID]) -> None:
    version = current_notice().version
    current.add_all(
        PrivacyConsent(county_id=county_id, account_id=account_id, kind=kind, notice_version=version)
        for account_id in accounts
        for kind in ("notice", "health")
    )
    current.flush()
