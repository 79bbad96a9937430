"""To which WeChat accounts a notice goes: the person's own, their proxies' and guardians', or the clinician's."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backend.notices.models import Notice
from backend.people.models import Account, RelatedPerson
from backend.people.queries import records_of
from backend.store.vault import vault


@dataclass(frozen=True, slots=True)
class Recipient:
    """One WeChat account: ours, its blind index (the ledger's key) and the openid to send to."""

    account_id: UUID
    person: bytes
    openid: str


def recipients(current: Session, notice: Notice) -> list[Recipient]:
    """Return the accounts bound to WeChat that a notice is for, the person's own first.

    Whom it is about is told to nobody who may not look: whoever withdrew the privacy consent, a guardian of a grown-up.
    """
    wanted = select(Account).where(
        Account.county_id == notice.county_id, Account.openid_index.is_not(None), Account.disabled_at.is_(None)
    )
    if notice.practitioner_id is not None:
        wanted = wanted.where(Account.practitioner_id == notice.practitioner_id)
    else:
        family = select(RelatedPerson.account_id).where(
            RelatedPerson.county_id == notice.county_id,
            RelatedPerson.resident_id == notice.resident_id,
            RelatedPerson.revoked_at.is_(None),
        )
        wanted = wanted.where(or_(Account.resident_id == notice.resident_id, Account.id.in_(family)))
    found = []
    for account in current.scalars(wanted).all():
        if notice.practitioner_id is None and notice.resident_id not in records_of(current, account):
            continue
        openid = vault().open(account, "openid")
        if openid is not None and account.openid_index is not None:
            own = account.resident_id == notice.resident_id
            found.append((not own, Recipient(account.id, account.openid_index, openid)))
    return [recipient for _, recipient in sorted(found, key=lambda pair: pair[0])]
